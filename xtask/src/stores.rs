//! The stores that replicas share, on real servers.

use anyhow::Result;

use crate::{
    conduit::need_postgres,
    run::{cargo, need},
};

/// Runs the tests of purlin-store, on PostgreSQL and on Redis, and those of programs that share a store.
pub(crate) fn tested() -> Result<()> {
    need_postgres()?;
    need("redis-server", "redis-server")?;
    let test = cargo().args(["test", "--quiet", "--package", "purlin-store"]);
    // With this variable a missing server is a failure.
    test.env("CI", "true").run()?;
    let test = cargo().args(["test", "--quiet", "--package", "purlin-app"]);
    let test = test.args(["--test", "it", "store::"]);
    Ok(test.env("PURLIN_TESTS_NEED_REDIS", "1").run()?)
}
