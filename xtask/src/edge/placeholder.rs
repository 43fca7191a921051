//! A certificate by nobody, for as long as there is no other: nginx does not start without one.

use std::{path::Path};

use anyhow::Result;
use fs_err as fs;

use crate::run::{cmd, need_as};

/// Writes `fullchain.pem` and `privkey.pem` for these names into a folder, unless they are there.
pub(crate) fn certificate(folder: &Path, names: &[&str]) -> Result<()> {
    let (chain, key) = (folder.join("fullchain.pem"), folder.join("privkey.pem"));
    if chain.exists() && key.exists() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    need_as("openssl", "version", "openssl")?;
    let first = names.first().copied().unwrap_or("localhost");
    let alternatives: Vec<_> = names.iter().map(|name| format!("DNS:{name}")).collect();
    let openssl = cmd("openssl").args(["req", "-x509", "-newkey", "ec", "-pkeyopt"]);
    let openssl = openssl.args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "365"]);
    let openssl = openssl.args(["-subj", &format!("/CN={first}"), "-addext"]);
    let openssl = openssl.args([format!("subjectAltName={}", alternatives.join(","))]);
    openssl
        .args(["-keyout".as_ref(), key.as_os_str(), "-out".as_ref()])
        .args([&chain])
        .output()
        .map(drop)
}
