//! Errors are typed, sent in the error style of the registry, and documented.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};
use purlin_router::{
    ApiError, Json, Operation, Registry, Reply,
    error::{ErrorStyle, http as errors},
    extract::Path,
    reply::{Created, NoContent},
    schema,
    schemas::JsonSchema,
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support;

#[schema(response)]
struct Todo {
    title: &'static str,
}

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    /// There is no such todo.
    #[error("todo {0} does not exist")]
    #[status(404)]
    NotFound(u64),
    /// The todo was changed by another request.
    #[error("changed meanwhile")]
    #[status(409)]
    #[code("edit_conflict")]
    Conflict,
    /// The store is unavailable.
    #[error("the store at {0} is unavailable")]
    #[status(503)]
    Store(&'static str),
    #[error(transparent)]
    #[status(transparent)]
    Other(#[from] errors::Gone),
}

#[derive(Reply)]
enum Put {
    Replaced(Json<Todo>),
    Created(Created<Todo>),
    #[status(204)]
    Same,
}

const TODO: Todo = Todo { title: "rest" };

async fn not_found() -> Result<Json<Todo>, TodoError> {
    Err(TodoError::NotFound(7))
}

async fn conflict() -> Result<Json<Todo>, TodoError> {
    Err(TodoError::Conflict)
}

async fn store() -> Result<Json<Todo>, TodoError> {
    Err(TodoError::Store("10.0.0.1"))
}

async fn other() -> Result<NoContent, TodoError> {
    Err(errors::Gone::new("dropped last year").into())
}

async fn put_replaced() -> Put {
    Put::Replaced(Json(TODO))
}

async fn put_created() -> Put {
    Put::Created(Created::new(TODO).location("/todos/1"))
}

async fn put_same() -> Put {
    Put::Same
}

fn client(style: ErrorStyle) -> TestClient {
    let registry = Registry::new("T", "1")
        .error_style(style)
        .operation(Operation::get("/not_found", not_found))
        .operation(Operation::get("/conflict", conflict))
        .operation(Operation::get("/store", store))
        .operation(Operation::get("/other", other))
        .operation(Operation::put("/replaced", put_replaced))
        .operation(Operation::put("/created", put_created))
        .operation(Operation::put("/same", put_same));
    support::client(&registry)
}

#[test]
fn declared_error_is_a_problem() {
    let response = client(ErrorStyle::Problem).get("/not_found").send();
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        response.json::<Value>(),
        json!({
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "todo 7 does not exist",
            "code": "not_found"
        })
    );
}

#[test]
fn declared_error_in_the_rebar_envelope() {
    let response = client(ErrorStyle::Rebar).get("/not_found").send();
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(
        response.json::<Value>(),
        json!({"message": "todo 7 does not exist"})
    );
}

#[test]
fn code_may_be_set_by_attribute() {
    let response = client(ErrorStyle::Problem).get("/conflict").send();
    assert_eq!(response.json::<Value>()["code"], "edit_conflict");
}

#[test]
fn message_of_a_server_error_is_not_sent_to_clients() {
    let response = client(ErrorStyle::Problem).get("/store").send();
    assert_eq!(response.status(), 503);
    assert!(!response.text().contains("10.0.0.1"), "{}", response.text());
    assert_eq!(response.json::<Value>()["detail"], "Service Unavailable");
}

#[test]
fn transparent_variant_uses_inner_status_and_detail() {
    let response = client(ErrorStyle::Problem).get("/other").send();
    assert_eq!(response.status(), 410);
    assert_eq!(response.json::<Value>()["detail"], "dropped last year");
}

#[test]
fn transparent_enum_applies_to_all_variants_without_a_status() {
    #[derive(Debug, thiserror::Error, ApiError)]
    #[error(transparent)]
    #[status(transparent)]
    enum ChangeError {
        Gone(#[from] errors::Gone),
        /// The todo belongs to another user.
        #[error("not yours")]
        #[status(403)]
        Foreign,
        Todo(#[from] TodoError),
    }

    async fn change(id: Path<u8>) -> Result<NoContent, ChangeError> {
        match *id {
            0 => Err(errors::Gone::new("dropped"))?,
            1 => Err(ChangeError::Foreign),
            _ => Err(TodoError::Conflict)?,
        }
    }

    let registry = Registry::new("T", "1").operation(Operation::put("/{id}", change));
    let client = support::client(&registry);
    for (path, status, code) in [
        ("/0", 410, "gone"),
        ("/1", 403, "foreign"),
        ("/2", 409, "edit_conflict"),
    ] {
        let response = client.put(path).send();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.json::<Value>()["code"], code, "{path}");
    }
}

#[test]
fn reply_enum_may_have_several_statuses() {
    let client = client(ErrorStyle::Problem);
    assert_eq!(client.put("/replaced").send().status(), 200);
    let created = client.put("/created").send();
    assert_eq!(created.status(), 201);
    assert_eq!(created.header("location"), Some("/todos/1"));
    let same = client.put("/same").send();
    assert_eq!(
        (same.status(), same.bytes()),
        (StatusCode::NO_CONTENT, b"".as_slice())
    );
}

#[test]
fn location_is_a_uri_reference() {
    async fn created(_: Path<String>, at: String) -> Created<Todo> {
        Created::new(TODO).location(at)
    }
    let registry = Registry::new("T", "1").operation(Operation::post("/{id}", created));
    let client = support::client(&registry);
    for (given, sent) in [
        ("/todos/1?a=b#c", "/todos/1?a=b#c"),
        ("https://[::1]:80/x", "https://[::1]:80/x"),
        ("/é ü", "/%C3%A9%20%C3%BC"),
        ("/%C3%A9", "/%C3%A9"),
        ("/100%/%zz/%4", "/100%25/%25zz/%254"),
        ("/a\r\nSet-Cookie: x", "/a%0D%0ASet-Cookie:%20x"),
        ("/{id}|\"<>", "/%7Bid%7D%7C%22%3C%3E"),
    ] {
        let response = client.post("/x").body(given).send();
        assert_eq!(response.status(), 201);
        assert_eq!(response.header("location"), Some(sent));
    }
}

#[test]
fn reply_that_cannot_be_serialized_is_500() {
    #[derive(PartialEq, Eq, PartialOrd, Ord, serde::Serialize, JsonSchema)]
    #[schemars(crate = "purlin_router::schemas::schemars")]
    struct Pair(u8, u8);

    impl std::fmt::Display for Pair {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{}-{}", self.0, self.1)
        }
    }

    async fn keyed_by_pairs() -> Json<BTreeMap<Pair, u8>> {
        Json(BTreeMap::from([(Pair(1, 2), 3)]))
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", keyed_by_pairs));
    let client = support::client(&registry);
    assert_eq!(client.get("/").send().status(), 500);
}

#[test]
fn every_status_is_documented() {
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/todo", not_found))
        .operation(Operation::put("/todo", put_same));
    let document = support::document(&registry);
    let statuses = |method: &str| -> Vec<String> {
        let responses = &document["paths"]["/todo"][method]["responses"];
        responses
            .as_object()
            .expect("responses")
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(statuses("get"), ["200", "404", "409", "410", "500", "503"]);
    assert_eq!(statuses("put"), ["200", "201", "204", "500"]);
    assert_eq!(
        document["paths"]["/todo"]["get"]["responses"]["404"]["description"],
        "There is no such todo."
    );
}

#[test]
fn all_26_standard_errors_exist() {
    fn checked<E: ApiError + Default>() -> u16 {
        let error = E::default();
        assert_eq!(E::responses().len(), 1);
        assert_eq!(E::responses()[0].status, error.status().as_u16());
        assert_eq!(E::responses()[0].code, error.code());
        error.status().as_u16()
    }
    let statuses = [
        checked::<errors::BadRequest>(),
        checked::<errors::Unauthorized>(),
        checked::<errors::PaymentRequired>(),
        checked::<errors::Forbidden>(),
        checked::<errors::NotFound>(),
        checked::<errors::MethodNotAllowed>(),
        checked::<errors::NotAcceptable>(),
        checked::<errors::ProxyAuthenticationRequired>(),
        checked::<errors::RequestTimeout>(),
        checked::<errors::Conflict>(),
        checked::<errors::Gone>(),
        checked::<errors::LengthRequired>(),
        checked::<errors::PreconditionFailed>(),
        checked::<errors::ContentTooLarge>(),
        checked::<errors::UriTooLong>(),
        checked::<errors::UnsupportedMediaType>(),
        checked::<errors::RangeNotSatisfiable>(),
        checked::<errors::ExpectationFailed>(),
        checked::<errors::UnprocessableContent>(),
        checked::<errors::TooManyRequests>(),
        checked::<errors::RequestHeaderFieldsTooLarge>(),
        checked::<errors::InternalServerError>(),
        checked::<errors::NotImplemented>(),
        checked::<errors::BadGateway>(),
        checked::<errors::ServiceUnavailable>(),
        checked::<errors::GatewayTimeout>(),
    ];
    let mut expected: Vec<u16> = (400..=417)
        .chain([422, 429, 431])
        .chain(500..=504)
        .collect();
    expected.sort_unstable();
    assert_eq!(statuses.as_slice(), expected.as_slice());
}

#[actix_web::test]
async fn errors_of_plain_actix_handlers_are_problems() {
    use actix_web::{App, test, web};
    let handler = || async { Err::<HttpResponse, _>(TodoError::NotFound(1)) };
    let app = test::init_service(App::new().route("/", web::get().to(handler))).await;
    let request = test::TestRequest::default().to_request();
    let response = test::call_service(&app, request).await;
    assert_eq!(response.status(), 404);
    let body: Value = test::read_body_json(response).await;
    assert_eq!(body["detail"], "todo 1 does not exist");
}

#[schema(request)]
struct Numbers {
    numbers: Vec<u8>,
}

async fn add(Json(numbers): Json<Numbers>) -> Json<usize> {
    Json(numbers.numbers.len())
}

#[test]
fn detail_counts_violations_up_to_the_limit() {
    let registry = Registry::new("Sums", "1").operation(Operation::post("/sums", add));
    let client = support::client(&registry);
    for (many, detail) in [
        (1, "the request breaks 1 rule"),
        (99, "the request breaks 99 rules"),
        (3000, "the request breaks at least 100 rules"),
    ] {
        let body = json!({"numbers": vec![300; many]});
        let response = client.post("/sums").json(&body).send();
        assert_eq!(response.json::<Value>()["detail"], detail);
    }
}
