//! The files of the output folder; each is written completely or not at all.

use std::{collections::BTreeMap, fs::Permissions, os::unix::fs::PermissionsExt as _, path::Path};

use fs_err as fs;

use super::grouped;
use crate::Result;

/// The content of files by their names.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Writes every file under a temporary name and renames it.
pub(super) fn write(folder: &Path, files: &Files) -> Result {
    fs::create_dir_all(folder)?;
    for (name, bytes) in files {
        let temporary = folder.join(format!(".{name}.unfinished"));
        let mode = if is_program(name) { 0o755 } else { 0o644 };
        let written = fs::write(&temporary, bytes)
            .and_then(|()| fs::set_permissions(&temporary, Permissions::from_mode(mode)))
            .and_then(|()| fs::rename(&temporary, folder.join(name)));
        if let Err(error) = written {
            // The first error is the one to report.
            let _ = fs::remove_file(&temporary);
            return Err(error.into());
        }
    }
    Ok(())
}

fn is_program(name: &str) -> bool {
    name.ends_with("-linux-amd64") || name.ends_with("-linux-arm64")
}

/// Prints every file with its size.
pub(super) fn print(folder: &Path, files: &Files) {
    eprintln!("\n{}", folder.display());
    for (name, bytes) in files {
        eprintln!("{:>12}  {name}", grouped(bytes.len() as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_write_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let of = |bytes: &[u8]| Files::from([("a-linux-amd64".to_owned(), bytes.to_vec())]);
        write(folder, &of(b"whole")).unwrap();
        let program = folder.join("a-linux-amd64");
        let mode = fs::metadata(&program).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        // A folder in place of the temporary file, since a full disk is hard to come by.
        fs::create_dir(folder.join(".a-linux-amd64.unfinished")).unwrap();
        let error = write(folder, &of(b"another")).unwrap_err();
        assert!(error.to_string().contains("a-linux-amd64"), "{error}");
        assert_eq!(fs::read(&program).unwrap(), b"whole");
    }
}
