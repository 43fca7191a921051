//! What is particular to PostgreSQL.

use purlin_store::idempotency::{BeginOutcome, IdempotencyStore as _};
use tokio::task::JoinSet;

use crate::support::{engines, known, postgres::Postgres, request, run};

#[test]
fn replicas_that_start_at_the_same_time_create_the_tables_once() {
    let Some(target) = engines::postgres() else {
        return;
    };
    run(async {
        let mut opening = JoinSet::new();
        for _ in 0..8 {
            let target = target.clone();
            opening.spawn(async move { target.open().await });
        }
        let stores = opening.join_all().await;
        let outcome = stores[0].begin(request(1, known(1))).await.unwrap();
        assert!(matches!(outcome, BeginOutcome::First(_)));
        let outcome = stores[7].begin(request(1, known(1))).await.unwrap();
        assert_eq!(outcome, BeginOutcome::InProgress);
    });
}

#[test]
fn a_role_without_the_privilege_to_create_uses_what_is_there() {
    let Some(mut target) = engines::postgres() else {
        return;
    };
    let server = Postgres::shared().unwrap().unwrap();
    run(async {
        target.open().await.close().await;
        let schema = &target.options.prefix;
        let role = schema.replace('-', "_");
        for sql in [
            format!("CREATE ROLE {role} LOGIN"),
            format!("GRANT USAGE ON SCHEMA \"{schema}\" TO {role}"),
            format!(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"{schema}\" TO {role}"
            ),
            format!("GRANT USAGE ON ALL SEQUENCES IN SCHEMA \"{schema}\" TO {role}"),
        ] {
            server.query("postgres", &sql).unwrap();
        }
        target.url = target.url.replace("postgres@", &format!("{role}@"));
        let store = target.open().await;
        let outcome = store.begin(request(1, known(1))).await.unwrap();
        assert!(matches!(outcome, BeginOutcome::First(_)));
        // It may not create another one.
        target.options.prefix.push_str("-other");
        let other = purlin_store::SharedStore::new(&target.url, target.options.clone()).unwrap();
        let error = other.open().await.err().unwrap().to_string();
        assert!(error.contains("permission denied"), "{error}");
    });
}

#[test]
fn what_has_ended_is_removed_in_batches() {
    let Some(target) = engines::postgres() else {
        return;
    };
    let server = Postgres::shared().unwrap().unwrap();
    run(async {
        let store = target.open().await;
        let schema = &target.options.prefix;
        let rows = |table: &str| -> u32 {
            let sql = format!("SELECT count(*) FROM \"{schema}\".{table}");
            server.query("postgres", &sql).unwrap().parse().unwrap()
        };
        for sql in [
            format!(
                "INSERT INTO \"{schema}\".requests SELECT int4send(n), '', '', false, n, 1024, \
                 now() - interval '1 s', '' FROM generate_series(1, 2500) n"
            ),
            format!(
                "INSERT INTO \"{schema}\".rates SELECT int4send(n), n FROM generate_series(1, 2500) n"
            ),
        ] {
            server.query("postgres", &sql).unwrap();
        }
        store.begin(request(1, known(1))).await.unwrap();
        engines::until("the end of the sweep", || async {
            (rows("requests"), rows("rates")) == (1, 0)
        })
        .await;
    });
}
