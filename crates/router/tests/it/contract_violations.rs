//! Deliberate violations of a contract, each in another place, and the check that detects it first: checks that never
//! fail would prove nothing.

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

/// The checks of one document, the earliest first; `purlin-compat` compares two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// `Registry::build`, before the first request.
    Build,
    /// The `TestClient`, which checks every response against the document.
    Responses,
    /// A `Coverage`, which finds documented behaviour that never occurs.
    Coverage,
}

/// Something to be done.
#[schema]
struct Todo {
    #[garde(length(max = 5))]
    title: String,
}

/// Describes itself as `D`, and returns an arbitrary response.
struct Mislabelled<D> {
    response: fn() -> HttpResponse,
    described: std::marker::PhantomData<fn() -> D>,
}

fn mislabelled<D>(response: fn() -> HttpResponse) -> Mislabelled<D> {
    Mislabelled {
        response,
        described: std::marker::PhantomData,
    }
}

impl<D> Responder for Mislabelled<D> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        (self.response)()
    }
}

impl<D: Reply> Reply for Mislabelled<D> {
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

/// Returns the check that detects a violation of a `GET /`, and its message.
fn detect(operation: Operation) -> (Check, String) {
    let api = match registry(operation).build() {
        Ok(api) => api,
        Err(errors) => return (Check::Build, errors.to_string()),
    };
    let coverage = Coverage::of(&api);
    let client = TestClient::new(&api).recording(&coverage);
    if let Some(message) = panic_message(|| drop(client.get("/").send())) {
        return (Check::Responses, message);
    }
    match panic_message(|| coverage.assert_full()) {
        Some(message) => (Check::Coverage, message),
        None => panic!("no check detected the violation"),
    }
}

fn panic_message(call: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(call)).err()?;
    panic.downcast_ref::<String>().cloned()
}

#[track_caller]
fn assert_detected(operation: Operation, by: Check, text: &str) {
    let (check, message) = detect(operation);
    assert_eq!(check, by, "{message}");
    assert!(message.contains(text), "{message}");
}

/// Returns an operation that documents `D` and sends another response.
fn documented_as<D: Reply + 'static>(response: fn() -> HttpResponse) -> Operation {
    Operation::get("/", move || async move { mislabelled::<D>(response) })
}

#[test]
fn undeclared_status_is_detected() {
    let operation = documented_as::<Json<Todo>>(|| HttpResponse::new(StatusCode::ACCEPTED));
    assert_detected(
        operation,
        Check::Responses,
        "the status 202 is not declared",
    );
}

#[test]
fn undeclared_media_type_is_detected() {
    let operation = documented_as::<Json<Todo>>(|| {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/html"))
            .body("<p>milk</p>")
    });
    let message = "the media type `text/html` of a 200 is not declared";
    assert_detected(operation, Check::Responses, message);
}

#[test]
fn undeclared_body_is_detected() {
    let operation = documented_as::<NoContent>(|| HttpResponse::NoContent().body("milk"));
    let message = "a 204 is declared without a body, and has one";
    assert_detected(operation, Check::Responses, message);
}

#[test]
fn renamed_field_is_detected() {
    let operation =
        documented_as::<Json<Todo>>(|| HttpResponse::Ok().json(json!({"name": "milk"})));
    assert_detected(operation, Check::Responses, "`/title` is required");
}

#[test]
fn value_beyond_its_limit_is_detected() {
    let operation = Operation::get("/", || async {
        Json(Todo {
            title: "far too long".to_owned(),
        })
    });
    let message = "`/title` must have at most 5 characters";
    assert_detected(operation, Check::Responses, message);
}

#[test]
fn hand_written_schema_of_another_type_is_detected() {
    /// Documented as an integer, and serialized as text.
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
    assert_detected(operation, Check::Responses, "`` must be an integer");
}

#[test]
fn missing_documented_header_is_detected() {
    #[schema(response)]
    struct Paging {
        #[serde(rename = "X-Total")]
        total: u32,
    }
    let operation =
        documented_as::<WithHeaders<NoContent, Paging>>(|| HttpResponse::NoContent().finish());
    assert_detected(operation, Check::Responses, "`/X-Total` is required");
}

#[test]
fn unenforced_format_is_detected() {
    /// Documented as a host name, which is not enforced.
    #[derive(serde::Deserialize, JsonSchema)]
    #[schemars(crate = "purlin_router::schemas::schemars")]
    struct Host(#[schemars(extend("format" = "hostname"))] String);

    impl purlin_router::schemas::Schema for Host {}

    async fn take(host: Json<Host>) -> NoContent {
        drop(host.into_inner().0);
        NoContent
    }
    let message = "the document would state a format that the server does not enforce";
    assert_detected(Operation::post("/", take), Check::Build, message);
}

#[test]
fn path_parameters_that_differ_from_the_template_are_detected() {
    async fn take(_: Path<(u8, u8)>) -> NoContent {
        NoContent
    }
    assert_detected(Operation::get("/{id}", take), Check::Build, "(GET /{id})");
}

#[test]
fn example_that_violates_its_schema_is_detected() {
    async fn take(todo: Json<Todo>) -> Json<Todo> {
        todo
    }
    let example = json!({"title": "far too long"});
    let operation = Operation::post("/", take).response_example(200, "long", example);
    assert_detected(
        operation,
        Check::Build,
        "the example `long` breaks its schema",
    );
}

#[test]
fn identity_without_authenticator_is_detected() {
    async fn take(_: Identity<String>) -> NoContent {
        NoContent
    }
    assert_detected(Operation::get("/", take), Check::Build, "(GET /)");
}

/// Returns the breaking changes between two documents of one version.
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
fn breaking_change_without_a_new_version_is_detected() {
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
        "api-version-not-bumped",
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
fn added_security_requirement_is_detected() {
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
fn documented_error_that_never_occurs_is_detected() {
    async fn get() -> Result<NoContent, purlin_router::error::http::NotFound> {
        Ok(NoContent)
    }
    let message = "GET /: no response had the status 404";
    assert_detected(Operation::get("/", get), Check::Coverage, message);
}
