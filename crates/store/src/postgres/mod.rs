//! PostgreSQL: one function of the schema, so one round trip, for each call.
//!
//! The functions are in `schema.sql`, which `migration.rs` executes; connections are kept in `connections.rs`, and what has ended is removed
//! by `sweep.rs`. Times are those of the server's clock.

mod connections;
mod migration;
mod sweep;

use std::{str::FromStr as _, sync::Arc, time::Duration};

use sqlx::{ConnectOptions as _, Row as _, postgres::PgConnectOptions};

use self::connections::{Checkout, Connections};
use crate::{
    digest::Digest,
    engine::{Engine, EngineFuture, RECORD_BYTES, decode, encode, milliseconds},
    error::StoreError,
    idempotency::{BeginOutcome, BeginRequest, Fence, FinishOutcome, StoredResponse},
    options::{StoreOptions, StoreUrlError},
    rate_limit::{Client, Remaining},
};

/// The engine.
struct Postgres {
    connections: Connections,
    /// The name of the schema, in double quotes.
    schema: String,
    queries: Queries,
    sweep_period: Duration,
    max_bytes: i64,
    max_bytes_per_caller: i64,
}

/// The text of each query.
struct Queries {
    begin: String,
    finish: String,
    forget: String,
    take: String,
    revoke: String,
    is_revoked: String,
}

impl Queries {
    fn new(schema: &str) -> Self {
        Self {
            begin: format!(
                "SELECT outcome, fence, response FROM {schema}.begin_1($1, $2, $3, $4, $5, $6, $7)"
            ),
            finish: format!("SELECT {schema}.finish_1($1, $2, $3, $4, $5, $6)"),
            forget: format!(
                "DELETE FROM {schema}.requests WHERE id = $1 AND fence = $2 AND response IS NULL"
            ),
            revoke: format!(
                "INSERT INTO {schema}.revocations AS r \
                 VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond') \
                 ON CONFLICT (id) DO UPDATE SET ends = greatest(r.ends, excluded.ends)"
            ),
            is_revoked: format!(
                "SELECT EXISTS (SELECT FROM {schema}.revocations WHERE id = $1 AND ends > clock_timestamp())"
            ),
            take: format!("SELECT used, wait FROM {schema}.take_1($1, $2, $3)"),
        }
    }
}

/// Creates the engine of a URL.
pub(crate) fn create(url: &str, options: &StoreOptions) -> Result<Arc<dyn Engine>, StoreUrlError> {
    let invalid = |error: sqlx::Error| StoreUrlError::Invalid(error.to_string());
    let connect = PgConnectOptions::from_str(url).map_err(invalid)?;
    let connect = connect
        .application_name("purlin-store")
        .disable_statement_logging();
    let schema = format!("\"{}\"", options.prefix);
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX / 4);
    Ok(Arc::new(Postgres {
        connections: Connections::new(connect, options.max_connections),
        queries: Queries::new(&schema),
        schema,
        sweep_period: options.sweep_period,
        max_bytes: bytes(options.max_bytes),
        max_bytes_per_caller: bytes(options.max_bytes_per_caller),
    }))
}

