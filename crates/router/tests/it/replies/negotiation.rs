//! Responses with several representations.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicUsize, Ordering},
};

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use futures_util::stream;
use purlin_router::{
    Context, Json, Operation, OperationBuilder, Registry,
    error::http::NotFound,
    media::{Csv, MediaType},
    openapi::Dialect,
    reply::{
        Binary, Html, JsonAs, JsonLines, Negotiated, Reply, Representation, Status, Tagged, Text,
    },
    schema,
    testing::{Coverage, TestClient},
};
use serde_json::{Value, json};

use super::{responses, statuses};
use crate::support::{self, multipart::client};

#[schema(response)]
struct Report {
    visits: u32,
}

struct ReportV2;

impl MediaType for ReportV2 {
    const NAME: &'static str = "application/vnd.example.report.v2+json";
}

type Reports = Negotiated<(Json<Report>, Binary<Csv>, Html, JsonAs<Report, ReportV2>)>;

fn to_csv(report: Report) -> Binary<Csv> {
    Binary::new(format!("visits\r\n{}\r\n", report.visits))
}

fn to_page(report: Report) -> Html {
    Html::new(format!("<p>{} visits", report.visits))
}

async fn report() -> Reports {
    Negotiated::new(Report { visits: 7 }, (Json, to_csv, to_page, JsonAs::new))
}

#[test]
fn representation_is_chosen_by_the_client() {
    let client = client(Operation::get("/", report));
    for (accept, media_type, text) in [
        (None, "application/json", r#"{"visits":7}"#),
        (Some(""), "application/json", r#"{"visits":7}"#),
        (Some("*/*"), "application/json", r#"{"visits":7}"#),
        (Some("text/csv"), "text/csv", "visits\r\n7\r\n"),
        (Some("text/*"), "text/csv", "visits\r\n7\r\n"),
        (
            Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            "text/html; charset=utf-8",
            "<p>7 visits",
        ),
        (
            Some("application/json;q=0.1, text/csv;q=0.2"),
            "text/csv",
            "visits\r\n7\r\n",
        ),
        (
            Some("application/vnd.example.report.v2+json, application/json;q=0.9"),
            "application/vnd.example.report.v2+json",
            r#"{"visits":7}"#,
        ),
    ] {
        let mut call = client.get("/");
        if let Some(accept) = accept {
            call = call.header("accept", accept);
        }
        let response = call.send();
        assert_eq!(response.status(), 200, "{accept:?}");
        assert_eq!(
            response.header("content-type"),
            Some(media_type),
            "{accept:?}"
        );
        assert_eq!(response.text(), text, "{accept:?}");
        assert_eq!(response.header("vary"), Some("accept"));
    }
}

#[test]
fn unacceptable_request_is_406_with_the_list_and_the_handler_is_not_called() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    async fn counted() -> Result<Reports, NotFound> {
        CALLS.fetch_add(1, Ordering::Relaxed);
        Ok(report().await)
    }
    let router = support::router(&Registry::new("T", "1").operation(Operation::post("/", counted)));
    let coverage = Coverage::of(&router);
    let client = TestClient::new(&router).recording(&coverage);
    for accept in [
        "image/png",
        "text/csv;q=0, image/*",
        "application/json;profile=x",
        "application/*+json",
    ] {
        let response = client.post("/").header("accept", accept).send();
        assert_eq!(response.status(), 406, "{accept}");
        assert_eq!(response.header("vary"), Some("accept"));
        let problem: Value = response.json();
        assert_eq!(
            problem["detail"],
            "the response is available as application/json, text/csv, text/html, \
             application/vnd.example.report.v2+json"
        );
    }
    assert_eq!(CALLS.load(Ordering::Relaxed), 0);
    assert_eq!(client.post("/").send().status(), 200);
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
    coverage.assert_full_except(&["POST /: no response had the status 404"]);
}

#[test]
fn only_the_chosen_representation_is_written() {
    async fn lazily() -> Negotiated<(Text, Html)> {
        let never = |_: u8| -> Html { panic!("it was not chosen") };
        Negotiated::new(7, (|number: u8| Text::new(number.to_string()), never))
    }
    let client = client(Operation::get("/", lazily));
    let response = client.get("/").header("accept", "text/plain").send();
    assert_eq!(response.text(), "7");
}

#[test]
fn all_representations_are_documented() {
    let documented = responses(Operation::get("/", report));
    let content = documented["200"]["content"].as_object().expect("content");
    let names: Vec<_> = content.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "application/json",
            "application/vnd.example.report.v2+json",
            "text/csv",
            "text/html"
        ]
    );
    assert_eq!(
        content["application/json"]["schema"],
        content["application/vnd.example.report.v2+json"]["schema"]
    );
    assert_eq!(statuses(Operation::get("/", report)), ["200", "406", "500"]);
    let registry = Registry::new("T", "1").operation(Operation::get("/", report));
    let older = support::document_in(&registry, Dialect::V3_0);
    let older = &older["paths"]["/"]["get"]["responses"]["200"]["content"];
    assert_eq!(older.as_object().map(serde_json::Map::len), Some(4));
    // Swagger 2.0 has one schema for all media types of a response: only those that have it are listed.
    let oldest = support::document_in(&registry, Dialect::V2_0);
    let produced = oldest["paths"]["/"]["get"]["produces"].to_string();
    assert!(produced.contains(ReportV2::NAME), "{produced}");
    assert!(!produced.contains("html"), "{produced}");
    // The document for client generators has JSON, which they request.
    let for_clients = support::router(&registry).document().for_clients();
    let for_clients = for_clients.to_value(Dialect::V3_0);
    let content = &for_clients["paths"]["/"]["get"]["responses"]["200"]["content"];
    assert!(content["application/json"].is_object());
}

