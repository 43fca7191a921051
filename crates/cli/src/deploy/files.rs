//! Rendered files, and how they are written into a folder that has some already.

use std::path::Path;

use fs_err as fs;

use crate::Result;

/// A rendered file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// The path, relative to the folder it is written to.
    pub path: String,
    /// The content.
    pub text: String,
    /// What happens to a file that exists.
    pub kept: Kept,
}

/// What happens to a file that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// It follows from the metadata, and is written again.
    Written,
    /// It is a beginning that users edit, and is kept.
    Edited,
}

impl File {
    pub(super) fn new(path: &str, text: impl Into<String>, kept: Kept) -> Self {
        Self {
            path: path.to_owned(),
            text: text.into(),
            kept,
        }
    }

    pub(super) fn written(path: &str, text: impl Into<String>) -> Self {
        Self::new(path, text, Kept::Written)
    }
}

/// Writes files into a folder, and prints what happened to each that changed. Files that exist and may be edited are kept.
/// Returns the number of files that are as they were.
pub(super) fn write(folder: &Path, files: &[File]) -> Result<usize> {
    let mut same = 0;
    for file in files {
        let path = folder.join(&file.path);
        let found = path
            .exists()
            .then(|| fs::read_to_string(&path))
            .transpose()?;
        let shown = path.display();
        match found {
            Some(text) if text == file.text => same += 1,
            Some(_) if file.kept == Kept::Edited => eprintln!("kept     {shown}"),
            found => {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::write(&path, &file.text)?;
                let action = if found.is_some() {
                    "replaced"
                } else {
                    "wrote   "
                };
                eprintln!("{action} {shown}");
            }
        }
    }
    Ok(same)
}
