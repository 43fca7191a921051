//! The macros that queries are written with.

/// Evaluates an expression with the pool of either database: `with_pool!(self, pool => …)`. It is compiled for both, so the
/// types of both are checked.
macro_rules! with_pool {
    ($database:expr, $pool:ident => $expression:expr) => {
        match $database {
            $crate::database::Database::Sqlite($pool) => $expression,
            $crate::database::Database::Postgres($pool) => $expression,
        }
    };
}

/// Executes SQL with its arguments: `sql!(self.fetch_one: "SELECT … WHERE id = $1", id)`. Besides the methods of `query_as`
/// there are `execute` and, for changes with `RETURNING`, `returning`.
macro_rules! sql {
    ($database:ident.execute: $sql:expr $(, $argument:expr)*) => {
        with_pool!($database, pool => {
            sqlx::query($sql)$(.bind($argument))*.execute(pool).await.map(drop)
        })
    };
    // Reads to the end, where SQLite commits and may fail; `fetch_one` would stop at the row.
    ($database:ident.returning: $sql:expr $(, $argument:expr)*) => {
        sql!($database.fetch_all: $sql $(, $argument)*)
            .and_then(|mut rows| rows.pop().ok_or(sqlx::Error::RowNotFound))
    };
    ($database:ident.$fetch:ident: $sql:expr $(, $argument:expr)*) => {
        with_pool!($database, pool => {
            sqlx::query_as($sql)$(.bind($argument))*.$fetch(pool).await
        })
    };
}
