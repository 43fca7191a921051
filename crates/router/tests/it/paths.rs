//! Where a registry is reached: prefixes and templates outside ASCII, what actix reports about a path, and other
//! services beside a registry in a scope.

use actix_web::{
    App, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{HttpServiceFactory, ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::{Next, from_fn},
    test::{self, TestRequest},
    web,
};
use purlin_router::{
    Context, Json, MatchedOperation, Operation, Registry, Router, error::ErrorStyle, extract::Path,
    reply::NoContent, testing::TestClient,
};

use crate::support::{self, router};

async fn pattern(request: HttpRequest) -> Json<Option<String>> {
    Json(request.match_pattern())
}

async fn link(request: HttpRequest) -> Json<String> {
    let url = request.url_for("item", ["a b"]);
    Json(url.map_or_else(|error| error.to_string(), |url| url.path().to_owned()))
}

async fn matched(request: HttpRequest) -> Json<String> {
    let matched = request.app_data::<MatchedOperation>();
    Json(matched.map_or_else(String::new, |m| m.template().to_owned()))
}

async fn echo(text: Path<String>) -> Json<String> {
    Json(text.into_inner())
}

fn registry() -> Registry {
    Registry::new("Test", "1")
        .operation(Operation::get("/items/{id}", pattern).operation_id("item"))
        .operation(Operation::get("/link", link))
        .operation(Operation::get("/echo/{text}", echo))
        .operation(Operation::get("/echo/fixed", matched))
}

async fn get(service: impl HttpServiceFactory + 'static, targets: &[&str]) -> Vec<String> {
    let app = App::new()
        .service(service)
        .default_service(web::to(|| async {
            HttpResponse::NotFound().body("the app's own")
        }));
    let app = test::init_service(app).await;
    let mut responses = Vec::new();
    for target in targets {
        let request = TestRequest::get().uri(target).to_request();
        let body = test::call_and_read_body(&app, request).await;
        responses.push(String::from_utf8_lossy(&body).into_owned());
    }
    responses
}

#[actix_web::test]
async fn prefix_outside_ascii_is_served() {
    for (prefix, encoded) in [
        ("/café", "/caf%C3%A9"),
        ("/a|b", "/a%7Cb"),
        ("/ü/x^y", "/%C3%BC/x%5Ey"),
    ] {
        let (lower, whole) = (
            encoded.to_ascii_lowercase(),
            format!("\"{encoded}/items/{{id}}\""),
        );
        let targets = [
            format!("{encoded}/items/1"),
            format!("{lower}/items/1"),
            format!("{encoded}/link"),
            format!("{encoded}/echo/%C3%A9"),
            format!("{encoded}x/items/1"),
        ];
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let router = support::router(&registry().prefix(prefix));
        let expected = [
            whole.clone(),
            whole,
            format!("\"{encoded}/items/a%20b\""),
            "\"é\"".to_owned(),
            "the app's own".to_owned(),
        ];
        assert_eq!(get(router.clone(), &targets).await, expected, "{prefix}");

        let scoped: Vec<String> = targets.iter().map(|t| format!("/s/acme{t}")).collect();
        let scoped: Vec<&str> = scoped.iter().map(String::as_str).collect();
        let responses = get(web::scope("/s/{tenant}").service(router), &scoped).await;
        assert_eq!(
            responses[0],
            format!("\"/s/{{tenant}}{encoded}/items/{{id}}\"")
        );
        assert_eq!(responses[3..], expected[3..], "{prefix}");
    }
}

#[actix_web::test]
async fn characters_may_be_percent_encoded_or_not() {
    let router = support::router(&registry().prefix("/a|b"));
    let responses = get(router, &["/a|b/items/1", "/%61%7cb/echo/x"]).await;
    assert_eq!(responses, ["\"/a%7Cb/items/{id}\"", "\"x\""]);
}

#[actix_web::test]
async fn match_pattern_finds_templates_whatever_the_case_of_percent_encoding() {
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/café/{id}", pattern))
        .operation(Operation::get("/ö/{*rest}", pattern).operation_id("rest"));
    let targets = ["/caf%C3%A9/x", "/caf%c3%a9/x", "/%c3%b6/a/b"];
    let responses = get(router(&registry), &targets).await;
    let cafe = "\"/caf%C3%A9/{id}\"".to_owned();
    assert_eq!(responses, [&cafe, &cafe, "\"/%C3%B6/{rest}*\""]);
}

/// The docs of `Router` describe where actix's own results differ; `MatchedOperation` is always exact.
#[actix_web::test]
async fn matched_operation_is_exact_where_match_pattern_is_not() {
    let responses = get(router(&registry()), &["/echo/fixe%64"]).await;
    assert_eq!(responses, ["\"/echo/fixed\""]);
}

#[actix_web::test]
async fn url_for_finds_the_last_of_several_operations_with_one_id() {
    let app = App::new()
        .service(router(&registry()))
        .service(router(&registry().prefix("/v2")));
    let app = test::init_service(app).await;
    for target in ["/link", "/v2/link"] {
        let request = TestRequest::get().uri(target).to_request();
        let body = test::call_and_read_body(&app, request).await;
        assert_eq!(body, "\"/v2/items/a%20b\"");
    }
}

#[actix_web::test]
async fn services_after_a_registry_in_a_scope_are_not_reached() {
    async fn other() -> HttpResponse {
        HttpResponse::Ok().body("other")
    }
    let scope = || {
        web::scope("/s").default_service(web::to(|| async {
            HttpResponse::NotFound().body("the scope's own")
        }))
    };
    let targets = ["/s/link", "/s/other", "/s/nope"];
    let after = scope()
        .service(router(&registry()))
        .route("/other", web::get().to(other));
    let responses = get(after, &targets).await;
    assert_eq!(responses[1..], ["the app's own", "the app's own"]);

    let before = scope()
        .route("/other", web::get().to(other))
        .service(router(&registry()));
    let responses = get(before, &targets).await;
    assert_eq!(responses[1..], ["other", "the app's own"]);

    // A registry with a prefix takes the paths below the prefix, and leaves the rest.
    let with_a_prefix = scope()
        .service(router(&registry().prefix("/v1")))
        .route("/other", web::get().to(other));
    let responses = get(with_a_prefix, &["/s/v1/nope", "/s/other", "/s/nope"]).await;
    assert_eq!(responses, ["the app's own", "other", "the scope's own"]);
}

/// `GET` takes numbers, `PATCH` takes `true` or `false`, `DELETE` takes any text.
fn shared(style: ErrorStyle) -> Registry {
    async fn number(_: Path<u64>) -> NoContent {
        NoContent
    }
    async fn boolean(_: Path<bool>) -> NoContent {
        NoContent
    }
    async fn text(_: Path<String>) -> NoContent {
        NoContent
    }
    Registry::new("Test", "1")
        .error_style(style)
        .operation(Operation::get("/number/{it}", number))
        .operation(Operation::patch("/number/{it}", boolean))
        .operation(Operation::get("/text/{it}", number).operation_id("get_text"))
        .operation(Operation::delete("/text/{it}", text))
}

#[test]
fn path_shared_by_type_documents_405_where_it_can_occur() {
    let documents_405 = |router: &Router, path: &str, method: &str| {
        let operation = support::operation(router, method, path);
        let response = operation.responses.get("405");
        response.is_some_and(|it| it.headers["Allow"].required)
    };

    let router = support::router(&shared(ErrorStyle::Rebar));
    let client = TestClient::new(&router);
    let response = client.get("/number/true").send();
    assert_eq!(response.status(), 405);
    assert!(response.header("allow").is_some());
    assert_eq!(client.get("/text/true").send().status(), 405);
    assert!(documents_405(&router, "/number/{it}", "get"));
    assert!(documents_405(&router, "/number/{it}", "patch"));
    assert!(documents_405(&router, "/text/{it}", "get"));
    assert!(!documents_405(&router, "/text/{it}", "delete"));

    let router = support::router(&shared(ErrorStyle::Problem));
    let client = TestClient::new(&router);
    assert_eq!(client.get("/number/true").send().status(), 400);
    assert!(!documents_405(&router, "/number/{it}", "get"));
}

/// Reads the parameters as middleware does: from the request of the response.
async fn parameters_seen_by_middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let seen = Context::of(response.request()).path_parameters();
    let seen = HeaderValue::from_str(&format!("{seen:?}"))?;
    let name = HeaderName::from_static("x-parameters");
    response.headers_mut().insert(name, seen);
    Ok(response)
}

