//! Packages for tools that run in Node.js.

use std::path::Path;

use fs_err as fs;

use crate::{Error, Result, process::Cmd};

/// Installs the packages of the lock file in `folder`, unless they are installed already. Install scripts do not run.
pub fn install(folder: &Path) -> Result {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock)?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    Cmd::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .run()
        .map_err(|error| Error::invalid(lock.display(), error))?;
    Ok(fs::write(&installed, wanted)?)
}
