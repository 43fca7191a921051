//! Lies planted on purpose, each in another place, and the check that catches it first: a contract that no test could
//! break would prove nothing.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{StatusCode, header},
};
use purlin_compat::{Date, Options, Severity, compare};
use purlin_router::schemas::schemars::{self, JsonSchema};
use purlin_router::{
    Context, Json, Operation, OperationBuilder, Registry, Reply,
    auth::{HeaderApiKey, Identity},
    extract::Path,
    openapi::Dialect,
    reply::{NoContent, WithHeaders},
    schema,
    testing::{Coverage, TestClient},
};
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::support;

/// What catches lies of one document, the earliest first; `compat` catches those of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// `Registry::build`, before the first request.
    Build,
    /// The `TestClient`, which holds every answer against the document.
    Answers,
    /// A `Coverage`, of promises nobody keeps.
    Coverage,
}

/// Something to be done.
#[schema]
struct Todo {
    #[garde(length(max = 5))]
    title: String,
}

/// Describes itself as `D`, and answers as it likes.
struct Instead<D> {
    response: fn() -> HttpResponse,
    promise: std::marker::PhantomData<fn() -> D>,
}

fn instead<D>(response: fn() -> HttpResponse) -> Instead<D> {
    Instead {
        response,
        promise: std::marker::PhantomData,
    }
}

impl<D> Responder for Instead<D> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        (self.response)()
    }
}

impl<D: Reply> Reply for Instead<D> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        D::describe(describe);
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        self.respond_to(context.request())
    }
}

fn registry(operation: Operation) -> Registry {
    Registry::new("Todos", "1.0.0").operation(operation.operation_id("operation"))
}

/// Who finds out about what a `GET /` answers, and in which words.
fn found(operation: Operation) -> (Check, String) {
    let api = match registry(operation).build() {
        Ok(api) => api,
        Err(mistakes) => return (Check::Build, mistakes.to_string()),
    };
    let coverage = Coverage::of(&api);
    let client = TestClient::new(&api).recording(&coverage);
    if let Some(words) = words(|| drop(client.get("/").send())) {
        return (Check::Answers, words);
    }
    match words(|| coverage.assert_full()) {
        Some(words) => (Check::Coverage, words),
        None => panic!("nobody found out"),
    }
}

fn words(asking: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(asking)).err()?;
    panic.downcast_ref::<String>().cloned()
}

#[track_caller]
fn assert_caught(operation: Operation, by: Check, saying: &str) {
    let (check, words) = found(operation);
    assert_eq!(check, by, "{words}");
    assert!(words.contains(saying), "{words}");
}

/// A handler that answers `200` with a body, and says it is `D`.
fn answering<D: Reply + 'static>(response: fn() -> HttpResponse) -> Operation {
    Operation::get("/", move || async move { instead::<D>(response) })
}

#[test]
fn a_status_that_is_not_declared() {
    let operation = answering::<Json<Todo>>(|| HttpResponse::new(StatusCode::ACCEPTED));
    assert_caught(operation, Check::Answers, "the status 202 is not declared");
}

#[test]
fn a_media_type_that_is_not_declared() {
    let operation = answering::<Json<Todo>>(|| {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/html"))
            .body("<p>milk</p>")
    });
    let words = "the media type `text/html` of a 200 is not declared";
    assert_caught(operation, Check::Answers, words);
}

#[test]
fn a_body_where_none_is_declared() {
    let operation = answering::<NoContent>(|| HttpResponse::NoContent().body("milk"));
    let words = "a 204 is declared without a body, and has one";
    assert_caught(operation, Check::Answers, words);
}

#[test]
fn a_field_of_another_name() {
    let operation = answering::<Json<Todo>>(|| HttpResponse::Ok().json(json!({"name": "milk"})));
    assert_caught(operation, Check::Answers, "`/title` is required");
}

#[test]
fn a_value_beyond_its_limit() {
    let operation = Operation::get("/", || async {
        Json(Todo {
            title: "far too long".to_owned(),
        })
    });
    let words = "`/title` must have at most 5 characters";
    assert_caught(operation, Check::Answers, words);
}

