//! State that handlers take and nothing provides is found when the registry is built.

use std::any::TypeId;

use actix_web::web;
use purlin_router::{Operation, Registry, reply::Text};

use crate::support::{assert_contains, client, errors};

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
fn missing_data_is_an_error_with_handler_type_and_remedy() {
    assert_contains(
        &errors(&registry()).join("\n"),
        &[
            "`read` (GET /one, src/routes.rs:7) and 1 other operation",
            "Store>`, which the registry does not provide",
            "add `.app_data(web::Data::new(…))`",
            "or to the `purlin_app::App`, which also provides what `.resource(…)` opens",
        ],
    );
}

#[test]
fn bare_value_has_its_own_remedy() {
    assert_contains(
        &errors(&registry().app_data(Store("a"))).join("\n"),
        &["provides a bare `", "write `.app_data(web::Data::new(…))`"],
    );
}

#[test]
fn provided_data_reaches_the_handler() {
    let client = client(&registry().app_data(web::Data::new(Store("here"))));
    assert_eq!(client.get("/one").send().text(), "here");
}

#[test]
fn app_may_be_declared_to_provide_data() {
    assert!(registry().external_data::<Store>().build().is_ok());
    assert!(registry().external_data::<u8>().build().is_err());
    assert!(registry().allow_external_data().build().is_ok());
    assert!(
        registry()
            .external_data::<web::Data<Store>>()
            .build()
            .is_ok()
    );
    let wrapped = TypeId::of::<web::Data<Store>>();
    assert!(registry().__external_data(wrapped).build().is_ok());
}

#[test]
fn bare_value_of_the_app_does_not_count_as_data() {
    let bare = TypeId::of::<Store>();
    assert_contains(
        &errors(&registry().__external_data(bare)).join("\n"),
        &["provides a bare `", "write `.app_data(web::Data::new(…))`"],
    );
}