#[actix_web::test]
async fn middleware_sees_the_path_parameters_whatever_the_handler_extracts() {
    async fn by_request(request: HttpRequest) -> Json<String> {
        Json(format!("{:?}", Context::of(&request).path_parameters()))
    }
    async fn by_path(path: Path<(u64, String)>) -> Json<String> {
        let (number, rest) = path.into_inner();
        Json(format!("{number} {rest}"))
    }
    let registry = || {
        Registry::new("Test", "1")
            .prefix("/api")
            .operation(Operation::get("/own/{number}/{*rest}", by_path))
            .operation(Operation::get("/request/{number}/x-{rest}", by_request))
    };
    let expected = r#"[("number", "7"), ("rest", "a b")]"#;
    for scope in ["", "/tenants/{tenant}"] {
        let app = App::new().wrap(from_fn(parameters_seen_by_middleware));
        let app = app.service(web::scope(scope).service(router(&registry())));
        let app = test::init_service(app).await;
        let base = scope.replace("{tenant}", "one");
        for (path, body) in [
            ("/api/own/7/a%20b", r#""7 a b""#.to_owned()),
            ("/api/request/7/x-a%20b", format!("{expected:?}")),
        ] {
            let request = TestRequest::get().uri(&format!("{base}{path}"));
            let response = test::call_service(&app, request.to_request()).await;
            let seen = response.headers().get("x-parameters");
            assert_eq!(
                seen,
                Some(&HeaderValue::from_static(expected)),
                "{base}{path}"
            );
            assert_eq!(test::read_body(response).await, body, "{base}{path}");
        }
    }
}
