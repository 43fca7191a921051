//! Bodies that may be absent.

use purlin_router::{
    Json, Operation, Registry,
    error::ErrorStyle,
    extract::{Form, Multipart, OneOf},
    openapi::Dialect,
    schema,
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support::{
    self,
    multipart::{BOUNDARY, Body},
    server::{Connection, serve},
};

#[schema]
struct Reason {
    #[garde(length(min = 1))]
    reason: Option<String>,
}

fn shown<B>(body: Option<B>, value: impl FnOnce(B) -> Reason) -> Json<Value> {
    Json(body.map(value).map_or_else(
        || json!("absent"),
        |it| it.reason.map_or_else(|| json!("no reason"), Value::String),
    ))
}

async fn by_json(body: Option<Json<Reason>>) -> Json<Value> {
    shown(body, Json::into_inner)
}

async fn by_form(body: Option<Form<Reason>>) -> Json<Value> {
    shown(body, Form::into_inner)
}

async fn by_parts(body: Option<Multipart<Reason>>) -> Json<Value> {
    shown(body, Multipart::into_inner)
}

async fn by_any(body: Option<OneOf<Json<Reason>, Form<Reason>>>) -> Json<Value> {
    shown(body, OneOf::into_inner)
}

async fn nullable(body: Json<Option<Reason>>) -> Json<bool> {
    Json(body.is_none())
}

async fn both(body: Option<Json<Option<Reason>>>) -> Json<Option<bool>> {
    Json(body.map(|body| body.is_none()))
}

fn registry() -> Registry {
    Registry::new("Cancellations", "1")
        .operation(Operation::post("/json", by_json))
        .operation(Operation::post("/form", by_form))
        .operation(Operation::post("/parts", by_parts))
        .operation(Operation::post("/any", by_any))
        .operation(Operation::post("/nullable", nullable))
        .operation(Operation::post("/both", both))
}

fn client() -> TestClient {
    support::client(&registry())
}

const PATHS: [&str; 4] = ["/json", "/form", "/parts", "/any"];

#[test]
fn body_without_bytes_is_absent_whatever_its_content_type() {
    let client = client();
    let parts = format!("multipart/form-data; boundary={BOUNDARY}");
    for path in PATHS {
        assert_eq!(client.post(path).send().text(), "\"absent\"", "{path}");
        for media_type in ["application/json", "text/plain", parts.as_str()] {
            let call = client.post(path).header("content-type", media_type);
            let response = call.header("content-length", "0").body("").send();
            assert_eq!(response.text(), "\"absent\"", "{path} {media_type}");
        }
    }
}

#[test]
fn body_with_bytes_is_read_as_without_the_option() {
    let client = client();
    let parts = Body::new().text("reason", "late").end();
    let multipart = format!("multipart/form-data; boundary={BOUNDARY}");
    let bodies: [(&str, &str, Vec<u8>); 5] = [
        ("/json", "application/json", br#"{"reason": "late"}"#.into()),
        (
            "/form",
            "application/x-www-form-urlencoded",
            b"reason=late".into(),
        ),
        ("/parts", &multipart, parts),
        ("/any", "application/json", br#"{"reason": "late"}"#.into()),
        (
            "/any",
            "application/x-www-form-urlencoded",
            b"reason=late".into(),
        ),
    ];
    for (path, media_type, body) in bodies {
        let call = client.post(path).header("content-type", media_type);
        assert_eq!(call.body(body).send().text(), "\"late\"", "{path}");
    }
}

#[test]
fn wrong_body_is_rejected_and_not_absent() {
    let client = client();
    for path in PATHS {
        let response = client.post(path).body("x").send();
        assert_eq!(response.status(), 415, "{path}: {}", response.text());
        let call = client.post(path).header("content-type", "text/plain");
        assert_eq!(call.body("x").send().status(), 415, "{path}");
    }
    for (body, code) in [
        (" ", "malformed_json"),
        ("null", "validation_failed"),
        ("{\"reason\": \"\"}", "validation_failed"),
    ] {
        let call = client
            .post("/json")
            .header("content-type", "application/json");
        let response = call.body(body).send();
        assert_eq!(response.status(), 400, "{body}");
        assert_eq!(response.json::<Value>()["code"], code, "{body}");
    }
}

#[test]
fn null_is_a_value() {
    let client = client();
    let post = |path: &str, body: &'static str| {
        let call = client.post(path).header("content-type", "application/json");
        call.body(body).send()
    };
    assert_eq!(post("/nullable", "null").text(), "true");
    assert_eq!(post("/nullable", "{}").text(), "false");
    assert_eq!(post("/nullable", "").status(), 400);
    assert_eq!(post("/both", "null").text(), "true");
    assert_eq!(post("/both", "{}").text(), "false");
    assert_eq!(post("/both", "").text(), "null");
}

#[test]
fn chunked_body_may_turn_out_to_be_absent() {
    let api = support::router(&registry());
    let address = serve(move |app| {
        app.service(api.clone());
    });
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    for path in PATHS {
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: t\r\n{form}transfer-encoding: chunked\r\n\r\n");
        let response = Connection::new(address).send(format!("{head}0\r\n\r\n").as_bytes());
        assert_eq!(
            (response.status, &*response.body),
            (200, &b"\"absent\""[..]),
            "{path}"
        );
    }
    let head =
        format!("POST /form HTTP/1.1\r\nhost: t\r\n{form}transfer-encoding: chunked\r\n\r\n");
    let body = "3\r\nrea\r\n8\r\nson=late\r\n0\r\n\r\n";
    let response = Connection::new(address).send(format!("{head}{body}").as_bytes());
    assert_eq!((response.status, &*response.body), (200, &b"\"late\""[..]));
    let request = "POST /json HTTP/1.1\r\nhost: t\r\n\r\n";
    assert_eq!(
        Connection::new(address).send(request.as_bytes()).body,
        b"\"absent\""
    );
}

#[test]
fn optional_body_is_documented_in_each_dialect() {
    let registry = registry();
    let newest = support::document_in(&registry, Dialect::V3_1);
    let body = |path: &str| &newest["paths"][path]["post"]["requestBody"];
    for path in PATHS {
        assert_eq!(body(path).get("required"), None, "{path}");
        assert!(body(path)["content"].is_object(), "{path}");
    }
    assert_eq!(body("/both").get("required"), None);
    assert_eq!(body("/nullable")["required"], true);

    let older = support::document_in(&registry, Dialect::V3_0);
    assert_eq!(
        older["paths"]["/json"]["post"]["requestBody"].get("required"),
        None
    );
    let oldest = support::document_in(&registry, Dialect::V2_0);
    let parameter = &oldest["paths"]["/json"]["post"]["parameters"][0];
    assert_eq!(
        (&parameter["in"], parameter.get("required")),
        (&json!("body"), None)
    );
    let parameter = &oldest["paths"]["/nullable"]["post"]["parameters"][0];
    assert_eq!(parameter["required"], true);
}

#[test]
fn flask_rebars_style_has_optional_bodies_too() {
    let client = support::client(&registry().error_style(ErrorStyle::Rebar));
    assert_eq!(client.post("/json").send().text(), "\"absent\"");
    let response = client.post("/json").body("x").send();
    assert_eq!(response.status(), 400);
}
