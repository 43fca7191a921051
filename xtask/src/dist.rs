//! `cargo xtask dist`: Purlin's own server as `cargo_purlin::dist` packages it, and the verification of what was packaged.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use cargo_purlin::{
    Service,
    dist::{self, Verdict},
};

use crate::{run::root, swagger_ui};

/// The package of the server.
pub(crate) const SERVER: &str = "purlin-server";

/// What to do.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Dist {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    build: dist::Options,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Verifies the files that `dist` wrote: their provenance, its signature, and every digest
    ///
    /// Exit status: 0 everything agrees, 1 something does not, 2 the files or the key could not be read.
    Verify {
        /// The folder with the files
        folder: PathBuf,
        #[command(flatten)]
        options: dist::VerifyOptions,
    },
}

/// The files or the key could not be read, which is no finding.
#[derive(Debug)]
pub(crate) struct NotReadable;

impl fmt::Display for NotReadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the files could not be verified")
    }
}

/// Builds or verifies.
pub(crate) fn dist(command: &Dist) -> Result<()> {
    match &command.action {
        Some(Action::Verify { folder, options }) => verify(folder, options),
        None => build(&command.build),
    }
}

/// Builds the server for this machine.
pub(crate) fn for_this_machine() -> Result<()> {
    build(&dist::Options::for_this_machine()?)
}

/// Builds the server and writes everything into `target/purlin/purlin-server`.
fn build(options: &dist::Options) -> Result<()> {
    Ok(dist::dist(&server()?, options)?)
}

fn server() -> Result<Service> {
    let mut server = Service::of_package(root(), SERVER)?;
    server.bundled = swagger_ui::components()?;
    Ok(server)
}

fn verify(folder: &Path, options: &dist::VerifyOptions) -> Result<()> {
    let verdict = dist::verify(folder, options).context(NotReadable)?;
    match verdict {
        Verdict::Verified(_) => {
            println!("{verdict}");
            Ok(())
        }
        Verdict::NotVerified(_) => bail!("{verdict}"),
    }
}

#[cfg(test)]
mod tests {
    use cargo_purlin::{build::Libc, oci::Platform, sbom};
    use serde_json::Value;

    use super::*;

    #[test]
    fn bills_of_materials_name_what_is_inside_the_docs_page() {
        let here = Platform::here().unwrap();
        let bills = sbom::bills(&server().unwrap(), Libc::Gnu, here, "c0ffee", 0).unwrap();
        let [cyclonedx, spdx] = [0, 1]
            .map(|nth: usize| -> Value { serde_json::from_slice(&bills[nth].bytes).unwrap() });
        let components = cyclonedx["components"].as_array().unwrap();
        let find = |name: &str| components.iter().find(|it| it["name"] == name).unwrap();
        let page = find("swagger-ui-dist");
        assert_eq!(page["hashes"][0]["alg"], "SHA-512");
        for name in ["dompurify", "react", "react-dom"] {
            assert!(find(name)["version"].is_string(), "{name}");
        }
        let dependencies = cyclonedx["dependencies"].as_array().unwrap();
        let mut dependencies = dependencies.iter();
        let inside = dependencies
            .find(|it| it["ref"] == page["bom-ref"])
            .unwrap();
        let inside = inside["dependsOn"].as_array().unwrap();
        assert!(inside.contains(&find("immutable")["bom-ref"]));
        // Identifiers are unique, which both formats require.
        let packages = spdx["packages"].as_array().unwrap();
        for (all, id) in [(components, "bom-ref"), (packages, "SPDXID")] {
            let mut ids: Vec<_> = all.iter().map(|it| it[id].as_str().unwrap()).collect();
            ids.sort_unstable();
            assert!(ids.windows(2).all(|two| two[0] != two[1]), "{id}");
        }
    }
}
