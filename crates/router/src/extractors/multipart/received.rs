//! The files of the request that is being read, for the types that stand for them.
//!
//! serde hands over data and nothing else. So a file's place in the values is its number, and while the values of one
//! request are read (at once, without waiting for anything) the thread holds the list the numbers are of. A number
//! from anywhere else, say a JSON body, finds no list.

use std::{cell::RefCell, sync::Arc};

use actix_web::web::Bytes;
use tempfile::TempPath;

/// A file, as it came.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) size: u64,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// On the disk; deleted when it is dropped.
    Stored(TempPath),
    Held(Bytes),
}

thread_local! {
    static FILES: RefCell<Vec<Arc<Received>>> = const { RefCell::new(Vec::new()) };
}

/// Reads values that may hold these files. A file no value took is gone afterwards.
pub(super) fn with<R>(files: Vec<Arc<Received>>, read: impl FnOnce() -> R) -> R {
    /// Puts back what was there, whatever happens.
    struct Restore(Vec<Arc<Received>>);

    impl Drop for Restore {
        fn drop(&mut self) {
            FILES.set(std::mem::take(&mut self.0));
        }
    }

    let _restore = Restore(FILES.replace(files));
    read()
}

/// The file of a number, which a value may be read from more than once.
pub(super) fn file(number: &str) -> Option<Arc<Received>> {
    let number: usize = number.parse().ok()?;
    FILES.with_borrow(|files| files.get(number).cloned())
}
