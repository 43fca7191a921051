//! Creates the schema, once, however many replicas start at the same time.

use sqlx::{Connection as _, Executor as _, PgConnection};

use super::failed;
use crate::error::StoreError;

/// The version of `schema.sql`.
const VERSION: i32 = 1;

/// Creates what is missing in the schema, whose name is in double quotes.
pub(super) async fn migrate(connection: &mut PgConnection, schema: &str) -> Result<(), StoreError> {
    // A role that may only use what is there needs no other privilege.
    if version(connection, schema).await? >= VERSION {
        return Ok(());
    }
    let mut transaction = connection.begin().await.map_err(failed)?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(lock(schema))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    if version(&mut transaction, schema).await? < VERSION {
        let exists = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)";
        let exists: bool = sqlx::query_scalar(exists)
            .bind(name(schema))
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if !exists {
            let create = format!("CREATE SCHEMA {schema}");
            let create = sqlx::raw_sql(&create);
            transaction.execute(create).await.map_err(failed)?;
        }
        let tables = include_str!("schema.sql").replace("{schema}", schema);
        let tables = sqlx::raw_sql(&tables);
        transaction.execute(tables).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// Returns the version of the schema; 0 if there is none.
async fn version(connection: &mut PgConnection, schema: &str) -> Result<i32, StoreError> {
    // Not `to_regclass`, whose cache does not notice what another session creates while this one waits for the lock.
    let exists = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n \
                  ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'version')";
    let exists: bool = sqlx::query_scalar(exists)
        .bind(name(schema))
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    if !exists {
        return Ok(0);
    }
    let newest = format!("SELECT coalesce(max(version), 0) FROM {schema}.version");
    let newest = sqlx::query_scalar(&newest).fetch_one(connection);
    newest.await.map_err(failed)
}

/// Returns the name of a schema, without its double quotes.
fn name(schema: &str) -> &str {
    schema.trim_matches('"')
}

/// Returns the number of the advisory lock of a schema: for its migration and its sweep.
pub(super) fn lock(schema: &str) -> i64 {
    let digest = crate::DigestBuilder::new("purlin-store")
        .part(schema)
        .finish();
    let (number, _) = digest.split_first_chunk().unwrap_or((&[0; 8], &[]));
    i64::from_be_bytes(*number)
}
