//! `cargo xtask images`: names the images of others with their digests, in the file that Compose reads.
//!
//! A tag names whatever the registry has at the moment; with the digest, what was tested is what runs. The digests are looked
//! up when this command runs, and reviewed as a change of that file.

use anyhow::{Context as _, Result};
use cargo_purlin::oci::Digest;
use fs_err as fs;

use crate::run::{cmd, need, root};

/// Compose reads this file beside `compose.yaml`.
const FILE: &str = "deploy/.env";

/// The images of others.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The image of the edge
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/library/nginx:stable"
    )]
    edge: String,
    /// The image of the ACME client
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/certbot/certbot:latest"
    )]
    certbot: String,
    /// The image that compiles in deploy/server/Dockerfile
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = "docker.io/library/rust:1.95-alpine"
    )]
    rust: String,
}

/// Looks up the digests and writes them; other lines of the file are kept.
pub(crate) fn images(options: &Options) -> Result<()> {
    need("skopeo", "skopeo")?;
    let file = root().join(FILE);
    let mut text = match file.exists() {
        true => fs::read_to_string(&file)?,
        false => {
            "# Images with their digests: `cargo xtask images` writes them. Commit this file.\n"
                .to_owned()
        }
    };
    for (name, image) in [
        ("PURLIN_EDGE", &options.edge),
        ("CERTBOT", &options.certbot),
        ("RUST_IMAGE", &options.rust),
    ] {
        text = with_variable(&text, name, &pinned(image, false)?);
    }
    fs::write(file, text)?;
    eprintln!("\nwrote {FILE}");
    Ok(())
}

/// Returns the name of an image with the digest that a registry has now. `plain` is for a registry without TLS.
pub(crate) fn pinned(image: &str, plain: bool) -> Result<String> {
    let (tag, _) = image.split_once('@').unwrap_or((image, ""));
    let inspect = cmd("skopeo").args(["inspect", "--raw"]);
    let inspect = inspect.args(plain.then_some("--tls-verify=false"));
    let manifest = inspect.arg(format!("docker://{tag}")).read();
    let manifest = manifest.with_context(|| format!("the registry has no {tag}"))?;
    Ok(format!("{tag}@{}", Digest::of(manifest.as_bytes())))
}

/// Sets a variable of an environment file.
fn with_variable(text: &str, name: &str, value: &str) -> String {
    let is_variable = |line: &&str| line.split_once('=').is_some_and(|(found, _)| found == name);
    let kept = text.lines().filter(|line| !is_variable(line));
    let mut text: String = kept.flat_map(|line| [line, "\n"]).collect();
    text.extend([name, "=", value, "\n"]);
    text
}

#[cfg(test)]
mod tests {
    use cargo_purlin::Service;

    use super::*;
    use crate::dist::SERVER;

    #[test]
    fn other_variables_are_kept() {
        let text = "# comment\nEDGE_HTTP=80\nCERTBOT=old\n";
        let text = with_variable(text, "CERTBOT", "new");
        assert_eq!(text, "# comment\nEDGE_HTTP=80\nCERTBOT=new\n");
        assert_eq!(with_variable("", "A", "b"), "A=b\n");
    }

    #[test]
    fn no_image_of_others_is_named_by_a_tag() {
        let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
        for file in ["deploy/compose.yaml", "deploy/server/Dockerfile"] {
            let text = read(file);
            assert!(
                !text.contains("# syntax="),
                "{file} names an image by a tag"
            );
            let lines = text.lines().map(str::trim);
            let images = lines.filter(|it| it.starts_with("image: ") || it.starts_with("FROM "));
            for line in images {
                let own = line == "image: ${PURLIN_SERVER:-purlin-server:latest}";
                let required = line.contains(":?") || line.starts_with("FROM ${RUST_IMAGE}");
                assert!(own || required || line == "FROM scratch", "{file}: {line}");
            }
        }
        // Without a default: the build fails if it is not set.
        assert!(read("deploy/server/Dockerfile").contains("\nARG RUST_IMAGE\n"));
    }

    #[test]
    fn dockerfile_describes_the_image_that_dist_writes() {
        let service = Service::of_package(root(), SERVER).unwrap();
        let text = fs::read_to_string(root().join("deploy/server/Dockerfile")).unwrap();
        let text = text.replace(" \\\n   ", "");
        let ports: Vec<_> = service.ports.iter().map(u16::to_string).collect();
        let healthcheck = service.healthcheck.unwrap().join("\", \"");
        for line in [
            format!("ENV {}\n", service.env.join(" ")),
            format!("EXPOSE {}\n", ports.join(" ")),
            format!("CMD [\"/purlin-server\", \"{healthcheck}\"]"),
        ] {
            assert!(text.contains(&line), "{line:?} is not in {text}");
        }
    }
}