impl Postgres {
    async fn checkout(&self) -> Result<Checkout<'_>, StoreError> {
        self.connections.checkout().await
    }

    async fn begin(&self, request: BeginRequest) -> Result<BeginOutcome, StoreError> {
        let mut connection = self.checkout().await?;
        let query = sqlx::query(&self.queries.begin)
            .bind(request.id.as_slice())
            .bind(request.fingerprint.as_slice())
            .bind(request.caller.digest.as_slice())
            .bind(request.caller.is_anonymous)
            .bind(milliseconds(request.lease))
            .bind(RECORD_BYTES as i64)
            .bind(self.max_bytes_per_caller);
        let row = query.fetch_one(connection.get()?).await.map_err(failed)?;
        connection.release();
        let outcome: i32 = row.try_get(0).map_err(failed)?;
        Ok(match outcome {
            0 => {
                let fence: i64 = row.try_get(1).map_err(failed)?;
                BeginOutcome::First(Fence(fence.unsigned_abs()))
            }
            1 => BeginOutcome::InProgress,
            2 => BeginOutcome::Different,
            3 => BeginOutcome::Completed(decode(row.try_get(2).map_err(failed)?)?),
            _ => BeginOutcome::Full,
        })
    }

    async fn finish(
        &self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> Result<FinishOutcome, StoreError> {
        let bytes = encode(&response);
        let size = i64::try_from(bytes.len() as u64 + RECORD_BYTES).unwrap_or(i64::MAX / 4);
        let mut connection = self.checkout().await?;
        let query = sqlx::query(&self.queries.finish)
            .bind(id.as_slice())
            .bind(number(fence))
            .bind(bytes)
            .bind(size)
            .bind(milliseconds(keep))
            .bind(self.max_bytes_per_caller);
        let row = query.fetch_one(connection.get()?).await.map_err(failed)?;
        connection.release();
        let outcome: i32 = row.try_get(0).map_err(failed)?;
        Ok(match outcome {
            0 => FinishOutcome::Stored,
            1 => FinishOutcome::LeaseLost,
            _ => FinishOutcome::Full,
        })
    }

    async fn forget(&self, id: Digest, fence: Fence) -> Result<(), StoreError> {
        let mut connection = self.checkout().await?;
        let query = sqlx::query(&self.queries.forget)
            .bind(id.as_slice())
            .bind(number(fence));
        query.execute(connection.get()?).await.map_err(failed)?;
        connection.release();
        Ok(())
    }

    async fn take(&self, clients: Vec<Client>) -> Result<Vec<Remaining>, StoreError> {
        let keys: Vec<&[u8]> = clients.iter().map(|client| client.key.as_slice()).collect();
        let of = |number: fn(&Client) -> u64| -> Vec<i64> {
            let numbers = clients.iter().map(number);
            // At most a century.
            numbers
                .map(|it| i64::try_from(it).unwrap_or(i64::MAX / 4))
                .collect()
        };
        let mut connection = self.checkout().await?;
        let query = sqlx::query(&self.queries.take)
            .bind(keys)
            .bind(of(|client| client.quota.interval()))
            .bind(of(|client| client.quota.window()));
        let rows = query.fetch_all(connection.get()?).await.map_err(failed)?;
        connection.release();
        let mut all = Vec::with_capacity(rows.len());
        for (row, client) in rows.iter().zip(&clients) {
            let used: i64 = row.try_get(0).map_err(failed)?;
            let wait: i64 = row.try_get(1).map_err(failed)?;
            let (used, wait) = (used.unsigned_abs(), wait.unsigned_abs());
            all.push(client.quota.remaining(used, wait));
        }
        Ok(all)
    }
}

impl Postgres {
    async fn revoke(&self, id: Digest, lasts: Duration) -> Result<(), StoreError> {
        let mut connection = self.checkout().await?;
        let query = sqlx::query(&self.queries.revoke)
            .bind(id.as_slice())
            .bind(milliseconds(lasts));
        query.execute(connection.get()?).await.map_err(failed)?;
        connection.release();
        Ok(())
    }

    async fn is_revoked(&self, id: Digest) -> Result<bool, StoreError> {
        let mut connection = self.checkout().await?;
        let query = sqlx::query_scalar(&self.queries.is_revoked).bind(id.as_slice());
        let found = query.fetch_one(connection.get()?).await.map_err(failed)?;
        connection.release();
        Ok(found)
    }
}

/// Returns the number of a fencing token.
fn number(fence: Fence) -> i64 {
    i64::try_from(fence.0).unwrap_or(i64::MAX)
}

fn failed(error: sqlx::Error) -> StoreError {
    StoreError::new(error.to_string())
}

impl Engine for Postgres {
    fn open(self: Arc<Self>) -> EngineFuture<()> {
        Box::pin(async move {
            let mut connection = self.checkout().await?;
            migration::migrate(connection.get()?, &self.schema).await?;
            connection.release();
            tokio::spawn(sweep::run(Arc::downgrade(&self)));
            Ok(())
        })
    }

    fn check(self: Arc<Self>) -> EngineFuture<()> {
        Box::pin(async move {
            let mut connection = self.checkout().await?;
            let query = sqlx::query("SELECT 1");
            query.execute(connection.get()?).await.map_err(failed)?;
            connection.release();
            Ok(())
        })
    }

    fn close(self: Arc<Self>) -> EngineFuture<()> {
        Box::pin(async move {
            self.connections.close().await;
            Ok(())
        })
    }

    fn begin(self: Arc<Self>, request: BeginRequest) -> EngineFuture<BeginOutcome> {
        Box::pin(async move { Postgres::begin(&self, request).await })
    }

    fn finish(
        self: Arc<Self>,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> EngineFuture<FinishOutcome> {
        Box::pin(async move { Postgres::finish(&self, id, fence, response, keep).await })
    }

    fn forget(self: Arc<Self>, id: Digest, fence: Fence) -> EngineFuture<()> {
        Box::pin(async move { Postgres::forget(&self, id, fence).await })
    }

    fn take(self: Arc<Self>, clients: Vec<Client>) -> EngineFuture<Vec<Remaining>> {
        Box::pin(async move { Postgres::take(&self, clients).await })
    }

    fn revoke(self: Arc<Self>, id: Digest, lasts: Duration) -> EngineFuture<()> {
        Box::pin(async move { Postgres::revoke(&self, id, lasts).await })
    }

    fn is_revoked(self: Arc<Self>, id: Digest) -> EngineFuture<bool> {
        Box::pin(async move { Postgres::is_revoked(&self, id).await })
    }
}
