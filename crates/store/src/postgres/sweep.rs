//! Removes what has ended, in batches, by one replica at a time.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::time::{sleep, timeout};

use super::{Postgres, failed, migration::lock};
use crate::{engine::milliseconds, error::StoreError};

/// The most rows of a table that one transaction removes.
const BATCH: i32 = 1000;

/// How long one batch may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Sweeps until the engine is dropped or closed.
pub(super) async fn run(engine: Weak<Postgres>) {
    while let Some(period) = engine.upgrade().map(|engine| engine.sweep_period) {
        sleep(period).await;
        let Some(engine) = engine.upgrade() else {
            return;
        };
        // A full batch is followed by the next.
        loop {
            match timeout(TIMEOUT, sweep(&engine)).await {
                Ok(Ok(Some(removed))) if removed >= BATCH => {}
                Ok(Ok(_)) => break,
                // Calls for requests log that the engine is gone.
                Ok(Err(error)) => {
                    log::debug!(target: "purlin::store", "cannot remove what has ended: {error}");
                    break;
                }
                Err(_) => {
                    log::warn!(target: "purlin::store", "removing what has ended takes more than {TIMEOUT:?}");
                    break;
                }
            }
        }
    }
}

/// Removes one batch; returns how many rows, unless another replica sweeps.
async fn sweep(engine: &Arc<Postgres>) -> Result<Option<i32>, StoreError> {
    let mut connection = engine.checkout().await?;
    let query = format!("SELECT {}.sweep_1($1, $2, $3, $4)", engine.schema);
    let removed = sqlx::query_scalar(&query)
        .bind(lock(&engine.schema))
        .bind(BATCH)
        // Less than the period, so that a replica does not miss its own turn.
        .bind(milliseconds(engine.sweep_period) * 9 / 10)
        .bind(engine.max_bytes)
        .fetch_one(connection.get()?)
        .await
        .map_err(failed)?;
    connection.release();
    Ok(removed)
}
