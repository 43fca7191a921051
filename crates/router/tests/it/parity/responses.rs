//! Successful responses.
//!
//! Absent on purpose: tuples of a body, a status and headers (types declare
//! them), and a status that is looked up at run time.

use actix_web::HttpResponse;
use purlin_router::{
    Json, Operation, ResponseChecks,
    reply::{Accepted, Created, Opaque, WithHeaders},
    schema,
};
use serde_json::{Value, json};

use super::{assert_response, client, document, done, only, rebar};

#[schema(response)]
struct Greeting {
    message: String,
}

fn greeting() -> Greeting {
    let message = "Hello".to_owned();
    Greeting { message }
}

/// kept: a plain body is a 200.
#[test]
fn plain_body_is_200() {
    async fn handler() -> Json<Greeting> {
        Json(greeting())
    }
    let response = only(Operation::get("/", handler)).get("/").send();
    assert_response(&response, 200, &json!({"message": "Hello"}));
}

/// kept: `(body, status)`.
#[test]
fn body_has_the_status_of_its_type() {
    async fn made() -> Created<Greeting> {
        Created::new(greeting())
    }
    async fn taken() -> Accepted<Greeting> {
        Accepted(greeting())
    }
    let response = only(Operation::post("/", made)).post("/").send();
    assert_response(&response, 201, &json!({"message": "Hello"}));
    let response = only(Operation::post("/", taken)).post("/").send();
    assert_response(&response, 202, &json!({"message": "Hello"}));
}

/// kept: `(body, headers)` and `(body, status, headers)`.
/// corrected: the headers are documented.
#[test]
fn body_may_have_headers() {
    #[schema(response)]
    struct Limits {
        #[serde(rename = "X-Left")]
        left: u32,
    }
    async fn handler() -> WithHeaders<Created<Greeting>, Limits> {
        WithHeaders(Created::new(greeting()), Limits { left: 41 })
    }
    let registry = rebar().operation(Operation::post("/", handler));
    let response = client(&registry).post("/").send();
    assert_eq!(response.status(), 201);
    assert_eq!(response.header("x-left"), Some("41"));
    let response = &document(&registry)["paths"]["/"]["post"]["responses"]["201"];
    assert!(response["headers"]["X-Left"].is_object());
}

/// kept: `{204: None}` is an empty body.
/// corrected: always; other data with such a status is still written by the
/// original.
#[test]
fn no_content_is_empty() {
    let response = only(Operation::get("/", done)).get("/").send();
    assert_eq!(
        (response.status().as_u16(), response.bytes()),
        (204, &b""[..])
    );
    assert_eq!(response.header("content-type"), None);
}

/// kept: an empty object is an object, not an empty body.
#[test]
fn empty_object_is_not_an_empty_body() {
    #[schema(response)]
    struct Empty {}
    async fn handler() -> Json<Empty> {
        Json(Empty {})
    }
    let response = only(Operation::get("/", handler)).get("/").send();
    assert_response(&response, 200, &json!({}));
}

/// kept: a complete response is sent unchanged, with any body; where responses
/// are checked, an undeclared status is a 500.
#[test]
fn complete_response_is_sent_unchanged() {
    async fn handler() -> Opaque<HttpResponse> {
        Opaque(HttpResponse::Ok().content_type("text/plain").body("ready"))
    }
    async fn other() -> Opaque<HttpResponse> {
        Opaque(HttpResponse::Conflict().finish())
    }
    let registry = rebar()
        .operation(Operation::get("/", handler))
        .operation(Operation::get("/other", other));
    let unchecked = client(&registry).without_checks();
    let response = unchecked.get("/").send();
    assert_eq!(
        (response.text().as_str(), response.status().as_u16()),
        ("ready", 200)
    );
    assert_eq!(response.header("content-type"), Some("text/plain"));
    let checked = registry.check_responses(ResponseChecks::Refuse);
    let checked = client(&checked).without_checks();
    assert_eq!(checked.get("/").send().status(), 200);
    assert_eq!(checked.get("/other").send().status(), 500);
}

/// kept: `mimetype` applies to successful responses.
/// corrected: an empty body has none, and errors keep theirs.
#[test]
fn media_type_applies_to_successful_responses() {
    async fn handler() -> Json<Greeting> {
        Json(greeting())
    }
    let registry = rebar()
        .default_media_type("application/vnd.api+json")
        .operation(Operation::get("/", handler))
        .operation(Operation::get("/empty", done));
    let client = client(&registry);
    let of = |target| {
        client
            .get(target)
            .send()
            .header("content-type")
            .map(str::to_owned)
    };
    assert_eq!(of("/").as_deref(), Some("application/vnd.api+json"));
    assert_eq!(of("/empty"), None);
    assert_eq!(of("/nope").as_deref(), Some("application/json"));
}

/// kept: only declared fields are sent, under their `data_key`, and without the
/// load-only ones.
#[test]
fn only_declared_fields_are_sent() {
    #[schema(response)]
    struct Public {
        #[serde(rename = "userName")]
        name: String,
        #[serde(skip)]
        _password: String,
    }
    async fn handler() -> Json<Public> {
        let name = "Ada".to_owned();
        let _password = "secret".to_owned();
        Json(Public { name, _password })
    }
    let response = only(Operation::get("/", handler)).get("/").send();
    assert_response(&response, 200, &json!({"userName": "Ada"}));
}

/// kept: `dump_only` fields are in responses, and rejected in requests.
/// corrected: they are unknown fields of a request, and the document has two
/// schemas.
#[test]
fn fields_for_one_direction_are_in_two_types() {
    #[schema(request)]
    struct NewGuest {
        name: String,
    }
    #[schema(response)]
    struct KnownGuest {
        id: u64,
        name: String,
    }
    async fn add(guest: Json<NewGuest>) -> Created<KnownGuest> {
        let name = guest.into_inner().name;
        Created::new(KnownGuest { id: 1, name })
    }
    let client = only(Operation::post("/", add));
    let response = client.post("/").json(&json!({"name": "Ada"})).send();
    assert_response(&response, 201, &json!({"id": 1, "name": "Ada"}));
    let rejected: Value = client
        .post("/")
        .json(&json!({"id": 1, "name": "Ada"}))
        .send()
        .json();
    assert_eq!(rejected["errors"], json!({"id": "Unknown field."}));
}

/// kept: responses are not checked unless configured, and then nested values
/// are checked too.
#[test]
fn nested_replies_are_checked_on_request() {
    #[schema(response)]
    struct Short {
        #[garde(length(max = 2))]
        text: String,
    }
    #[schema(response)]
    struct Many {
        #[garde(dive)]
        all: Vec<Short>,
    }
    async fn handler() -> Json<Many> {
        let text = "too long".to_owned();
        Json(Many {
            all: vec![Short { text }],
        })
    }
    let registry = rebar().operation(Operation::get("/", handler));
    let status = |checks| {
        let registry = registry.clone().check_responses(checks);
        let client = client(&registry).without_checks();
        client.get("/").send().status().as_u16()
    };
    assert_eq!(status(ResponseChecks::Off), 200);
    assert_eq!(status(ResponseChecks::Refuse), 500);
}

/// kept: a reply without a body is documented without one.
#[test]
fn reply_without_a_body_is_documented_without_content() {
    let registry = rebar().operation(Operation::delete("/", done));
    let response = &document(&registry)["paths"]["/"]["delete"]["responses"]["204"];
    assert!(response["description"].is_string() && response["content"].is_null());
}
