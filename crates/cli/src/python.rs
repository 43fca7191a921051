//! Virtual environments for tools written in Python.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::{Error, Result, process::Cmd};

/// Returns the interpreter of a virtual environment in `folder` with the packages of the file `requirements`; creates it
/// where it does not exist or the requirements changed.
pub fn environment(folder: &Path, requirements: &Path) -> Result<PathBuf> {
    let wanted = wanted(requirements)?;
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    let installed = venv.join("requirements.txt");
    let current = fs::read_to_string(&installed).is_ok_and(|text| text == wanted);
    if current && Cmd::new(&python).arg("--version").succeeds() {
        return Ok(python);
    }
    fs::create_dir_all(folder)?;
    Cmd::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv)
        .run()?;
    Cmd::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--no-input"])
        .args(["--disable-pip-version-check", "--requirement"])
        .arg(requirements)
        .run()
        .map_err(|error| Error::invalid(requirements.display(), error))?;
    fs::write(&installed, wanted)?;
    Ok(python)
}

/// Returns the text of a requirements file and of those that it includes.
fn wanted(requirements: &Path) -> Result<String> {
    let mut text = fs::read_to_string(requirements)?;
    let folder = requirements.parent().unwrap_or(Path::new(""));
    let included = text.lines().filter_map(|line| line.strip_prefix("-r "));
    let included: Vec<_> = included.map(|path| folder.join(path.trim())).collect();
    for path in included {
        text.push_str(&wanted(&path)?);
    }
    Ok(text)
}
