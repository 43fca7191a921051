//! State that handlers take and nothing provides is found when the registry is built.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

use std::any::TypeId;

use actix_web::web;
use purlin_router::{Operation, Registry, Text, testing::TestClient};

#[derive(Clone)]
struct Store(&'static str);

async fn read(store: web::Data<Store>) -> Text {
    Text::new(store.0)
}

async fn read_again(store: web::Data<Store>) -> Text {
    Text::new(store.0)
}

fn registry() -> Registry {
    Registry::new("T", "1")
        .operation(Operation::get("/one", read).source("src/routes.rs", 7))
        .operation(Operation::get("/two", read_again))
}

#[test]
fn data_that_is_not_provided_is_an_error_that_names_handler_type_and_remedy() {
    let error = registry().build().unwrap_err().to_string();
    for part in [
        "`read` (GET /one, src/routes.rs:7) and 1 other operation",
        "Store>`, which the registry does not provide",
        "add `.app_data(web::Data::new(…))`",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_bare_value_has_a_remedy_of_its_own() {
    let error = registry().app_data(Store("a")).build().unwrap_err();
    let error = error.to_string();
    assert!(error.contains("provides a bare `"), "{error}");
    assert!(
        error.contains("write `.app_data(web::Data::new(…))`"),
        "{error}"
    );
}

#[test]
fn provided_data_reaches_the_handler() {
    let router = registry().app_data(web::Data::new(Store("here"))).build();
    let client = TestClient::new(&router.unwrap());
    assert_eq!(client.get("/one").send().text(), "here");
}

#[test]
fn the_surrounding_app_may_be_declared_to_provide_data() {
    assert!(registry().external_data::<Store>().build().is_ok());
    assert!(registry().external_data::<u8>().build().is_err());
    assert!(registry().allow_external_data().build().is_ok());
    for id in [TypeId::of::<Store>(), TypeId::of::<web::Data<Store>>()] {
        assert!(registry().__external_data(id).build().is_ok());
    }
}
