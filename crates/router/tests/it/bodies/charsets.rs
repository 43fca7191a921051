//! Charsets: UTF-8 under each of its names, and no other; byte order marks.

use purlin_router::{
    Json, Operation, Registry,
    error::ErrorStyle,
    extract::{Form, Multipart},
    schema,
};

use crate::support::{
    self, assert_contains,
    multipart::{Body, send, violations},
};

#[schema]
struct Title {
    title: String,
    more: Option<More>,
}

#[schema]
struct More {
    n: u8,
}

async fn by_json(title: Json<Title>) -> Json<String> {
    Json(title.into_inner().title)
}

async fn by_parts(title: Multipart<Title>) -> Json<String> {
    Json(title.into_inner().title)
}

#[schema]
struct Name {
    title: String,
}

async fn by_form(title: Form<Name>) -> Json<String> {
    Json(title.into_inner().title)
}

const UTF_8: [&str; 8] = [
    "utf-8",
    "UTF-8",
    "utf8",
    "UTF8",
    "\"utf-8\"",
    "us-ascii",
    "US-ASCII",
    "ascii",
];
const OTHERS: [&str; 4] = ["ISO-8859-1", "\"latin1\"", "utf-16", "windows-1252"];

#[test]
fn every_name_of_utf_8_is_accepted_for_every_body() {
    let registry = Registry::new("Titles", "1")
        .operation(Operation::post("/json", by_json))
        .operation(Operation::post("/form", by_form));
    let client = support::client(&registry);
    let post = |path: &str, media_type: String, body: &'static str| {
        let call = client.post(path).header("content-type", media_type);
        call.body(body).send()
    };
    for charset in UTF_8 {
        let response = post(
            "/json",
            format!("application/json; charset={charset}"),
            r#"{"title": "ä"}"#,
        );
        assert_eq!(response.text(), "\"ä\"", "{charset}");
        let form = format!("application/x-www-form-urlencoded;Charset={charset}");
        assert_eq!(
            post("/form", form, "title=%C3%A4").text(),
            "\"ä\"",
            "{charset}"
        );
        let body = Body::new()
            .typed("title", &format!("text/plain; charset={charset}"), "ä")
            .typed(
                "more",
                &format!("application/json; charset={charset}"),
                r#"{"n": 1}"#,
            );
        let response = send(Operation::post("/", by_parts), body.end());
        assert_eq!(response.text(), "\"ä\"", "{charset}");
    }
    for charset in OTHERS {
        let name = charset.trim_matches('"');
        for (path, media_type) in [
            ("/json", "application/json"),
            ("/form", "application/x-www-form-urlencoded"),
        ] {
            let response = post(path, format!("{media_type}; charset={charset}"), "x");
            assert_eq!(response.status(), 415, "{charset}");
            assert_contains(&response.text(), &[name, "in UTF-8"]);
        }
    }
}

#[test]
fn part_in_another_charset_is_a_violation_that_names_it() {
    for charset in OTHERS {
        let body = Body::new()
            .typed("title", &format!("text/plain; charset={charset}"), "x")
            .typed(
                "more",
                &format!("application/json; charset={charset}"),
                r#"{"n": 1}"#,
            );
        let response = send(Operation::post("/", by_parts), body.end());
        assert_eq!(violations(&response), ["/more charset", "/title charset"]);
        let name = charset.trim_matches('"');
        assert_contains(
            &response.text(),
            &[&format!("must be in UTF-8, and is in `{name}`")],
        );
    }
}

#[test]
fn multipart_form_may_state_its_charset() {
    let body = Body::new().text("_charset_", "UTF-8").text("title", "x");
    let response = send(Operation::post("/", by_parts), body.end());
    assert_eq!(response.text(), "\"x\"");
    let body = Body::new()
        .text("_charset_", "ISO-8859-1")
        .text("title", "x");
    let response = send(Operation::post("/", by_parts), body.end());
    assert_eq!(violations(&response), ["/_charset_ charset"]);
}

#[test]
fn byte_order_mark_before_json_is_ignored() {
    for style in [ErrorStyle::Problem, ErrorStyle::Rebar] {
        let registry = Registry::new("Titles", "1").error_style(style);
        let client = support::client(&registry.operation(Operation::post("/", by_json)));
        let post = |body: &'static str| {
            let call = client.post("/").header("content-type", "application/json");
            call.body(body).send()
        };
        assert_eq!(post("\u{feff}{\"title\": \"a\"}").text(), "\"a\"");
        let response = post("\u{feff}{\"title\": 1}");
        assert_eq!(response.status(), 400);
        assert_contains(&response.text(), &["title"]);
        assert_eq!(post("\u{feff}").status(), 400);
    }
    let body = Body::new()
        .text("title", "x")
        .text("more", "\u{feff}{\"n\": 1}");
    let response = send(Operation::post("/", by_parts), body.end());
    assert_eq!(response.text(), "\"x\"");
}
