//! Self-signed certificates: nginx does not start without one.

use std::path::Path;

use fs_err as fs;

use crate::{
    Result,
    process::{Cmd, require},
};

/// Writes `fullchain.pem` and `privkey.pem` for these names into a folder, unless they exist.
///
/// # Errors
/// Fails if openssl is missing or fails.
pub fn self_signed(folder: &Path, names: &[&str]) -> Result {
    let (chain, key) = (folder.join("fullchain.pem"), folder.join("privkey.pem"));
    if chain.exists() && key.exists() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    require("openssl", "version", "openssl")?;
    let first = names.first().copied().unwrap_or("localhost");
    let alternatives: Vec<_> = names.iter().map(|name| format!("DNS:{name}")).collect();
    Cmd::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "365"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-subj", &format!("/CN={first}"), "-addext"])
        .arg(format!("subjectAltName={}", alternatives.join(",")))
        .arg("-keyout")
        .arg(key)
        .arg("-out")
        .arg(chain)
        .output()?;
    Ok(())
}
