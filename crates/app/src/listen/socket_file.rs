//! A Unix socket at a path: created with its permissions, in place of a stale one, and removed at the end.
//!
//! Two servers that start at once must not take the path from each other: each holds a lock on the folder while it checks and
//! replaces the socket. The socket is created under another name and moved to its path, so that it never has other permissions
//! there.

use std::{
    fs::{self, File, Permissions, TryLockError},
    io,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, PermissionsExt},
        net::UnixListener,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::rt::{net::UnixStream, time::sleep};

use super::ListenError;

/// The number of attempts to take the lock, and the time between them.
const ATTEMPTS: u32 = 100;
const INTERVAL: Duration = Duration::from_millis(20);

/// The file of a socket, removed on drop unless another file has replaced it.
pub(super) struct SocketFile {
    path: PathBuf,
    /// The device and inode of the file.
    is: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.is) {
            // A file that cannot be removed is stale for the next server, which replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Listens on a path.
pub(super) async fn open(
    path: &Path,
    mode: u32,
) -> Result<(UnixListener, SocketFile), ListenError> {
    let fail = |error| ListenError::Path {
        path: path.to_owned(),
        error,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = File::open(folder).map_err(fail)?;
    lock(&folder)
        .await
        .map_err(fail)?
        .ok_or_else(|| ListenError::Locked(path.to_owned()))?;
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
        Ok(found) if !found.file_type().is_socket() => {
            return Err(ListenError::NoSocket(path.to_owned()));
        }
        Ok(_) => match UnixStream::connect(path).await {
            // The server that listened there has ended.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(fail(error));
            }
            // A server listens there, even if it is too busy to accept.
            _ => return Err(ListenError::InUse(path.to_owned())),
        },
    }
    create(path, mode).map_err(fail)
}

/// Locks the folder while it is open; returns `None` if another process keeps the lock.
async fn lock(folder: &File) -> io::Result<Option<()>> {
    for _ in 0..ATTEMPTS {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(())),
            Err(TryLockError::WouldBlock) => sleep(INTERVAL).await,
            // Some file systems have no locks; then two servers must not be started at once.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(Some(()));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}

/// Creates the socket beside its path, and moves it there.
fn create(path: &Path, mode: u32) -> io::Result<(UnixListener, SocketFile)> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    match fs::symlink_metadata(&beside) {
        Ok(found) if found.file_type().is_socket() => fs::remove_file(&beside)?,
        _ => {}
    }
    let listener = UnixListener::bind(&beside)?;
    let moved = fs::set_permissions(&beside, Permissions::from_mode(mode))
        .and_then(|()| identity(&beside))
        .and_then(|is| fs::rename(&beside, path).map(|()| is));
    match moved {
        Ok(is) => {
            let path = path.to_owned();
            Ok((listener, SocketFile { path, is }))
        }
        Err(error) => {
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let found = fs::symlink_metadata(path)?;
    Ok((found.dev(), found.ino()))
}
