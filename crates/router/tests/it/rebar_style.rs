//! Requests that only the Rebar style accepts, and Flask's routing of paths.

use purlin_router::{
    Json, Operation, Registry,
    error::{ErrorStyle, http as errors},
    extract::{Path, Query},
    schema,
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support;

#[schema]
struct Guest {
    name: String,
}

async fn echo(guest: Json<Guest>) -> Json<Guest> {
    guest
}

async fn greet(guest: Query<Guest>) -> Json<Guest> {
    Json(guest.into_inner())
}

async fn by_number(number: Path<u8>) -> Json<u8> {
    Json(*number)
}

async fn by_both(both: Path<(u8, bool)>) -> Json<u8> {
    Json(both.into_inner().0)
}

async fn reject() -> Result<Json<Guest>, errors::UnprocessableContent> {
    Err(errors::UnprocessableContent::default())
}

fn client(style: ErrorStyle) -> TestClient {
    let registry = Registry::new("Guests", "1.0.0")
        .error_style(style)
        .operation(Operation::post("/echo", echo))
        .operation(Operation::get("/greet", greet))
        .operation(Operation::get("/by/{x}", by_number))
        .operation(Operation::get("/by/{x}/{y}", by_both))
        .operation(Operation::delete("/by/{x}/{y}", by_both_again).operation_id("delete"))
        .operation(Operation::get("/reject", reject));
    support::client(&registry)
}

async fn by_both_again(both: Path<(bool, u8)>) -> Json<u8> {
    Json(both.into_inner().1)
}

#[test]
fn media_types_are_those_that_flask_rebar_accepts() {
    let (rebar, problem) = (client(ErrorStyle::Rebar), client(ErrorStyle::Problem));
    let status = |client: &TestClient, content_type: &str| {
        let call = client.post("/echo").header("Content-Type", content_type);
        call.body(r#"{"name":"Ada"}"#).send().status().as_u16()
    };
    for (content_type, in_rebar, in_problem) in [
        ("application/json", 200, 200),
        ("application/json; charset=utf-8", 200, 200),
        ("application/json; charset=latin-1", 200, 415),
        ("Application/JSON", 400, 200),
        ("application/vnd.api+json", 400, 200),
        ("application/vnd.api+json; of=application/json", 200, 200),
        ("application/jsonp", 400, 415),
        ("text/plain; of=application/json", 400, 415),
    ] {
        let found = (status(&rebar, content_type), status(&problem, content_type));
        assert_eq!(found, (in_rebar, in_problem), "{content_type}");
    }
}

#[test]
fn invalid_percent_encoding_is_read_literally() {
    let rebar = client(ErrorStyle::Rebar);
    for (query, name) in [
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("%ff", "%FF"),
        ("%41", "A"),
    ] {
        let response = rebar.get(&format!("/greet?name={query}")).send();
        assert_eq!(response.json::<Value>(), json!({"name": name}));
    }
    let problem = client(ErrorStyle::Problem);
    assert_eq!(problem.get("/greet?name=100%").send().status(), 400);
}

#[test]
fn path_that_matches_no_type_is_404_for_every_method() {
    let rebar = client(ErrorStyle::Rebar);
    let ask = |method: &str, target: &str| {
        let response = rebar.request(method.parse().unwrap(), target).send();
        let allow = response.header("allow").map(str::to_owned);
        (response.status().as_u16(), allow)
    };
    let of_get = Some("GET, HEAD, OPTIONS".to_owned());
    let of_delete = Some("DELETE, OPTIONS".to_owned());
    assert_eq!(ask("GET", "/by/7"), (200, None));
    assert_eq!(ask("DELETE", "/by/7"), (405, of_get.clone()));
    for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
        assert_eq!(ask(method, "/by/x"), (404, None), "{method}");
        assert_eq!(ask(method, "/by/256"), (404, None), "{method}");
    }
    assert_eq!(ask("GET", "/by/7/true"), (200, None));
    assert_eq!(ask("DELETE", "/by/7/true"), (405, of_get));
    // OPTIONS returns the methods of the path, whatever the types of its parameters.
    let of_both = Some("GET, DELETE, HEAD, OPTIONS".to_owned());
    assert_eq!(ask("OPTIONS", "/by/7/true"), (200, of_both));
    assert_eq!(ask("GET", "/by/true/7"), (405, of_delete.clone()));
    assert_eq!(ask("HEAD", "/by/true/7"), (405, of_delete));
    assert_eq!(ask("DELETE", "/by/true/7"), (200, None));
}

#[test]
fn parameters_of_a_scope_do_not_affect_routing_by_type() {
    use actix_web::{App, test, web};
    let registry = Registry::new("Guests", "1.0.0")
        .error_style(ErrorStyle::Rebar)
        .operation(Operation::get("/by/{x}", by_number));
    let router = support::router(&registry);
    actix_web::rt::System::new().block_on(async {
        let scope = web::scope("/{tenant}").service(router);
        let app = test::init_service(App::new().service(scope)).await;
        for (target, status) in [("/acme/by/7", 200), ("/acme/by/x", 404)] {
            let request = test::TestRequest::get().uri(target).to_request();
            assert_eq!(test::call_service(&app, request).await.status(), status);
        }
    });
}

#[test]
fn reason_phrases_are_those_that_clients_know() {
    let message = |style| -> Value { client(style).get("/reject").send().json() };
    assert_eq!(
        message(ErrorStyle::Rebar)["message"],
        "Unprocessable Entity"
    );
    assert_eq!(
        message(ErrorStyle::Problem)["title"],
        "Unprocessable Content"
    );
}