#[test]
fn a_schema_by_hand_that_says_another_type_than_is_written() {
    /// Says it is an integer, and is text.
    struct Id;

    impl Serialize for Id {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str("seven")
        }
    }

    impl JsonSchema for Id {
        fn schema_name() -> Cow<'static, str> {
            "Id".into()
        }

        fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({"type": "integer"})
        }
    }

    impl purlin_router::schemas::Schema for Id {}

    let operation = Operation::get("/", || async { Json(Id) });
    assert_caught(operation, Check::Answers, "`` must be an integer");
}

#[test]
fn a_header_that_is_promised_and_not_sent() {
    #[schema(response)]
    struct Paging {
        #[serde(rename = "X-Total")]
        total: u32,
    }
    let operation =
        answering::<WithHeaders<NoContent, Paging>>(|| HttpResponse::NoContent().finish());
    assert_caught(operation, Check::Answers, "`/X-Total` is required");
}

#[test]
fn a_schema_with_a_rule_that_nobody_enforces() {
    /// Says it is a host name.
    #[derive(serde::Deserialize, JsonSchema)]
    #[schemars(crate = "purlin_router::schemas::schemars")]
    struct Host(#[schemars(extend("format" = "hostname"))] String);

    impl purlin_router::schemas::Schema for Host {}

    async fn take(host: Json<Host>) -> NoContent {
        drop(host.into_inner().0);
        NoContent
    }
    let words = "the document would state a format that the server does not enforce";
    assert_caught(Operation::post("/", take), Check::Build, words);
}

#[test]
fn a_path_whose_parameters_are_others_than_the_handlers() {
    async fn take(_: Path<(u8, u8)>) -> NoContent {
        NoContent
    }
    assert_caught(Operation::get("/{id}", take), Check::Build, "(GET /{id})");
}

#[test]
fn an_example_that_breaks_its_schema() {
    async fn take(todo: Json<Todo>) -> Json<Todo> {
        todo
    }
    let example = json!({"title": "far too long"});
    let operation = Operation::post("/", take).response_example(200, "long", example);
    assert_caught(
        operation,
        Check::Build,
        "the example `long` breaks its schema",
    );
}

#[test]
fn an_identity_that_no_authenticator_gives() {
    async fn take(_: Identity<String>) -> NoContent {
        NoContent
    }
    assert_caught(Operation::get("/", take), Check::Build, "(GET /)");
}

/// What the comparison says of a document that is published under a version that is taken.
fn differences(old: &Registry, new: &Registry) -> Vec<String> {
    let document = |registry: &Registry| {
        let api = support::router(registry);
        api.document().to_value(Dialect::V3_1)
    };
    let today = Options::new(Date::from_unix_days(20_000));
    let report = compare(&document(old), &document(new), &today).unwrap();
    let breaking = report.findings.iter();
    breaking
        .filter(|finding| finding.severity == Severity::Breaking)
        .map(|finding| finding.rule.id().to_owned())
        .collect()
}

#[test]
fn a_change_that_calls_itself_none() {
    #[schema(rename = "Todo")]
    struct Renamed {
        #[garde(length(max = 5))]
        name: String,
    }
    async fn get() -> Json<Todo> {
        Json(Todo {
            title: "milk".to_owned(),
        })
    }
    async fn get_renamed() -> Json<Renamed> {
        Json(Renamed {
            name: "milk".to_owned(),
        })
    }
    let old = registry(Operation::get("/", get));
    let new = registry(Operation::get("/", get_renamed));
    let expected = [
        "response-required-property-removed",
        "api-major-version-not-bumped",
    ];
    let found = differences(&old, &new);
    assert!(
        expected
            .iter()
            .all(|rule| found.contains(&(*rule).to_owned())),
        "{found:?}"
    );
}

#[test]
fn a_door_that_was_open_and_is_shut() {
    async fn get() -> NoContent {
        NoContent
    }
    let old = registry(Operation::get("/", get));
    let new = registry(Operation::get("/", get).authenticators(["key"]))
        .authenticator("key", HeaderApiKey::new("X-Key").key("tests", "secret"));
    let found = differences(&old, &new);
    assert!(
        found.contains(&"api-security-added".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_failure_that_is_promised_and_never_happens() {
    async fn get() -> Result<NoContent, purlin_router::error::http::NotFound> {
        Ok(NoContent)
    }
    let words = "GET /: no response had the status 404";
    assert_caught(Operation::get("/", get), Check::Coverage, words);
}
