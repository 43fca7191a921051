//! The locked versions of what a new service depends on, with which its CI builds.

use std::path::Path;

use fs_err as fs;

use super::source::Source;
use crate::process::Cmd;

/// Writes the Cargo.lock of a new service, with the versions of a checkout of Purlin where the crates are taken from one.
/// Returns a sentence for the user where cargo cannot write it.
pub(super) fn write(folder: &Path, source: &Source) -> Option<String> {
    let lock = folder.join("Cargo.lock");
    if let Some(checkout) = source.checkout() {
        // Without it, cargo chooses the versions.
        let _ = fs::copy(checkout.join("Cargo.lock"), &lock);
    }
    eprintln!("locking the versions of dependencies …");
    let failure = Cmd::cargo()
        .args(["update", "--workspace", "--quiet"])
        .env("CARGO_NET_RETRY", "1")
        .current_dir(folder)
        .failure()?;
    // What is left of the checkout's versions are not those of the service.
    let _ = fs::remove_file(&lock);
    let mut lines = failure.lines().map(str::trim);
    let reason = lines.find(|line| line.starts_with("error"));
    Some(format!(
        "Cargo.lock is not written ({}). CI builds with it: run `cargo generate-lockfile`, and commit it.",
        reason.unwrap_or("cargo failed")
    ))
}
