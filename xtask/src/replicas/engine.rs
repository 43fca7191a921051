//! The engines that can be the store: private servers that crash and recover.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::{postgres::Postgres, redis::Redis};

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Postgres,
    Redis,
}

/// All of them.
pub(super) const ENGINES: [Engine; 2] = [Engine::Postgres, Engine::Redis];

/// A running engine, stopped and deleted when dropped.
pub(super) struct Store {
    server: Running,
    url: String,
}

enum Running {
    Postgres(Postgres, String),
    Redis(Redis),
}

impl Engine {
    /// Starts a server that has what it has confirmed, after a crash as well.
    pub(super) fn start(self) -> Result<Store> {
        match self {
            Self::Postgres => {
                let server = Postgres::private()?.context("PostgreSQL is not installed")?;
                let database = server.create_database()?;
                let durable = format!("ALTER DATABASE {database} SET synchronous_commit = on");
                server.query(&database, &durable)?;
                Ok(Store {
                    url: server.url(&database),
                    server: Running::Postgres(server, database),
                })
            }
            Self::Redis => {
                let durable = ["--appendonly", "yes", "--appendfsync", "always"];
                let server = Redis::private(&durable).context("Redis is not installed")?;
                Ok(Store {
                    url: server.url(),
                    server: Running::Redis(server),
                })
            }
        }
    }
}

impl Store {
    /// Returns its URL, over its socket.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Returns its URL, over a port that forwards to its socket.
    pub(super) fn url_at(&self, port: u16) -> String {
        match &self.server {
            Running::Postgres(_, database) => {
                format!("postgres://postgres@127.0.0.1:{port}/{database}")
            }
            Running::Redis(_) => format!("redis://127.0.0.1:{port}"),
        }
    }

    /// Returns the path of its socket.
    pub(super) fn socket(&self) -> Result<PathBuf> {
        let path = match &self.server {
            Running::Postgres(..) => {
                let folder = self.url.split_once("host=").map(|(_, folder)| folder);
                folder.map(|folder| Path::new(folder).join(".s.PGSQL.5432"))
            }
            Running::Redis(_) => {
                let path = self.url.split_once("://").map(|(_, path)| path);
                path.map(PathBuf::from)
            }
        };
        path.with_context(|| format!("{} names no socket", self.url))
    }

    /// Ends the server at once, as a crash does.
    pub(super) fn crash(&mut self) -> Result<()> {
        match &mut self.server {
            Running::Postgres(server, _) => server.crash()?,
            Running::Redis(server) => server.kill(),
        }
        Ok(())
    }

    /// Starts the server again, with its data.
    pub(super) fn recover(&mut self) -> Result<()> {
        match &mut self.server {
            Running::Postgres(server, _) => server.start()?,
            Running::Redis(server) => server.start(),
        }
        Ok(())
    }
}
