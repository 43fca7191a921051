//! The API that receives the bad requests.

use std::net::SocketAddr;

use purlin_router::{
    Json, Operation, Registry,
    auth::HeaderApiKey,
    error::ErrorStyle,
    extract::{Headers, Path, Query},
    schema,
    schemas::CommaSeparated,
};

use crate::support::{self, server};

/// A guest to greet.
#[schema]
pub(crate) struct Guest {
    #[garde(length(min = 1, max = 80))]
    name: String,
    age: u8,
    height: Option<f64>,
    friends: Option<Vec<Guest>>,
}

#[schema(request)]
pub(crate) struct Filter {
    limit: Option<u32>,
    tag: Option<Vec<String>>,
    ids: Option<CommaSeparated<u32>>,
}

#[schema(request)]
pub(crate) struct Client {
    #[serde(rename = "X-Client")]
    client: Option<String>,
}

pub(crate) async fn post_guest(guest: Json<Guest>) -> Json<Guest> {
    guest
}

pub(crate) async fn list(filter: Query<Filter>, client: Headers<Client>) -> Json<u32> {
    let seen = filter.tag.as_ref().map_or(0, Vec::len)
        + filter.ids.as_ref().map_or(0, |ids| ids.0.len())
        + usize::from(client.client.is_some());
    Json(filter.limit.unwrap_or_default() + u32::try_from(seen).unwrap_or_default())
}

pub(crate) async fn by_name(name: Path<String>) -> Json<String> {
    Json(name.into_inner())
}

pub(crate) async fn by_id(id: Path<u32>) -> Json<u32> {
    Json(id.into_inner())
}

/// Does not read the request body.
pub(crate) async fn no_reader() -> Json<u32> {
    Json(0)
}

pub(crate) const LIMIT: usize = 64 * 1024;

/// Starts a server with the API in this error style.
pub(crate) fn serve(style: ErrorStyle) -> SocketAddr {
    let registry = Registry::new("Bad input", "1")
        .error_style(style)
        .body_limit(LIMIT)
        .operation(Operation::post("/guests", post_guest))
        .operation(Operation::get("/guests", list))
        .operation(Operation::get("/names/{name}", by_name))
        .operation(Operation::get("/ids/{id}", by_id))
        .operation(Operation::post("/no-reader", no_reader))
        .operation(
            Operation::post("/keyed", post_guest)
                .operation_id("keyed")
                .authenticators(["key"]),
        )
        .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "s3cret"));
    let api = support::router(&registry);
    server::serve(move |app| {
        app.service(api.clone()).default_service(api.not_found());
    })
}
