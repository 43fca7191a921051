//! Which operation handles which request, and the response if none does.

use actix_web::{
    App, HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    test::{self, TestRequest},
    web,
};
use purlin_router::{
    Json, MatchedOperation, Operation, Registry, error::ErrorStyle, extract::Path, reply::Opaque,
    testing::TestClient,
};
use serde_json::Value;

use crate::support::{self, router};

async fn pattern(request: HttpRequest) -> Json<String> {
    Json(request.match_pattern().unwrap_or_default())
}

async fn matched(request: HttpRequest) -> Json<String> {
    let matched = request.app_data::<MatchedOperation>();
    Json(matched.map_or_else(String::new, |m| m.template().to_owned()))
}

async fn echo_text(text: Path<String>) -> Json<String> {
    Json(text.into_inner())
}

async fn echo_pair(pair: Path<(String, u32)>) -> Json<String> {
    Json(format!("{}:{}", pair.0.0, pair.0.1))
}

async fn actix_path(path: web::Path<(String,)>) -> Json<String> {
    Json(path.into_inner().0)
}

async fn panics() -> Json<String> {
    panic!("out of cheese")
}

async fn link(request: HttpRequest) -> Json<String> {
    Json(
        request
            .url_for("echo_text", ["a b"])
            .map(|url| url.path().to_owned())
            .unwrap_or_else(|error| error.to_string()),
    )
}

fn registry() -> Registry {
    Registry::new("Test", "1")
        .operation(Operation::get("/", pattern).operation_id("root"))
        .operation(Operation::get("/echo/{text}", echo_text))
        .operation(Operation::get("/echo/fixed", matched).operation_id("fixed"))
        .operation(Operation::get("/pair/{text}/{number}", echo_pair))
        .operation(Operation::put("/pair/{text}/{number}", echo_pair).operation_id("put_pair"))
        .operation(Operation::get("/files/{*path}", echo_text).operation_id("file"))
        .operation(Operation::get("/café/{id}", pattern).operation_id("cafe"))
        .operation(Operation::get("/pattern/{id}", pattern).operation_id("pattern"))
        .operation(Operation::get("/actix/{id}", actix_path))
        .operation(Operation::get("/panics", panics))
        .operation(Operation::get("/link", link))
}

fn client() -> TestClient {
    support::client(&registry())
}

#[test]
fn literal_segment_precedes_parameter() {
    let client = client();
    assert_eq!(
        client.get("/echo/fixed").send().json::<String>(),
        "/echo/fixed"
    );
    assert_eq!(client.get("/echo/fixe").send().json::<String>(), "fixe");
}

#[test]
fn path_parameters_are_passed_in_order() {
    assert_eq!(client().get("/pair/a/5").send().json::<String>(), "a:5");
}

#[test]
fn catch_all_matches_the_rest_of_the_path() {
    assert_eq!(
        client().get("/files/a/b.txt").send().json::<String>(),
        "a/b.txt"
    );
}

#[test]
fn percent_encoded_values_are_decoded_once() {
    let client = client();
    assert_eq!(client.get("/echo/a%20b").send().json::<String>(), "a b");
    assert_eq!(client.get("/echo/a%2Fb").send().json::<String>(), "a/b");
    assert_eq!(client.get("/echo/a%252Fb").send().json::<String>(), "a%2Fb");
    assert_eq!(
        client.get("/echo/%C3%A9%2B+").send().json::<String>(),
        "é++"
    );
    assert_eq!(
        client.get("/actix/a%20b%2Fc").send().json::<String>(),
        "a b/c"
    );
}

#[test]
fn path_value_that_is_not_utf8_is_rejected() {
    let response = client().get("/echo/%FF").send();
    assert_eq!(response.status(), 400);
    let problem: Value = response.json();
    assert_eq!(problem["violations"][0]["location"], "path");
    assert_eq!(problem["violations"][0]["pointer"], "/text");
    assert_eq!(problem["violations"][0]["code"], "encoding");
}

#[test]
fn match_pattern_returns_the_template() {
    let client = client();
    assert_eq!(client.get("/").send().json::<String>(), "/");
    assert_eq!(
        client.get("/pattern/5").send().json::<String>(),
        "/pattern/{id}"
    );
}

#[test]
fn templates_outside_ascii_are_matched() {
    let response = client().get("/caf%C3%A9/5").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.json::<String>(), "/caf%C3%A9/{id}");
}

#[test]
fn url_for_finds_operations_by_id() {
    assert_eq!(client().get("/link").send().json::<String>(), "/echo/a%20b");
}

#[test]
fn unsupported_method_is_405_with_allow() {
    let response = client().delete("/pair/a/5").send();
    assert_eq!(response.status(), 405);
    assert_eq!(response.header("allow"), Some("GET, PUT, HEAD, OPTIONS"));
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn unknown_method_is_405() {
    let brew = Method::from_bytes(b"BREW").expect("a method");
    let client = client();
    assert_eq!(client.request(brew, "/").send().status(), 405);
    assert_eq!(client.request(Method::TRACE, "/").send().status(), 405);
}

#[test]
fn options_returns_allow() {
    let response = client().request(Method::OPTIONS, "/").send();
    assert_eq!(response.status(), 204);
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    let rebar = support::client(&registry().error_style(ErrorStyle::Rebar));
    assert_eq!(rebar.request(Method::OPTIONS, "/").send().status(), 200);
}

#[test]
fn head_is_get_without_a_body() {
    let client = client();
    let response = client.request(Method::HEAD, "/echo/abc").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.bytes(), b"");
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(client.request(Method::HEAD, "/nope").send().status(), 404);
}

