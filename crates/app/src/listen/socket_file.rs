//! A Unix socket at a path: made with the permissions it is to have, put in the place of one that was left behind, and
//! removed at the end.
//!
//! Two servers that start at once must not take the path from each other: whoever looks and acts holds a lock on the
//! folder meanwhile. The socket is made under a name of its own and moved to its path, so that nobody finds it there
//! with other permissions.

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

/// How often the lock is tried for, and the time between.
const TRIES: u32 = 100;
const BETWEEN: Duration = Duration::from_millis(20);

/// The file of a socket; removed when dropped, unless another has taken its place.
pub(super) struct SocketFile {
    path: PathBuf,
    /// Device and number of the file.
    is: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.is) {
            // Whoever starts next sees that nobody answers there, and removes it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Listens at a path.
pub(super) async fn open(
    path: &Path,
    mode: u32,
) -> Result<(UnixListener, SocketFile), ListenError> {
    let refuse = |error| ListenError::Path {
        path: path.to_owned(),
        error,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = File::open(folder).map_err(refuse)?;
    lock(&folder)
        .await
        .map_err(refuse)?
        .ok_or_else(|| ListenError::Locked(path.to_owned()))?;
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(refuse(error)),
        Ok(found) if !found.file_type().is_socket() => {
            return Err(ListenError::NoSocket(path.to_owned()));
        }
        Ok(_) => match UnixStream::connect(path).await {
            // Nobody listens: whoever did has ended.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(refuse(error));
            }
            // Connected; or somebody listens who is too busy to accept.
            _ => return Err(ListenError::Answered(path.to_owned())),
        },
    }
    make(path, mode).map_err(refuse)
}

/// Locks the folder for as long as it is open; whether that was possible.
async fn lock(folder: &File) -> io::Result<Option<()>> {
    for _ in 0..TRIES {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(())),
            Err(TryLockError::WouldBlock) => sleep(BETWEEN).await,
            // Some file systems know no locks; then two starts at once are the operator's business.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(Some(()));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}

/// Makes the socket beside its path, and moves it there.
fn make(path: &Path, mode: u32) -> io::Result<(UnixListener, SocketFile)> {
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
