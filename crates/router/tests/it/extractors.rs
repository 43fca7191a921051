//! The parts of a request that the extractors of one operation read: conflicts are found when the registry is built.

use actix_web::{
    http::Method,
    web::{self, Bytes},
};
use purlin_router::{
    Json, Operation, Registry,
    extract::{Headers, Path, Query},
    reply::NoContent,
    schema,
    schemas::JsonSchema,
};

use crate::support::{self, assert_contains, error};

async fn nothing() -> NoContent {
    NoContent
}

#[test]
fn body_is_read_by_one_extractor() {
    async fn json_and_bytes(_: Json<Limit>, _: Bytes) -> NoContent {
        NoContent
    }
    async fn text_and_stream(_: String, _: web::Payload) -> NoContent {
        NoContent
    }
    async fn text(_: String) -> NoContent {
        NoContent
    }
    for operation in [
        Operation::post("/", json_and_bytes),
        Operation::put("/", text_and_stream),
    ] {
        assert_contains(
            &error(operation),
            &["more than one argument reads the body"],
        );
    }
    assert_contains(&error(Operation::get("/", text)), &["a GET has no body"]);
}

#[schema(request)]
struct Limit {
    limit: u8,
}

#[schema(request)]
struct Tagged {
    tag: String,
}

#[schema(request)]
struct Empty {}

/// A hand-written schema that allows unknown parameters.
#[derive(serde::Deserialize, JsonSchema)]
#[schemars(crate = "purlin_router::schemas::schemars")]
struct Open {
    _other: Option<String>,
}

impl purlin_router::schemas::Schema for Open {}

#[test]
fn query_is_read_by_one_extractor() {
    async fn twice(_: Query<Limit>, _: Query<Limit>) -> NoContent {
        NoContent
    }
    async fn closed(_: Query<Limit>, _: Query<Tagged>) -> NoContent {
        NoContent
    }
    async fn open(_: Query<Limit>, _: Query<Open>) -> NoContent {
        NoContent
    }
    async fn empty(_: Query<Limit>, _: Query<Empty>) -> NoContent {
        NoContent
    }
    async fn lonely(_: Query<Empty>, _: Query<Open>) -> NoContent {
        NoContent
    }
    assert_contains(
        &error(Operation::get("/", twice)),
        &[
            "two arguments read the parameter `limit`",
            "take one `Query<T>`",
        ],
    );
    for operation in [
        Operation::get("/", closed),
        Operation::get("/", open),
        Operation::get("/", empty),
        Operation::get("/", lonely),
    ] {
        assert_contains(&error(operation), &["rejects what only another knows"]);
    }
}

#[test]
fn path_is_read_by_one_extractor() {
    async fn twice(_: Path<u8>, _: Path<u8>) -> NoContent {
        NoContent
    }
    assert_contains(
        &error(Operation::get("/{id}", twice)),
        &["more than one argument reads the path"],
    );
}

macro_rules! invalid_header_names {
    ($($name:literal => $message:literal),+) => {$({
        #[schema(request)]
        struct Fields {
            #[serde(rename = $name)]
            _field: Option<String>,
        }
        async fn handler(_: Headers<Fields>) -> NoContent {
            NoContent
        }
        assert_contains(&error(Operation::get("/", handler)), &[$name, $message]);
    })+};
}

#[test]
fn header_names_must_be_valid_and_documentable() {
    invalid_header_names! {
        "X Client" => "no header can have the name",
        "X-Ä" => "no header can have the name",
        "X:Y" => "no header can have the name",
        "Content-Type" => "OpenAPI ignores",
        "accept" => "OpenAPI ignores",
        "AUTHORIZATION" => "declare an authenticator"
    }
    #[schema(request)]
    struct Two {
        #[serde(rename = "X-Client")]
        _client: Option<String>,
        #[serde(rename = "x-client")]
        _again: Option<String>,
    }
    async fn two(_: Headers<Two>) -> NoContent {
        NoContent
    }
    assert_contains(&error(Operation::get("/", two)), &["is read twice"]);
}

#[test]
fn methods_unknown_to_openapi_must_be_hidden() {
    let brew = || {
        let method = Method::from_bytes(b"BREW").expect("a method");
        Operation::new(method, "/", nothing)
    };
    assert_contains(
        &error(brew()),
        &["no place for the method BREW", "`.hidden()`"],
    );
    let hidden = Registry::new("T", "1").operation(brew().hidden());
    let client = support::client(&hidden);
    let method = Method::from_bytes(b"BREW").expect("a method");
    assert_eq!(client.request(method, "/").send().status(), 204);
}