#[test]
fn additional_slash_is_another_path() {
    let client = client();
    assert_eq!(client.get("/echo/fixed/").send().status(), 404);
    assert_eq!(client.get("//").send().status(), 404);
    assert_eq!(client.get("/echo/").send().status(), 404);
}

#[test]
fn panic_is_500_in_the_error_style_of_the_registry() {
    let client = client();
    let response = client.get("/panics").send();
    assert_eq!(response.status(), 500);
    assert_eq!(response.json::<Value>()["code"], "internal_server_error");
    assert!(!response.text().contains("cheese"));
    assert_eq!(client.get("/echo/after").send().status(), 200);
}

#[test]
fn registry_is_served_below_its_prefix() {
    let client = support::client(&registry().prefix("/v2"));
    assert_eq!(client.get("/v2/pair/a/5").send().json::<String>(), "a:5");
    assert_eq!(
        client.get("/v2/pattern/5").send().json::<String>(),
        "/v2/pattern/{id}"
    );
    assert_eq!(client.get("/pair/a/5").send().status(), 404);
    assert_eq!(client.get("/v2/openapi.json").send().status(), 200);
}

async fn call(
    app: impl actix_web::dev::HttpServiceFactory + 'static,
    targets: &[&str],
) -> Vec<(StatusCode, String)> {
    let app = test::init_service(
        App::new()
            .service(app)
            .route(
                "/own/{name}",
                web::get()
                    .to(|r: HttpRequest| async move { r.match_pattern().unwrap_or_default() }),
            )
            .default_service(web::to(|| async {
                HttpResponse::NotFound().body("the app's own")
            })),
    )
    .await;
    let mut responses = Vec::new();
    for target in targets {
        let request = TestRequest::get().uri(target).to_request();
        let response = test::call_service(&app, request).await;
        let status = response.status();
        let body = test::read_body(response).await;
        responses.push((status, String::from_utf8_lossy(&body).into_owned()));
    }
    responses
}

#[actix_web::test]
async fn unknown_paths_reach_the_other_services_of_the_app() {
    let responses = call(router(&registry()), &["/own/x", "/nope", "/echo/a"]).await;
    assert_eq!(responses[0], (StatusCode::OK, "/own/{name}".to_owned()));
    assert_eq!(responses[1].1, "the app's own");
    assert_eq!(responses[2].1, "\"a\"");
}

#[actix_web::test]
async fn registry_is_served_in_a_scope_with_parameters() {
    let scope = web::scope("/t/{tenant}").service(router(&registry()));
    let responses = call(
        scope,
        &[
            "/t/acme/pair/a/5",
            "/t/acme/pattern/1",
            "/t/acme/nope",
            "/t/acme/docs",
        ],
    )
    .await;
    assert_eq!(responses[0].1, "\"a:5\"");
    assert_eq!(responses[1].1, "\"/t/{tenant}/pattern/{id}\"");
    assert_eq!(responses[2].1, "the app's own");
    assert_eq!(responses[3].0, 200);
}

#[actix_web::test]
async fn prefixed_registry_is_served_in_a_scope() {
    let scope = web::scope("/t").service(router(&registry().prefix("/v2")));
    let responses = call(scope, &["/t/v2/pair/a/5", "/t/v2/pattern/1"]).await;
    assert_eq!(responses[0].1, "\"a:5\"");
    assert_eq!(responses[1].1, "\"/t/v2/pattern/{id}\"");
}

#[actix_web::test]
async fn registries_of_different_error_styles_share_an_app() {
    let one = router(&registry().prefix("/one"));
    let two = router(&registry().prefix("/two").error_style(ErrorStyle::Rebar));
    let app = test::init_service(App::new().service(one).service(two)).await;
    for (target, media_type) in [
        ("/one/panics", "application/problem+json"),
        ("/two/panics", "application/json"),
    ] {
        let request = TestRequest::get().uri(target).to_request();
        let response = test::call_service(&app, request).await;
        assert_eq!(response.status(), 500);
        assert_eq!(
            response.headers().get(header::CONTENT_TYPE).unwrap(),
            media_type
        );
    }
    let request = TestRequest::get().uri("/two/pattern/1").to_request();
    let body = test::call_and_read_body(&app, request).await;
    assert_eq!(body, "\"/two/pattern/{id}\"");
}

#[actix_web::test]
async fn app_data_of_a_registry_is_visible_to_its_handlers_alone() {
    async fn read(data: web::Data<u32>) -> Json<u32> {
        Json(**data)
    }
    async fn raw(request: HttpRequest) -> Opaque<HttpResponse> {
        let there = request.app_data::<web::Data<u32>>().is_some();
        Opaque(HttpResponse::Ok().body(there.to_string()))
    }
    let with = Registry::new("A", "1")
        .app_data(web::Data::new(7_u32))
        .operation(Operation::get("/with", read));
    let without = Registry::new("B", "1")
        .without_openapi()
        .operation(Operation::get("/without", raw));
    let app = test::init_service(App::new().service(router(&with)).service(router(&without))).await;
    let request = TestRequest::get().uri("/with").to_request();
    assert_eq!(test::call_and_read_body(&app, request).await, "7");
    let request = TestRequest::get().uri("/without").to_request();
    assert_eq!(test::call_and_read_body(&app, request).await, "false");
}
