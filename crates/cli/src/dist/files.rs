//! The files of the output folder; each is written completely or not at all.

use std::{collections::BTreeMap, fs::Permissions, os::unix::fs::PermissionsExt as _, path::Path};

use fs_err as fs;

use super::{
    checksums::{self, CHECKSUMS},
    grouped,
};
use crate::Result;

/// The content of files by their names.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Writes the files, and removes those of the last run that are not written again: a folder contains one run.
pub(super) fn replace(folder: &Path, files: &Files) -> Result {
    let before = fs::read_to_string(folder.join(CHECKSUMS)).unwrap_or_default();
    write(folder, files)?;
    for (name, _) in checksums::parse(&before) {
        let is_file = !name.contains('/') && folder.join(name).is_file();
        if is_file && !files.contains_key(name) {
            eprintln!("removing {name} of the last run");
            fs::remove_file(folder.join(name))?;
        }
    }
    Ok(())
}

/// Writes every file under a temporary name and renames it.
fn write(folder: &Path, files: &Files) -> Result {
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
    fn files_of_the_last_run_are_removed_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let outside = folder.join("outside");
        let output = folder.join("dist");
        fs::create_dir(&output).unwrap();
        fs::write(&outside, "kept").unwrap();
        fs::write(output.join("own"), "kept").unwrap();
        let sums = |names: &[&str]| {
            let zeros = "0".repeat(64);
            let lines = names.iter().map(|name| format!("{zeros}  {name}\n"));
            lines.collect::<String>().into_bytes()
        };
        let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
        let first = [
            file("a", b"1"),
            file("b", b"1"),
            file(CHECKSUMS, &sums(&["a", "b", "../outside"])),
        ];
        replace(&output, &Files::from(first)).unwrap();
        let second = [file("b", b"2"), file(CHECKSUMS, &sums(&["b"]))];
        replace(&output, &Files::from(second)).unwrap();
        assert!(!output.join("a").exists());
        assert_eq!(fs::read(output.join("b")).unwrap(), b"2");
        assert!(output.join("own").exists() && outside.exists());
    }

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
