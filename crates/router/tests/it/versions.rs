//! Versions of an API at the same paths, selected by a header or a media type.

use actix_web::{App, http::StatusCode, test as actix_test};
use purlin_router::{
    Json, Operation, Registry, Router, Versions, error::ErrorStyle, reply::NoContent,
    schemas::Message, testing::TestClient,
};
use serde_json::{Value, json};

fn hello(text: &'static str) -> Operation {
    Operation::get("/hello", move || async move { Json(Message::new(text)) }).operation_id("hello")
}

fn v1() -> Registry {
    let old = Operation::get("/old", async || NoContent).operation_id("old");
    Registry::new("Greetings", "1.4.0")
        .operation(hello("one"))
        .operation(old)
}

fn v2() -> Registry {
    let new = Operation::post("/hello", async || NoContent).operation_id("new");
    Registry::new("Greetings", "2.0.0")
        .operation(hello("two"))
        .operation(new)
}

fn by_header() -> Versions {
    Versions::by_header("X-Api-Version")
        .version("1", v1())
        .default_version("2", v2())
}

fn by_media_type() -> Versions {
    Versions::by_media_type("application/vnd.greetings.v{version}+json")
        .version("1", v1())
        .default_version("2", v2())
}

/// The response of an `App` with all versions.
struct Found {
    status: u16,
    content_type: String,
    vary: String,
    body: Value,
}

fn request(routers: &[Router], method: &str, path: &str, header: Option<(&str, &str)>) -> Found {
    actix_web::rt::System::new().block_on(async {
        let app = routers.iter().cloned().fold(App::new(), App::service);
        let app = actix_test::init_service(app.default_service(routers[0].not_found())).await;
        let request = actix_test::TestRequest::with_uri(path).method(method.parse().unwrap());
        let request = header
            .into_iter()
            .fold(request, |it, header| it.insert_header(header));
        let response = actix_test::call_service(&app, request.to_request()).await;
        let text = |name| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let (content_type, vary) = (text("content-type"), text("vary"));
        let status = response.status().as_u16();
        let body = actix_test::read_body(response).await;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Found {
            status,
            content_type,
            vary,
            body,
        }
    })
}

#[test]
fn header_selects_the_version() {
    let routers = by_header().build().unwrap();
    for (method, path, version, status, message) in [
        ("GET", "/hello", Some("1"), 200, Some("one")),
        ("GET", "/hello", Some("2"), 200, Some("two")),
        ("GET", "/hello", None, 200, Some("two")),
        ("GET", "/old", Some("1"), 204, None),
        ("GET", "/old", None, 404, None),
        ("GET", "/old", Some("2"), 404, None),
        ("POST", "/hello", Some("1"), 405, None),
        ("POST", "/hello", Some("2"), 204, None),
    ] {
        let header = version.map(|version| ("X-Api-Version", version));
        let found = request(&routers, method, path, header);
        assert_eq!(found.status, status, "{method} {path} {version:?}");
        if let Some(message) = message {
            assert_eq!(found.body["message"], message);
            assert_eq!(found.vary, "x-api-version");
        }
    }
}

#[test]
fn unknown_version_is_a_violation_and_so_is_none_without_a_default() {
    let routers = by_header().build().unwrap();
    let found = request(&routers, "GET", "/hello", Some(("X-Api-Version", "3")));
    assert_eq!(found.status, 400);
    assert_eq!(found.vary, "x-api-version");
    assert_eq!(
        found.body["violations"],
        json!([{"code": "enum", "location": "header", "message": "must be one of 1, 2", "pointer": "/x-api-version"}])
    );

    let strict = Versions::by_header("X-Api-Version")
        .version("1", v1())
        .version("2", v2());
    let found = request(&strict.build().unwrap(), "GET", "/hello", None);
    assert_eq!(found.status, 400);
    assert_eq!(found.body["violations"][0]["code"], "required");
}

