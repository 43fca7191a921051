//! Typed statuses, redirects and pages.

use purlin_router::{
    Json, Operation, Registry,
    openapi::Dialect,
    reply::{
        Found, Html, MovedPermanently, NoContent, PermanentRedirect, Redirect, Reply, SeeOther,
        Status, TemporaryRedirect, Text,
    },
    schema,
    testing::Coverage,
};
use serde_json::{Value, json};

use super::{responses, statuses};
use crate::support::{self, multipart::client};

#[schema(response)]
struct Teapot {
    short: bool,
}

#[test]
fn reply_with_another_status_is_sent_and_documented() {
    async fn teapot() -> Status<418, Json<Teapot>> {
        Status(Json(Teapot { short: true }))
    }
    let response = client(Operation::get("/", teapot)).get("/").send();
    assert_eq!(response.status(), 418);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.text(), r#"{"short":true}"#);
    let documented = responses(Operation::get("/", teapot));
    let reference = json!({"$ref": "#/components/schemas/Teapot"});
    let content = json!({"application/json": {"schema": reference}});
    assert_eq!(documented["418"]["content"], content);
    assert_eq!(documented.get("200"), None);
    let registry = Registry::new("T", "1").operation(Operation::get("/", teapot));
    for dialect in [Dialect::V2_0, Dialect::V3_0, Dialect::V3_1] {
        let document = support::document_in(&registry, dialect).to_string();
        assert!(document.contains("\"418\""), "{dialect}");
    }

    async fn other() -> Status<203, Text> {
        Status(Text::new("from a copy"))
    }
    let response = client(Operation::get("/", other)).get("/").send();
    assert_eq!(
        (response.status().as_u16(), response.text().as_str()),
        (203, "from a copy")
    );

    async fn nothing() -> Status<418> {
        Status(NoContent)
    }
    let response = client(Operation::get("/", nothing)).get("/").send();
    assert_eq!(
        (response.status().as_u16(), response.bytes()),
        (418, &b""[..])
    );
    let documented = responses(Operation::get("/", nothing));
    assert_eq!(
        documented["418"],
        json!({"description": documented["418"]["description"]})
    );
}

#[test]
fn redirects_have_their_status_and_location() {
    fn check<const CODE: u16>() {
        async fn elsewhere<const CODE: u16>() -> Redirect<CODE> {
            Redirect::to("/todos/7?tab=notes#top")
        }
        let response = client(Operation::get("/", elsewhere::<CODE>))
            .get("/")
            .send();
        assert_eq!(response.status(), CODE);
        assert_eq!(response.header("location"), Some("/todos/7?tab=notes#top"));
        assert_eq!(response.bytes(), b"");
        let operation = Operation::get("/", elsewhere::<CODE>);
        let documented = &responses(operation)[CODE.to_string()];
        assert_eq!(documented["headers"]["Location"]["required"], true);
        assert_eq!(documented.get("content"), None);
    }
    check::<301>();
    check::<302>();
    check::<303>();
    check::<307>();
    check::<308>();
    // The names are those of the statuses.
    let _: [Redirect<301>; 1] = [MovedPermanently::to("/")];
    let _: [Redirect<302>; 1] = [Found::to("/")];
    let _: [Redirect<303>; 1] = [SeeOther::to("/")];
    let _: [Redirect<307>; 1] = [TemporaryRedirect::to("/")];
    let _: [Redirect<308>; 1] = [PermanentRedirect::to("/")];
}

#[test]
fn location_cannot_add_headers() {
    async fn injected() -> SeeOther {
        SeeOther::to("/a\r\nSet-Cookie: a=1\r\n\r\n<ü>%41%")
    }
    let response = client(Operation::post("/", injected)).post("/").send();
    assert_eq!(response.status(), 303);
    assert_eq!(
        response.header("location"),
        Some("/a%0D%0ASet-Cookie:%20a=1%0D%0A%0D%0A%3C%C3%BC%3E%41%25")
    );
    assert_eq!(response.header("set-cookie"), None);
}

#[test]
fn page_is_html_in_utf8() {
    async fn page() -> Html {
        Html::new("<p>Grüße")
    }
    let response = client(Operation::get("/", page)).get("/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(response.text(), "<p>Grüße");
    let documented = responses(Operation::get("/", page));
    let content = json!({"text/html": {"schema": {"type": "string"}}});
    assert_eq!(documented["200"]["content"], content);
}

#[derive(Reply)]
enum Pour {
    Pot(Status<418, Json<Teapot>>),
    Moved(SeeOther),
    Page(Html),
    /// Nothing is left.
    #[status(204)]
    Empty,
}

async fn outcome(request: actix_web::HttpRequest) -> Pour {
    match request.query_string() {
        "pot" => Pour::Pot(Status(Json(Teapot { short: false }))),
        "moved" => Pour::Moved(SeeOther::to("/elsewhere")),
        "page" => Pour::Page(Html::new("<p>")),
        _ => Pour::Empty,
    }
}

#[test]
fn enums_have_the_statuses_of_their_replies() {
    let registry = Registry::new("T", "1").operation(Operation::get("/", outcome));
    let router = support::router(&registry);
    let coverage = Coverage::of(&router);
    let client = purlin_router::testing::TestClient::new(&router).recording(&coverage);
    for (query, status) in [("pot", 418), ("moved", 303), ("page", 200), ("", 204)] {
        let response = client.get(&format!("/?{query}")).send();
        assert_eq!(response.status().as_u16(), status, "{query}");
    }
    coverage.assert_full();
    assert_eq!(
        statuses(Operation::get("/", outcome)),
        ["200", "204", "303", "418", "500"]
    );
    // A mock has examples of all of them.
    let mocked = support::client(&registry.mocked());
    for status in [200, 204, 303, 418] {
        let prefer = format!("code={status}");
        let response = mocked.get("/").header("prefer", prefer).send();
        assert_eq!(response.status().as_u16(), status);
    }
}

#[schema(response)]
struct Cat {
    lives: u8,
}

#[schema(response)]
struct Dog {
    bark: String,
}

#[derive(Reply)]
enum Pet {
    Cat(Json<Cat>),
    Dog(Json<Dog>),
}

#[test]
fn two_bodies_of_one_status_are_both_documented() {
    async fn pet(request: actix_web::HttpRequest) -> Pet {
        match request.query_string() {
            "cat" => Pet::Cat(Json(Cat { lives: 9 })),
            _ => Pet::Dog(Json(Dog {
                bark: "loud".to_owned(),
            })),
        }
    }
    let documented = responses(Operation::get("/", pet));
    let reference = |name| json!({"$ref": format!("#/components/schemas/{name}")});
    assert_eq!(
        documented["200"]["content"]["application/json"]["schema"],
        json!({"anyOf": [reference("Cat"), reference("Dog")]})
    );
    let client = client(Operation::get("/", pet));
    assert_eq!(
        client.get("/?cat").send().json::<Value>(),
        json!({"lives": 9})
    );
    assert_eq!(
        client.get("/").send().json::<Value>(),
        json!({"bark": "loud"})
    );
}
