//! The file of a SQLite database. It has to stay where it is: what is written to a file that was moved, deleted or replaced is
//! lost.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, sync::Arc};

use sqlx::{
    Connection as _, Error, Sqlite, SqlitePool,
    pool::PoolOptions,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};

/// A file, recognised by its device and its inode.
struct File {
    path: Box<Path>,
    identity: (u64, u64),
}

impl File {
    fn find(path: &Path) -> Result<Self, Error> {
        Ok(Self {
            path: path.into(),
            identity: identity(path)?,
        })
    }

    fn is_in_place(&self) -> bool {
        identity(&self.path).is_ok_and(|found| found == self.identity)
    }
}

fn identity(path: &Path) -> Result<(u64, u64), Error> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// Creates the file, if it does not exist, and a pool whose connections are used only while that file is in its place.
pub(super) async fn connect(
    pool: PoolOptions<Sqlite>,
    options: SqliteConnectOptions,
) -> Result<SqlitePool, Error> {
    let create = options.clone().create_if_missing(true);
    SqliteConnection::connect_with(&create)
        .await?
        .close()
        .await?;
    let file = Arc::new(File::find(options.get_filename())?);
    let used = Arc::clone(&file);
    pool.before_acquire(move |_, _| {
        let is_in_place = used.is_in_place();
        Box::pin(async move { Ok(is_in_place) })
    })
    .after_connect(move |_, _| {
        let is_in_place = file.is_in_place();
        Box::pin(async move {
            let replaced = || Error::Configuration("another file took its place".into());
            is_in_place.then_some(()).ok_or_else(replaced)
        })
    })
    .connect_with(options)
    .await
}
