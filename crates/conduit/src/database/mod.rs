//! The database: SQLite or PostgreSQL, with the same queries.

#[macro_use]
mod sql;

mod articles;
mod comments;
mod users;

use std::{fs::File, os::unix::fs::OpenOptionsExt as _, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, FromRow, PgConnection, PgPool, SqliteConnection,
    SqlitePool,
    migrate::MigrateError,
    pool::PoolOptions,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use crate::settings::DatabaseSettings;

pub use users::Account;

/// A pool of connections.
pub enum Database {
    /// A file.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

/// The error of a database that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The setting names no database.
    #[error("`database.url` has to be `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`")]
    Url,
    /// SQLite cannot open or create the file.
    #[error("cannot open the file {0}")]
    File(String, #[source] sqlx::Error),
    /// The setting is wrong, or PostgreSQL is not reachable.
    #[error("cannot connect to `database.url`")]
    Connect(#[from] sqlx::Error),
    /// A migration failed; it left nothing behind.
    #[error("cannot migrate the database")]
    Migrate(#[from] MigrateError),
}

impl Database {
    /// Connects, creates an SQLite file that does not exist, and migrates the tables.
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let url = settings.url.expose_secret();
        if url.starts_with("sqlite:") {
            let pool = open_sqlite(url.parse()?, settings).await?;
            sqlx::migrate!("migrations/sqlite").run(&pool).await?;
            Ok(Self::Sqlite(pool))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = open_postgres(url.parse()?, settings).await?;
            Ok(Self::Postgres(pool))
        } else {
            Err(OpenError::Url)
        }
    }

    /// Fails while the database cannot be used.
    pub async fn ping(&self) -> sqlx::Result<()> {
        match sql!(self.execute: "SELECT 1") {
            // The pool does not say why it has no connection.
            Err(sqlx::Error::PoolTimedOut) => {
                with_pool!(self, pool => pool.connect_options().connect().await?.close().await)
            }
            result => result,
        }
    }

    /// Waits until all connections are closed.
    pub async fn close(&self) {
        with_pool!(self, pool => pool.close().await);
    }
}

async fn open_sqlite(
    options: SqliteConnectOptions,
    settings: &DatabaseSettings,
) -> Result<SqlitePool, OpenError> {
    let file = options.get_filename().to_owned();
    let options = options
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(timeout(settings));
    let pool = pool_options(settings).before_acquire({
        let file = file.clone();
        move |connection: &mut SqliteConnection, _| {
            // What is written to a file without a name would be lost, and so would it be in a transaction that did not end: SQLite
            // has rolled it back when the disk was full, and sqlx would begin the next one within it.
            let is_usable = file.exists() && !connection.is_in_transaction();
            Box::pin(async move { Ok(is_usable) })
        }
    });
    // An empty file is an empty database, which others cannot read, as SQLite's files beside it. Connections do not create
    // one, in place of a file that was moved.
    let created = File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&file);
    match created {
        Ok(_) => pool.connect_with(options).await,
        Err(error) => Err(error.into()),
    }
    .map_err(|error| OpenError::File(file.display().to_string(), error))
}

async fn open_postgres(
    options: PgConnectOptions,
    settings: &DatabaseSettings,
) -> Result<PgPool, OpenError> {
    // Replicas that start at the same time wait for one another, as long as it takes.
    let mut connection = PgConnection::connect_with(&options).await?;
    sqlx::migrate!("migrations/postgres")
        .run(&mut connection)
        .await?;
    connection.close().await?;
    let lock_timeout = timeout(settings).as_millis().to_string();
    let options = options.options([("lock_timeout", lock_timeout)]);
    Ok(pool_options(settings).connect_with(options).await?)
}

fn pool_options<DB: sqlx::Database>(settings: &DatabaseSettings) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(settings.max_connections.get())
        .acquire_timeout(timeout(settings))
}

fn timeout(settings: &DatabaseSettings) -> Duration {
    Duration::from_secs(settings.timeout.into())
}

/// The id of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow, sqlx::Type)]
#[sqlx(transparent)]
pub struct UserId(pub i64);
