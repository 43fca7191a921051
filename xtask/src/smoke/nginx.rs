//! Images with Debian's nginx, in place of the official image: no registry is needed, and both variants of the configuration
//! are tested.

use anyhow::{Result, bail};
use fs_err as fs;

use crate::{
    compose::docker,
    run::{cmd, empty_folder, need},
};

/// The releases of Debian with an older and a recent nginx.
pub(super) const RELEASES: [&str; 2] = ["bookworm", "forky"];

/// Imports an image with the nginx of a release of Debian and returns its name.
pub(super) fn import(release: &str) -> Result<String> {
    need("mmdebstrap", "mmdebstrap")?;
    let archive = empty_folder(&format!("smoke-{release}"))?.join("nginx.tar");
    // Packages are extracted and not configured: nothing of them runs, and no root file system is set up.
    cmd("mmdebstrap")
        .args([
            "--variant=extract",
            "--include=nginx,base-files,dash,coreutils",
        ])
        // The lists of a snapshot mirror may have expired; this image is for tests only.
        .arg("--aptopt=Acquire::Check-Valid-Until \"false\"")
        .arg(format!("--keyring={KEYRINGS}"))
        .arg(release)
        .arg(&archive)
        .arg("http://deb.debian.org/debian")
        .run()?;
    let name = format!("purlin-smoke-nginx:{release}");
    docker(&["import"]).arg(&archive).arg(&name).read()?;
    fs::remove_file(&archive)?;
    Ok(name)
}

const KEYRINGS: &str = "/usr/share/keyrings";

/// Returns the version of the nginx in an image.
pub(super) fn version(image: &str) -> Result<String> {
    let run = ["run", "--rm", "--entrypoint", "/usr/sbin/nginx", image];
    let (_, output) = docker(&run).args(["-e", "stderr", "-v"]).output()?;
    match output.trim().rsplit_once('/') {
        Some((_, version)) => Ok(version.to_owned()),
        None => bail!("{image}: `nginx -v` printed {output:?}"),
    }
}
