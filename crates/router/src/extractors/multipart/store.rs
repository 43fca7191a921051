//! Files that are stored on the disk: written on actix's blocking threads, in pieces, and deleted unless persisted.

use std::{
    io::{self, ErrorKind, Write},
    path::PathBuf,
};

use actix_web::{
    http::StatusCode,
    web::{self, Bytes},
};
use tempfile::{NamedTempFile, TempPath};

use crate::{error::Rejection, extractors::body_error::BodyError};

/// The number of bytes that are written at once, on a blocking thread.
const PIECE: usize = 256 * 1024;

/// A file that is being written.
pub(super) struct Store {
    file: NamedTempFile,
    waiting: Vec<u8>,
}

impl Store {
    pub(super) async fn create(folder: PathBuf) -> Result<Self, Rejection> {
        let file = blocking(move || NamedTempFile::with_prefix_in("upload-", folder)).await?;
        Ok(Self {
            file,
            waiting: Vec::new(),
        })
    }

    /// Writes bytes, buffered.
    pub(super) async fn write(mut self, bytes: &Bytes) -> Result<Self, Rejection> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() < PIECE {
            return Ok(self);
        }
        self.flush().await
    }

    /// Returns the whole file, closed.
    pub(super) async fn finish(self) -> Result<TempPath, Rejection> {
        let Self { file, .. } = self.flush().await?;
        Ok(file.into_temp_path())
    }

    async fn flush(self) -> Result<Self, Rejection> {
        let Self {
            mut file,
            mut waiting,
        } = self;
        blocking(move || {
            file.write_all(&waiting)?;
            waiting.clear();
            Ok(Self { file, waiting })
        })
        .await
    }
}

async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> io::Result<R> + Send + 'static,
) -> Result<R, Rejection> {
    let done = web::block(work).await.map_err(io::Error::other);
    done.flatten().map_err(|error| failed(&error))
}

/// Returns the error of a disk that fails; its cause is in the log alone.
fn failed(error: &io::Error) -> Rejection {
    let (status, code) = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            (StatusCode::INSUFFICIENT_STORAGE, "insufficient_storage")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error"),
    };
    BodyError::new(status, code, format!("an upload cannot be stored: {error}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_distinguished_from_a_broken_one() {
        let of = |kind: ErrorKind| {
            failed(&io::Error::from(kind))
                .status(&crate::error::policy::DEFAULT_POLICY.statuses)
                .as_u16()
        };
        assert_eq!(of(ErrorKind::StorageFull), 507);
        assert_eq!(of(ErrorKind::QuotaExceeded), 507);
        assert_eq!(of(ErrorKind::PermissionDenied), 500);
    }
}
