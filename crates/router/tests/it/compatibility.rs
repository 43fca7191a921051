//! The behaviours of Flask-Rebar, chosen one by one, and errors that a registry reports together.

use purlin_router::{
    Compatibility, Json, Operation, Registry, error::ErrorStyle, extract::Path, reply::Text,
    testing::TestClient,
};

use crate::support;

async fn text(path: Path<u64>) -> Text {
    Text::new(path.to_string())
}

fn registry() -> Registry {
    Registry::new("T", "1").operation(Operation::get("/todos/{id}", text))
}

#[test]
fn routing_by_type_keeps_the_error_style_of_the_registry() {
    let registry = registry().compatibility(Compatibility::new().route_by_type(true));
    let client = TestClient::new(&support::router(&registry));
    let response = client.get("/todos/seven").send();
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    let document = support::document(&registry);
    let responses = &document["paths"]["/todos/{id}"]["get"]["responses"];
    assert!(responses["404"].is_object() && responses["400"].is_null());
}

#[test]
fn error_style_of_flask_rebar_works_without_its_behaviours() {
    let registry = registry()
        .error_style(ErrorStyle::Rebar)
        .compatibility(Compatibility::new());
    let client = TestClient::new(&support::router(&registry));
    let response = client.get("/todos/seven").send();
    assert_eq!(response.status(), 400, "{}", response.text());
    let body: serde_json::Value = response.json();
    assert_eq!(body["message"], "Path parameters are invalid.");
}

#[test]
fn operations_are_indexed_in_the_order_of_declaration() {
    let registry = registry()
        .operation(Operation::delete("/todos/{id}", text).operation_id("delete"))
        .__first_index(40);
    let router = support::router(&registry);
    let indices: Vec<_> = router.operations().map(|it| it.index()).collect();
    assert_eq!(indices, [40, 41]);
    // The client finds the operation by its index, to check its response.
    let client = TestClient::new(&router);
    assert_eq!(client.delete("/todos/1").send().text(), "1");
}

mod one {
    #[purlin_router::schema(response)]
    pub(super) struct Thing {
        pub(super) a: u8,
    }
}

mod two {
    #[purlin_router::schema(response)]
    pub(super) struct Thing {
        pub(super) b: u8,
    }
}

#[test]
fn clashing_schemas_are_reported_with_other_errors() {
    async fn first() -> Json<one::Thing> {
        Json(one::Thing { a: 1 })
    }
    async fn second() -> Json<two::Thing> {
        Json(two::Thing { b: 1 })
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/same", first));
    for (path, other) in [
        ("/same", "serves the same requests"),
        ("none", "start with `/`"),
    ] {
        let registry = registry.clone().operation(Operation::get(path, second));
        let errors = registry.build().unwrap_err();
        let errors: Vec<_> = errors.into_iter().map(|error| error.to_string()).collect();
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors.iter().any(|it| it.contains(other)), "{errors:?}");
        assert!(errors.iter().any(|it| it.contains("Thing")), "{errors:?}");
    }
}