#[test]
fn mock_has_every_representation() {
    let registry = Registry::new("T", "1").operation(Operation::get("/", report));
    let client = support::client(&registry.mocked());
    for (accept, status, media_type) in [
        ("*/*", 200, "application/json"),
        ("text/csv", 200, "text/csv"),
        ("text/html", 200, "text/html"),
        ("image/png", 406, "application/problem+json"),
    ] {
        let response = client.get("/").header("accept", accept).send();
        assert_eq!(response.status().as_u16(), status, "{accept}");
        assert_eq!(response.header("content-type"), Some(media_type));
    }
}

#[test]
fn two_representations_of_one_media_type_are_an_error() {
    async fn twice() -> Negotiated<(Json<u8>, Json<String>)> {
        Negotiated::new(7_u8, (Json, |number: u8| Json(number.to_string())))
    }
    let error = support::error(Operation::get("/", twice));
    support::assert_contains(
        &error,
        &[
            "two representations of the response have the media type `application/json`",
            "JsonAs",
        ],
    );
}

#[test]
fn negotiated_reply_can_be_inside_of_others() {
    async fn inside() -> Status<203, Tagged<Negotiated<(Json<u8>, JsonLines<u8>)>>> {
        let lines = |number| JsonLines::new(stream::iter([number, number]));
        let reply = Negotiated::new(7, (Json, lines));
        Status(Tagged::new(reply, None))
    }
    let client = client(Operation::get("/", inside));
    let lines = client.get("/").header("accept", "application/jsonl").send();
    assert_eq!(lines.status(), 203);
    assert_eq!(lines.json_lines::<u8>(), [7, 7]);
    assert_eq!(client.get("/").send().json::<u8>(), 7);
    let response = client.get("/").header("accept", "text/html").send();
    assert_eq!(response.status(), 406);
}

/// A reply of the tests' own.
struct Haiku(&'static str);

impl Reply for Haiku {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.content(200, "text/x-haiku", json!({"type": "string"}), "A haiku.");
    }

    fn reply(self, _: &Context<'_>) -> HttpResponse {
        HttpResponse::Ok().content_type("text/x-haiku").body(self.0)
    }
}

impl Responder for Haiku {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.reply(&Context::of(request))
    }
}

impl Representation for Haiku {
    fn media_type(_: &Context<'_>) -> Cow<'static, str> {
        Cow::Borrowed("text/x-haiku")
    }
}

#[test]
fn replies_of_ones_own_can_be_chosen_and_json_has_the_media_type_of_the_registry() {
    async fn poem() -> Negotiated<(Json<&'static str>, Haiku)> {
        Negotiated::new("an old silent pond", (Json, Haiku))
    }
    let registry = Registry::new("T", "1")
        .default_media_type("application/vnd.api+json")
        .operation(Operation::get("/", poem));
    let client = support::client(&registry);
    for (accept, status) in [
        ("text/x-haiku", 200),
        ("application/vnd.api+json", 200),
        ("application/json", 406),
    ] {
        let response = client.get("/").header("accept", accept).send();
        assert_eq!(response.status().as_u16(), status, "{accept}");
        if status == 200 {
            assert_eq!(response.header("content-type"), Some(accept));
        }
    }
}
