//! The docs page, and the way of a browser to it.

use actix_web::{App, test as service, web};
use purlin_router::{DocsPage, Registry, Router, reply::NoContent, testing::TestClient};

/// What Firefox and Chromium send for a page.
const BROWSERS: [&str; 2] = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
];

fn registry() -> Registry {
    #[purlin_router::get("/todos/{id}")]
    async fn get_todo(_: purlin_router::extract::Path<u64>) -> NoContent {
        NoContent
    }
    Registry::new("Todos & more", "1.0.0").operation(get_todo)
}

fn router(registry: &Registry) -> Router {
    registry.build().unwrap()
}

#[test]
fn page_has_title_options_and_links_without_scripts() {
    let page = |registry: &Registry| {
        let client = TestClient::new(&router(registry));
        client.get("/docs").send().text()
    };
    let default = page(&registry());
    assert!(
        default.contains("<title>Todos &amp; more</title>"),
        "{default}"
    );
    assert!(
        default.contains("&quot;persistAuthorization&quot;:true"),
        "{default}"
    );
    let (_, without_scripts) = default.split_once("<noscript>").unwrap();
    let (without_scripts, _) = without_scripts.split_once("</noscript>").unwrap();
    for link in [
        "<a href=\"openapi.json\">OpenAPI 3.1</a>",
        "<a href=\"openapi-3.0.json\">OpenAPI 3.0</a>",
        "<a href=\"swagger\">Swagger 2.0</a>",
    ] {
        assert!(without_scripts.contains(link), "{without_scripts}");
    }
    let options = DocsPage::new()
        .title("For <developers>")
        .filter(false)
        .persist_authorization(false)
        .request_duration(false)
        .try_it_out(true);
    let chosen = page(&registry().docs_page(options));
    assert!(
        chosen.contains("<title>For &lt;developers&gt;</title>"),
        "{chosen}"
    );
    let expected = "{\"filter\":false,\"persistAuthorization\":false,\"requestDuration\":false,\"tryItOut\":true}";
    assert!(
        chosen.contains(&expected.replace('"', "&quot;")),
        "{chosen}"
    );
}

#[test]
fn browser_at_an_unknown_address_gets_links_to_the_documentation() {
    let client = TestClient::new(&router(&registry().prefix("/v1")));
    for (path, up) in [("/", ""), ("/a/b/", "../../"), ("/v2", "")] {
        for accept in BROWSERS {
            let response = client.get(path).header("Accept", accept).send();
            assert_eq!(response.status(), 404);
            assert_eq!(
                response.header("content-type"),
                Some("text/html; charset=utf-8")
            );
            assert_eq!(response.header("vary"), Some("accept"));
            let policy = response.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            let link = response.header("link").unwrap();
            assert_eq!(link, format!("<{up}v1/docs>; rel=\"service-doc\""));
            let page = response.text();
            for target in ["v1/docs", "v1/openapi.json", "v1/swagger"] {
                assert!(page.contains(&format!("href=\"{up}{target}\"")), "{page}");
            }
        }
    }
}

#[test]
fn other_clients_get_an_error_in_the_style_of_the_registry() {
    let client = TestClient::new(&router(&registry()));
    for accept in [
        "*/*",
        "application/json",
        "application/problem+json, text/html;q=0.9",
        "application/json, text/html",
        "text/html;q=0",
        "text/html;q=0.5, */*",
        "text/plain",
    ] {
        let response = client.get("/unknown").header("Accept", accept).send();
        assert_eq!(response.status(), 404);
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json"),
            "{accept}"
        );
        assert_eq!(response.header("link"), None);
    }
    let posted = client.post("/unknown").header("Accept", BROWSERS[0]).send();
    assert_eq!(
        posted.header("content-type"),
        Some("application/problem+json")
    );
    // An operation that has nothing to return is no unknown address.
    let invalid = client
        .get("/todos/seven")
        .header("Accept", BROWSERS[0])
        .send();
    assert_eq!(
        invalid.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn links_name_only_what_is_served() {
    let get = |registry: &Registry| {
        let client = TestClient::new(&router(registry));
        client.get("/").header("Accept", BROWSERS[0]).send()
    };
    let page = get(&registry().without_docs()).text();
    assert!(
        page.contains("href=\"openapi.json\"") && !page.contains("docs"),
        "{page}"
    );
    let none = get(&registry().without_openapi());
    assert_eq!(
        none.header("content-type"),
        Some("application/problem+json")
    );
}

#[actix_web::test]
async fn links_lead_into_the_scope_of_the_registry() {
    let api = router(&registry());
    let scope = web::scope("/api").service(api.clone());
    let app = App::new().service(scope).default_service(api.not_found());
    let app = service::init_service(app).await;
    for (path, expected) in [
        ("/api/unknown", Some("<docs>; rel=\"service-doc\"")),
        ("/api/a/b", Some("<../docs>; rel=\"service-doc\"")),
        // Where the registry is, only addresses within the scope show.
        ("/unknown", None),
    ] {
        let request = service::TestRequest::get()
            .uri(path)
            .insert_header(("Accept", BROWSERS[0]))
            .to_request();
        let response = service::call_service(&app, request).await;
        assert_eq!(response.status(), 404);
        let link = response.headers().get("link");
        assert_eq!(link.map(|it| it.to_str().unwrap()), expected, "{path}");
    }
}
