//! Packages for what runs in Node.js.

use std::fs;

use crate::run::{Failure, Outcome, Run, need, root};

/// Installs the packages a folder's lock file names, the folder given from the workspace's root; anew only when the
/// lock file changes. None of them runs a script of its own over it.
pub(crate) fn packages(folder: &str) -> Outcome {
    need("npm", "npm")?;
    let folder = root().join(folder);
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).map_err(Failure::file(&lock))?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    Run::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .within(&folder)
        .run()
        .map_err(|failure| {
            Failure::said(format!(
                "this check needs packages from the npm registry: {failure}"
            ))
        })?;
    fs::write(&installed, wanted).map_err(Failure::file(&installed))
}
