//! Entity tags of replies, and preconditions of handlers.

use std::{cell::RefCell, rc::Rc};

use actix_web::{
    http::{Method, header::HeaderValue},
    web,
};
use purlin_router::{
    Json, Operation, Registry,
    error::http::{NotFound, PreconditionFailed},
    extract::{Headers, Preconditions},
    reply::{EntityTag, NoContent, Tagged, WithHeaders},
    schema,
    testing::TestClient,
};

use super::{responses, statuses};
use crate::support::{self, multipart::client};

fn tag(text: &'static str) -> EntityTag {
    EntityTag::parse(&HeaderValue::from_static(text)).expect("a tag")
}

async fn tagged() -> Tagged<Json<u8>> {
    Tagged::new(Json(7), tag("\"v1,2\""))
}

#[test]
fn current_representation_is_304() {
    #[schema(response)]
    struct Caching {
        #[serde(rename = "Cache-Control")]
        cache_control: String,
    }
    async fn cached() -> Tagged<WithHeaders<Json<u8>, Caching>> {
        let cache_control = "max-age=60".to_owned();
        let reply = WithHeaders(Json(7), Caching { cache_control });
        Tagged::new(reply, tag("\"v1,2\""))
    }
    let client = client(Operation::get("/", cached));
    let whole = client.get("/").send();
    assert_eq!((whole.status().as_u16(), whole.text().as_str()), (200, "7"));
    assert_eq!(whole.header("etag"), Some("\"v1,2\""));
    for (condition, expected) in [
        ("\"v1,2\"", 304),
        ("W/\"v1,2\"", 304),
        ("\"a\", W/\"v1,2\"", 304),
        ("*", 304),
        ("\"v1\"", 200),
        ("\"2\"", 200),
    ] {
        let response = client.get("/").header("if-none-match", condition).send();
        assert_eq!(response.status().as_u16(), expected, "{condition}");
        assert_eq!(response.header("etag"), Some("\"v1,2\""));
        assert_eq!(response.header("cache-control"), Some("max-age=60"));
        if expected == 304 {
            assert_eq!(response.bytes(), b"");
            assert_eq!(response.header("content-type"), None);
        }
    }
    let other = client.get("/").header("if-match", "\"v2\"").send();
    assert_eq!(other.status(), 412);
    assert_eq!(
        other.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn failure_inside_is_no_304() {
    async fn missing() -> Tagged<Result<Json<u8>, NotFound>> {
        Tagged::new(Err(NotFound::default()), tag("\"v1\""))
    }
    let client = client(Operation::get("/", missing));
    let response = client.get("/").header("if-none-match", "*").send();
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("etag"), None);
}

#[test]
fn statuses_of_tags_are_documented_by_method() {
    assert_eq!(
        statuses(Operation::get("/", tagged)),
        ["200", "304", "412", "500"]
    );
    assert_eq!(statuses(Operation::put("/", tagged)), ["200", "500"]);
    let documented = responses(Operation::get("/", tagged));
    for status in ["200", "304"] {
        assert!(documented[status]["headers"]["ETag"].is_object());
    }
    // A PUT responds with the tag of the new state, and has had its effect.
    let put = client(Operation::put("/", tagged));
    let response = put.put("/").header("if-none-match", "*").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("etag"), Some("\"v1,2\""));

    let registry = Registry::new("T", "1").operation(Operation::get("/", tagged));
    let document = support::document(&registry);
    let parameters = document["paths"]["/"]["get"]["parameters"].as_array();
    let names: Vec<_> = parameters
        .into_iter()
        .flatten()
        .map(|parameter| {
            assert_eq!(parameter["in"], "header");
            assert_eq!(parameter.get("required"), None);
            parameter["name"].as_str().unwrap_or_default()
        })
        .collect();
    assert_eq!(names, ["if-match", "if-none-match"]);
}

#[test]
fn header_that_an_extractor_reads_is_documented_once() {
    #[schema(request)]
    struct Known {
        #[serde(rename = "If-None-Match")]
        known: Option<String>,
    }
    async fn both(known: Headers<Known>) -> Tagged<Json<bool>> {
        Tagged::new(Json(known.known.is_some()), None)
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", both));
    let document = support::document(&registry);
    let text = document["paths"]["/"]["get"]["parameters"].to_string();
    assert_eq!(text.to_lowercase().matches("\"if-none-match\"").count(), 1);
    let response = support::client(&registry).get("/").send();
    assert_eq!(response.header("etag"), None);
}

type Store = Rc<RefCell<Option<u8>>>;

/// Changes a resource if it is in the state that the client has seen.
async fn put_value(
    store: web::Data<Store>,
    preconditions: Preconditions,
    value: Json<u8>,
) -> Result<NoContent, PreconditionFailed> {
    let current = store.borrow().as_ref().and_then(EntityTag::of);
    preconditions.check(current.as_ref())?;
    store.replace(Some(value.into_inner()));
    Ok(NoContent)
}

#[test]
fn change_of_another_state_is_412() {
    let store = Store::default();
    let operation = Operation::put("/", put_value);
    let api = Registry::new("T", "1")
        .allow_external_data()
        .operation(operation);
    let responses = &support::document(&api)["paths"]["/"]["put"]["responses"];
    assert!(responses["412"].is_object());

    // `Rc` is not `Send`, so the app has the store and not the registry.
    let system = actix_web::rt::System::new();
    let app = actix_web::App::new()
        .app_data(web::Data::new(Rc::clone(&store)))
        .service(support::router(&api));
    let service = system.block_on(actix_web::test::init_service(app));
    let put = |name: &str, condition: &str, value: u8| {
        let request = actix_web::test::TestRequest::put()
            .insert_header((name, condition))
            .set_json(value)
            .to_request();
        let response = system.block_on(actix_web::test::call_service(&service, request));
        response.status().as_u16()
    };
    let of = |value: u8| EntityTag::of(&value).expect("a tag").to_string();
    assert_eq!(put("if-match", "*", 1), 412);
    assert_eq!(put("if-none-match", "*", 1), 204);
    assert_eq!(put("if-none-match", "*", 2), 412);
    assert_eq!(put("if-match", "\"other\"", 2), 412);
    assert_eq!(put("if-match", &format!("W/{}", of(1)), 2), 412);
    assert_eq!(*store.borrow(), Some(1));
    assert_eq!(put("if-match", &format!("\"a,b\", {}", of(1)), 2), 204);
    assert_eq!(put("if-match", &of(1), 3), 412);
    assert_eq!(*store.borrow(), Some(2));
    assert_eq!(put("x-none", "1", 4), 204);
}

#[test]
fn head_is_conditional_like_get() {
    let client: TestClient = client(Operation::get("/", tagged));
    let response = client
        .request(Method::HEAD, "/")
        .header("if-none-match", "\"v1,2\"")
        .send();
    assert_eq!(response.status(), 304);
}
