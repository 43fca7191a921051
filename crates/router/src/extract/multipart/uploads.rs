//! How much an operation takes of files, and where they are kept meanwhile.

use std::path::{Path, PathBuf};

/// What an operation takes of files: how large, how many parts, and where they are kept until the handler is done.
///
/// Whatever is not a file counts with the operation's body limit, and so do files that are read
/// [into memory](crate::InMemory).
///
/// ```
/// use purlin_router::{File, Multipart, NoContent, Operation, Uploads, schema};
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
    pub(super) file_limit: u64,
    pub(super) files_limit: u64,
    pub(super) parts_limit: usize,
    directory: Option<PathBuf>,
}

const MIB: u64 = 1024 * 1024;

/// What is taken where nobody says otherwise.
pub(crate) static DEFAULT: Uploads = Uploads::new();

impl Uploads {
    /// Files of up to 10 MiB, 50 MiB in all, up to 1,000 parts, kept in the system's folder for temporary files.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            file_limit: 10 * MIB,
            files_limit: 50 * MIB,
            parts_limit: 1000,
            directory: None,
        }
    }

    /// How large a file may be, in bytes.
    #[must_use]
    pub fn file_limit(mut self, bytes: u64) -> Self {
        self.file_limit = bytes;
        self
    }

    /// How large all files of a request together may be, in bytes.
    #[must_use]
    pub fn files_limit(mut self, bytes: u64) -> Self {
        self.files_limit = bytes;
        self
    }

    /// How many parts a request may have, files or not.
    #[must_use]
    pub fn parts_limit(mut self, parts: usize) -> Self {
        self.parts_limit = parts;
        self
    }

    /// The folder files are kept in, which has to be there when the registry is built. On the file system where they
    /// are to stay, keeping one costs no copy.
    #[must_use]
    pub fn directory(mut self, folder: impl Into<PathBuf>) -> Self {
        self.directory = Some(folder.into());
        self
    }

    /// Why no file could be kept, and the mend.
    pub(crate) fn mistake(&self) -> Option<String> {
        let folder = self.folder();
        let reason = match std::fs::metadata(&folder) {
            Ok(found) if found.is_dir() => return None,
            Ok(_) => "it is no folder".to_owned(),
            Err(error) => error.to_string(),
        };
        let folder = folder.display();
        Some(format!(
            "files cannot be kept in `{folder}`: {reason}; make the folder, or name another with `Uploads::directory`"
        ))
    }

    pub(super) fn folder(&self) -> PathBuf {
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
