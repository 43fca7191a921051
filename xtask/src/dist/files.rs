//! What is left in `target/dist`: every file whole, or not at all.

use std::{collections::BTreeMap, fs, io, os::unix::fs::PermissionsExt as _, path::Path};

use crate::run::{Failure, Outcome, root};

/// Files that are made, by their names in `target/dist`.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The checksums of all others.
pub(super) const CHECKSUMS: &str = "SHA256SUMS";

pub(super) fn put(files: &mut Files, name: String, bytes: io::Result<Vec<u8>>) -> Outcome {
    let bytes = bytes.map_err(|error| Failure::said(format!("{name}: {error}")))?;
    files.insert(name, bytes);
    Ok(())
}

/// Writes every file under another name first, so that nothing half written bears its final name.
pub(super) fn write(folder: &Path, files: &Files) -> Outcome {
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        let unfinished = folder.join(format!(".{name}.unfinished"));
        let written = fs::write(&unfinished, bytes).and_then(|()| {
            let mode = if is_program(name) { 0o755 } else { 0o644 };
            fs::set_permissions(&unfinished, fs::Permissions::from_mode(mode))?;
            fs::rename(&unfinished, &path)
        });
        if let Err(error) = written {
            let _ = fs::remove_file(&unfinished);
            return Err(Failure::File { path, error });
        }
    }
    Ok(())
}

/// A program is the one thing here that is run.
fn is_program(name: &str) -> bool {
    name.ends_with("-linux-amd64") || name.ends_with("-linux-arm64")
}

/// Names every file with its size.
pub(super) fn tell(folder: &Path, files: &Files) {
    eprintln!("\n{}", show(folder));
    for (name, bytes) in files {
        eprintln!("{:>12}  {name}", crate::bench::grouped(bytes.len() as u64));
    }
}

/// A path as somebody in the workspace's folder would write it.
pub(super) fn show(path: &Path) -> String {
    let shown = path.strip_prefix(root()).unwrap_or(path);
    shown.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_leaves_what_was_there_and_nothing_half_written() {
        let folder = std::env::temp_dir().join(format!("purlin-files-{}", std::process::id()));
        let of = |bytes: &[u8]| Files::from([("a-linux-amd64".to_owned(), bytes.to_vec())]);
        write(&folder, &of(b"whole")).unwrap();
        let mode = fs::metadata(folder.join("a-linux-amd64"))
            .unwrap()
            .permissions()
            .mode();
        // A folder where the unfinished file would be: as good as a disk that is full.
        let in_the_way = folder.join(".a-linux-amd64.unfinished");
        fs::create_dir(&in_the_way).unwrap();
        let refused = write(&folder, &of(b"another"));
        let kept = fs::read(folder.join("a-linux-amd64")).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert!(refused.unwrap_err().to_string().contains("a-linux-amd64"));
        assert_eq!(kept, b"whole");
        assert_eq!(mode & 0o777, 0o755);
    }
}
