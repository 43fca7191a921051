//! Stores that cannot be created or used.

use purlin_store::{
    SharedStore, StoreOptions, StoreUrlError,
    idempotency::IdempotencyStore as _,
    rate_limit::{Client, Quota, RateLimitStore as _},
};

use crate::support::{HOUR, digest, known, request, run};

fn create(url: &str, prefix: &str) -> Result<SharedStore, StoreUrlError> {
    let mut options = StoreOptions::default();
    options.prefix = prefix.to_owned();
    SharedStore::new(url, options)
}

#[test]
fn the_scheme_of_the_url_selects_the_engine() {
    for (url, engine) in [
        ("postgres://ada:secret@localhost/shop", "postgresql"),
        ("postgresql://localhost", "postgresql"),
        ("redis://localhost:6379/1", "redis"),
        ("redis+unix:///run/redis.sock", "redis"),
    ] {
        assert_eq!(create(url, "shop").unwrap().engine(), engine);
    }
    for url in ["", "localhost", "mysql://localhost", "http://localhost"] {
        assert_eq!(
            create(url, "shop").err(),
            Some(StoreUrlError::UnknownEngine)
        );
    }
}

#[test]
fn errors_do_not_contain_the_password() {
    for url in [
        "redis://:sesame@localhost:port",
        "postgres://ada:sesame@localhost:port/shop",
    ] {
        let error = create(url, "shop").err().unwrap().to_string();
        assert!(!error.contains("sesame"), "{error}");
    }
}

#[test]
fn a_prefix_is_a_name() {
    for prefix in ["", "A", "a b", "a\"", "a:b", &"a".repeat(41)] {
        let created = create("redis://localhost", prefix);
        assert_eq!(created.err(), Some(StoreUrlError::Prefix), "{prefix}");
    }
}

#[test]
fn calls_fail_until_the_store_is_open() {
    let store = create("redis://localhost", "shop").unwrap();
    run(async {
        let error = store.begin(request(1, known(1))).await.err().unwrap();
        assert_eq!(error.to_string(), "the store is not open");
        let client = Client::new(digest(1), Quota::new(1, HOUR));
        assert!(store.take(vec![client]).await.is_err());
        assert!(store.check().await.is_err());
        store.close().await;
    });
}

#[test]
fn a_store_that_cannot_be_reached_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().display();
    for url in [
        format!("redis+unix://{folder}/missing"),
        format!("postgres://ada@localhost/shop?host={folder}"),
    ] {
        let store = create(&url, "shop").unwrap();
        assert!(run(store.open()).is_err());
    }
}
