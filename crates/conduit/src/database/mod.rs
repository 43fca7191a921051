//! The database: SQLite or PostgreSQL, with the same queries.

mod articles;
mod comments;
mod profiles;
mod sqlite_file;
mod users;

use std::{num::ParseIntError, time::Duration};

use serde::{Deserialize, Serialize};
use sqlx::{
    PgPool, SqlitePool,
    migrate::MigrateError,
    pool::PoolOptions,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use crate::settings::DatabaseSettings;

pub use articles::Filter;
pub use users::Account;

/// A pool of connections.
pub enum Database {
    /// A file.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

/// Evaluates an expression with the pool of either database. It is compiled for both, so the types of both are checked.
macro_rules! with_pool {
    ($database:expr, $pool:ident => $expression:expr) => {
        match $database {
            $crate::database::Database::Sqlite($pool) => $expression,
            $crate::database::Database::Postgres($pool) => $expression,
        }
    };
}
use with_pool;

/// The error of a database that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The setting is wrong.
    #[error("`database.url` is neither `sqlite:FILE` nor `postgres://USER:PASSWORD@HOST/NAME`")]
    Url(#[source] sqlx::Error),
    /// SQLite cannot open or create the file.
    #[error("cannot open the file {file}")]
    File {
        /// As it is in the setting.
        file: String,
        /// What SQLite reports.
        source: sqlx::Error,
    },
    /// PostgreSQL is not reachable, or rejects the user.
    #[error("cannot connect to PostgreSQL")]
    Connect(#[source] sqlx::Error),
    /// A migration failed; it left nothing behind.
    #[error("cannot migrate the database")]
    Migrate(#[from] MigrateError),
}

impl Database {
    /// Connects, creates an SQLite file that does not exist, and migrates the tables.
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let url = settings.url.expose_secret();
        let timeout = Duration::from_secs(settings.timeout.into());
        if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse().map_err(OpenError::Url)?;
            let file = options.get_filename().display().to_string();
            let options = options
                .journal_mode(SqliteJournalMode::Wal)
                .foreign_keys(true)
                .busy_timeout(timeout);
            let pool = sqlite_file::connect(pool_options(settings), options).await;
            let pool = pool.map_err(|source| OpenError::File { file, source })?;
            sqlx::migrate!("migrations/sqlite").run(&pool).await?;
            Ok(Self::Sqlite(pool))
        } else {
            let options: PgConnectOptions = url.parse().map_err(OpenError::Url)?;
            let pool = pool_options(settings).connect_with(options).await;
            let pool = pool.map_err(OpenError::Connect)?;
            sqlx::migrate!("migrations/postgres").run(&pool).await?;
            Ok(Self::Postgres(pool))
        }
    }

    /// Fails while the database cannot be used.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        with_pool!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(drop))
    }

    /// Waits until all connections are closed.
    pub async fn close(&self) {
        with_pool!(self, pool => pool.close().await);
    }
}

fn pool_options<DB: sqlx::Database>(settings: &DatabaseSettings) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(settings.max_connections.get())
        .acquire_timeout(Duration::from_secs(settings.timeout.into()))
}

/// The id of a user. As the subject of a token it is a text (RFC 7519 section 4.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(try_from = "String", into = "String")]
#[sqlx(transparent)]
pub struct UserId(i64);

impl TryFrom<String> for UserId {
    type Error = ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<UserId> for String {
    fn from(UserId(id): UserId) -> Self {
        id.to_string()
    }
}
