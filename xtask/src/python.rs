//! Virtual environments for what is written in Python.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::run::{Failure, Outcome, Run, install, need, root};

/// The interpreter of a virtual environment in `folder` with the packages of a requirements file, given from the
/// workspace's root; made anew only when those change.
pub(crate) fn environment(folder: &Path, requirements: &str) -> Outcome<PathBuf> {
    let wanted = root().join(requirements);
    let wanted_text = fs::read_to_string(&wanted).map_err(Failure::file(&wanted))?;
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    let installed = venv.join("requirements.txt");
    let same = fs::read_to_string(&installed).is_ok_and(|text| text == wanted_text);
    if same && Run::new(&python).args(["--version"]).succeeds() {
        return Ok(python);
    }
    need("python3", "python3")?;
    if !Run::new("python3")
        .args(["-c", "import ensurepip, venv"])
        .succeeds()
    {
        install("Python's venv", "python3-venv")?;
    }
    let made = Run::new("python3").args(["-m", "venv", "--clear"]);
    made.args([&venv]).run()?;
    let pip = Run::new(&python).args(["-m", "pip", "install", "--quiet", "--no-input"]);
    pip.args(["--disable-pip-version-check", "--requirement"])
        .args([&wanted])
        .run()
        .map_err(|failure| {
            Failure::said(format!(
                "this check needs the packages of {requirements} from the Python package index: {failure}"
            ))
        })?;
    fs::write(&installed, wanted_text).map_err(Failure::file(&installed))?;
    Ok(python)
}
