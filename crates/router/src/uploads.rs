//! The limits of uploaded files, and where they are stored.

use std::path::{Path, PathBuf};

/// The limits of uploaded files: how large, how many parts, and where they are stored until the handler is done.
///
/// Whatever is not a file counts towards the operation's body limit, and so do files that are read
/// [into memory](crate::extract::InMemory).
///
/// ```
/// use purlin_router::{Operation, schema, extract::{File, Multipart, Uploads}, reply::NoContent};
///
/// #[schema(request)]
/// struct Upload {
///     image: File,
/// }
///
/// async fn post_image(upload: Multipart<Upload>) -> NoContent {
///     let _ = upload.image.size();
///     NoContent
/// }
///
/// let operation = Operation::post("/images", post_image)
///     .uploads(Uploads::new().file_limit(2 * 1024 * 1024));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploads {
    pub(crate) file_limit: u64,
    pub(crate) files_limit: u64,
    pub(crate) parts_limit: usize,
    directory: Option<PathBuf>,
}

const MIB: u64 = 1024 * 1024;

/// The default limits.
pub(crate) static DEFAULT_UPLOADS: Uploads = Uploads::new();

impl Uploads {
    /// Returns the defaults: files of up to 10 MiB, 50 MiB in all, up to 1,000 parts, stored in the system's folder for temporary files.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            file_limit: 10 * MIB,
            files_limit: 50 * MIB,
            parts_limit: 1000,
            directory: None,
        }
    }

    /// Sets the largest size of a file, in bytes.
    #[must_use]
    pub fn file_limit(mut self, bytes: u64) -> Self {
        self.file_limit = bytes;
        self
    }

    /// Sets the largest size of all files of a request together, in bytes.
    #[must_use]
    pub fn files_limit(mut self, bytes: u64) -> Self {
        self.files_limit = bytes;
        self
    }

    /// Sets how many parts a request may have, files or not.
    #[must_use]
    pub fn parts_limit(mut self, parts: usize) -> Self {
        self.parts_limit = parts;
        self
    }

    /// Sets the directory files are stored in, which has to exist when the registry is built. On the file system of
    /// their final place, persisting one costs no copy.
    #[must_use]
    pub fn directory(mut self, folder: impl Into<PathBuf>) -> Self {
        self.directory = Some(folder.into());
        self
    }

    /// Returns why no file could be stored, and the remedy.
    pub(crate) fn error(&self) -> Option<String> {
        let folder = self.folder();
        let reason = match std::fs::metadata(&folder) {
            Ok(found) if found.is_dir() => return None,
            Ok(_) => "it is not a directory".to_owned(),
            Err(error) => error.to_string(),
        };
        let folder = folder.display();
        Some(format!(
            "files cannot be stored in `{folder}`: {reason}; create the directory, or set another with `Uploads::directory`"
        ))
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.directory
            .as_deref()
            .map_or_else(std::env::temp_dir, Path::to_owned)
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new()
    }
}