#[test]
fn accepted_media_type_selects_the_version() {
    let routers = by_media_type().build().unwrap();
    let (one, two) = (
        "application/vnd.greetings.v1+json",
        "application/vnd.greetings.v2+json",
    );
    for (accept, chosen) in [
        (Some("application/vnd.greetings.v1+json"), one),
        (Some("application/vnd.greetings.v2+json"), two),
        (
            Some(
                "application/vnd.greetings.v2+json;q=0.4, application/vnd.greetings.v1+json;q=0.5",
            ),
            one,
        ),
        (Some("*/*"), two),
        (Some("application/json"), two),
        (Some("text/html, application/*;q=0.1"), two),
        (None, two),
    ] {
        let found = request(&routers, "GET", "/hello", accept.map(|it| ("Accept", it)));
        assert_eq!(found.status, 200, "{accept:?}");
        assert_eq!(found.content_type, chosen, "{accept:?}");
        assert_eq!(found.vary, "accept");
    }
    let found = request(
        &routers,
        "GET",
        "/hello",
        Some(("Accept", "application/vnd.greetings.v3+json")),
    );
    assert_eq!(found.status, 406);
    assert_eq!(
        found.body["detail"],
        format!("the versions are available as {one}, {two}")
    );
}

#[test]
fn each_version_has_its_document_which_no_header_selects() {
    let routers = by_header().build().unwrap();
    let paths: Vec<_> = routers
        .iter()
        .map(|it| it.openapi_path().unwrap())
        .collect();
    assert_eq!(paths, ["/versions/1/openapi.json", "/openapi.json"]);
    for (path, version, required) in [(paths[0], "1", true), (paths[1], "2", false)] {
        let document = request(&routers, "GET", path, Some(("X-Api-Version", "1"))).body;
        let parameter = &document["paths"]["/hello"]["get"]["parameters"][0];
        assert_eq!(parameter["name"], "x-api-version");
        assert_eq!(parameter["schema"]["enum"], json!([version]));
        assert_eq!(parameter["required"] == json!(true), required);
        let responses = &document["paths"]["/hello"]["get"]["responses"];
        assert_eq!(responses.get("400").is_some(), version == "2");
    }
}

#[test]
fn responses_of_a_version_are_those_of_its_document() {
    let routers = by_media_type().build().unwrap();
    let client = TestClient::new(&routers[1]);
    assert_eq!(client.get("/hello").send().status(), StatusCode::OK);
    let refused = client.get("/hello").header("Accept", "text/plain").send();
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
    let client = TestClient::new(&by_header().build().unwrap()[1]);
    let refused = client.get("/hello").header("X-Api-Version", "7").send();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[test]
fn rejection_is_in_the_style_of_the_default_version() {
    let rebar = v2().error_style(ErrorStyle::Rebar);
    let versions = Versions::by_header("X-Api-Version")
        .version("1", v1())
        .default_version("2", rebar);
    let routers = versions.build().unwrap();
    let found = request(&routers, "GET", "/hello", Some(("X-Api-Version", "3")));
    assert_eq!(found.status, 400);
    assert!(found.body["errors"].is_object(), "{}", found.body);
}

#[test]
fn wrong_headers_media_types_and_names_are_errors_of_the_build() {
    let errors = |versions: Versions| {
        let errors = versions.build().unwrap_err();
        errors.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        errors(
            Versions::by_header("a b")
                .version("1", v1())
                .version("1", v2())
        ),
        [
            "the versions: `a b` is not the name of a header; write one such as `X-Api-Version`",
            "the versions: the version `1` is declared twice; leave one out",
        ]
    );
    assert_eq!(
        errors(Versions::by_media_type("application/json").version("v 1", v1())),
        [
            "the versions: `application/json` does not contain `{version}`; write one such as `application/vnd.example.v{version}+json`",
            "the versions: the version `v 1` is not a name; use letters, digits, `-`, `.` and `_`",
        ]
    );
    let errors = errors(Versions::by_media_type("{version}").version("1", v1()));
    assert!(errors[0].contains("`1` is not a media type"), "{errors:?}");
}
