//! `Rebar`, `HandlerRegistry`, `handles()`: declarations and their options.
//!
//! Absent on purpose: `handlers="a.package"` (operations are named one by
//! one), the deprecated aliases and `utils.deprecation` (nothing here is older
//! than its first release), `create_swagger_ui_blueprint` (a page belongs to its
//! registry), `validate_swagger` (documents are valid by construction), and
//! `marshal`, `response` and the request-local proxies, which types replace.

use actix_web::{
    App,
    test::{TestRequest, call_service, init_service},
    web,
};
use purlin_router::{
    Json, Operation, Reply, ResponseChecks,
    auth::{HeaderApiKey, registry_default},
    error::ErrorStyle,
    extract::{Headers, Path, Query},
    get,
    openapi::Dialect,
    reply::{Created, NoContent},
    schema,
};
use serde_json::{Value, json};

use super::{
    Caller, Guest, assert_response, client, document, done, echo, error, errors, hello, only, post,
    rebar, swagger,
};

use crate::support;

#[schema(request)]
struct Filter {
    limit: u8,
}

async fn everything(
    filter: Query<Filter>,
    guest: Json<Guest>,
    caller: Headers<Caller>,
) -> Json<Vec<i64>> {
    Json(vec![filter.limit.into(), guest.age, caller.user.into()])
}

/// kept: `rebar.validated_args`, `validated_body` and `validated_headers` are
/// the arguments of the handler.
#[test]
fn validated_values_are_arguments_of_the_handler() {
    let client = only(Operation::post("/", everything));
    let call = client.post("/?limit=1").header("X-User", "3");
    let response = call.json(&json!({"name": "Ada", "age": 2})).send();
    assert_response(&response, 200, &json!([1, 2, 3]));
}

/// corrected: what is not declared cannot be used, where the original raises an
/// `AttributeError` at run time; nothing is documented for it either.
#[test]
fn undeclared_inputs_are_not_documented() {
    let registry = rebar().operation(Operation::get("/", hello));
    let operation = &document(&registry)["paths"]["/"]["get"];
    assert!(operation["parameters"].is_null() && operation["requestBody"].is_null());
}

/// kept: `get_json_body_params_or_400` and its like serve plain routes.
/// corrected: no registry sets a style there, so errors are problem details.
#[actix_web::test]
async fn schemas_are_read_in_plain_routes() {
    let app = init_service(App::new().route("/", web::post().to(echo))).await;
    let call = |body: Value| TestRequest::post().set_json(body).to_request();
    let good = call_service(&app, call(json!({"name": "Ada", "age": 2}))).await;
    assert_eq!(good.status(), 200);
    let bad = call_service(&app, call(json!({}))).await;
    assert_eq!(bad.status(), 400);
    assert_eq!(
        bad.headers().get("content-type").unwrap(),
        "application/problem+json"
    );
}

/// kept: one app serves several registries.
/// corrected: in the order they are added, not in that of a set.
#[actix_web::test]
async fn several_registries_are_served_in_their_order() {
    let first = rebar().operation(Operation::get("/{any}", hello));
    let second = rebar().operation(Operation::get("/same", done));
    let second = support::router(&second.without_openapi());
    let app = App::new().service(support::router(&first)).service(second);
    let app = init_service(app).await;
    let request = TestRequest::get().uri("/same").to_request();
    assert_eq!(call_service(&app, request).await.status(), 200);
}

/// kept: `error_code_attr` renames the code of every error, or leaves it out.
#[test]
fn code_may_be_renamed_or_left_out() {
    let ask = |style| {
        let registry = rebar().error_style(style);
        let client = client(&registry.operation(Operation::post("/", echo)));
        post(&client, "{").json::<Value>()
    };
    let message = "Failed to decode JSON body.";
    let renamed = json!({"message": message, "code": "invalid_json"});
    assert_eq!(ask(ErrorStyle::RebarCode(Some("code".into()))), renamed);
    assert_eq!(
        ask(ErrorStyle::RebarCode(None)),
        json!({"message": message})
    );
}

/// kept: `validate_on_dump` is off, and replaces a reply that violates
/// its schema by a 500 where it is on.
#[test]
fn replies_are_checked_on_request() {
    #[schema(response)]
    struct Short {
        #[garde(length(max = 2))]
        text: String,
    }
    async fn long() -> Json<Short> {
        let text = "too long".to_owned();
        Json(Short { text })
    }
    let registry = rebar().operation(Operation::get("/", long));
    let ask = |checks| {
        let registry = registry.clone().check_responses(checks);
        let client = client(&registry).without_checks();
        client.get("/").send()
    };
    assert_eq!(ask(ResponseChecks::Off).status(), 200);
    let expected = error(
        "Sorry, there was an internal error.",
        "internal_server_error",
    );
    assert_response(&ask(ResponseChecks::Refuse), 500, &expected);
}

/// kept: a registry has a prefix, authenticators, headers, a media type and
/// paths for its document and page.
#[test]
fn registry_has_defaults_for_its_operations() {
    let registry = rebar()
        .prefix("/v1")
        .authenticator(
            "sharedSecret",
            HeaderApiKey::new("X-Key").key("door", "one"),
        )
        .default_authenticators(["sharedSecret"])
        .default_headers::<Caller>()
        .default_media_type("application/vnd.api+json")
        .document_path(Dialect::V2_0, "/spec")
        .docs_path("/ui")
        .operation(Operation::get("/hello", hello));
    let client = client(&registry);
    assert_eq!(client.get("/v1/hello").send().status(), 401);
    let call = || client.get("/v1/hello").header("X-Key", "one");
    assert_eq!(call().send().status(), 400);
    let response = call().header("X-User", "7").send();
    let media_type = response.header("content-type");
    assert_eq!(media_type, Some("application/vnd.api+json"));
    for target in ["/v1/spec", "/v1/ui", "/v1/ui/"] {
        assert_eq!(client.get(target).send().status(), 200, "{target}");
    }
}

/// kept: `spec_path=None` and `spec_ui_path=None` make them a 404.
#[test]
fn document_and_page_can_be_switched_off() {
    let registry = rebar().operation(Operation::get("/", hello));
    let no_page = client(&registry.clone().without_docs());
    assert_eq!(no_page.get("/swagger").send().status(), 200);
    assert_eq!(no_page.get("/swagger/ui").send().status(), 404);
    let neither = client(&registry.without_openapi());
    assert_eq!(neither.get("/swagger").send().status(), 404);
    assert_eq!(neither.get("/swagger/ui").send().status(), 404);
}

/// kept: `registry.paths` lists every operation, with the prefix.
#[test]
fn router_lists_its_operations() {
    let registry = rebar()
        .prefix("/v1")
        .operation(Operation::get("/a", hello))
        .operation(Operation::post("/a", echo));
    let api = support::router(&registry);
    let found: Vec<_> = api
        .operations()
        .map(|operation| format!("{} {}", operation.method(), operation.template()))
        .collect();
    assert_eq!(found, ["GET /v1/a", "POST /v1/a"]);
}

/// kept: rules have converters, chosen by the type of the argument; a value of
/// another type is a 404.
#[test]
fn rules_have_converters() {
    async fn by_id(id: Path<u64>) -> Json<u64> {
        Json(*id)
    }
    let client = only(Operation::get("/{id}", by_id));
    assert_response(&client.get("/7").send(), 200, &json!(7));
    assert_eq!(client.get("/x").send().status(), 404);
}

/// kept: one declaration is one method, and one function may have several.
/// corrected: without distinct names they are rejected, instead of being
/// ambiguous.
#[test]
fn one_function_serves_several_rules_under_several_names() {
    let twice = |name: &'static str| {
        let more = Operation::post("/a", hello).operation_id(name);
        rebar()
            .operation(Operation::get("/a", hello))
            .operation(more)
    };
    let client = client(&twice("other"));
    assert_eq!(client.get("/a").send().status(), 200);
    assert_eq!(client.post("/a").send().status(), 200);
    assert!(
        errors(&twice("hello"))
            .join("\n")
            .contains("same operation id")
    );
}

/// corrected: a rule and method that are declared twice are rejected; in the
/// original the later one silently replaces the earlier one.
#[test]
fn route_is_declared_once() {
    let registry = rebar()
        .operation(Operation::get("/a", hello))
        .operation(Operation::get("/a", done));
    assert!(
        errors(&registry)
            .join("\n")
            .contains("serves the same requests")
    );
}

/// kept: the operation has the name of its function, unless `endpoint` is given.
#[test]
fn operation_has_the_name_of_its_function() {
    let registry = rebar()
        .operation(Operation::get("/a", hello))
        .operation(Operation::get("/b", hello).operation_id("other"));
    let paths = &document(&registry)["paths"];
    assert_eq!(paths["/a"]["get"]["operationId"], "hello");
    assert_eq!(paths["/b"]["get"]["operationId"], "other");
}

/// kept: a bare `response_body_schema` is that of a 200, and others have their
/// declared statuses, with or without a body.
#[test]
fn replies_have_their_declared_statuses() {
    #[derive(Reply)]
    enum Put {
        Old(Json<Guest>),
        New(Created<Guest>),
        #[status(204)]
        Same,
    }
    async fn put(guest: Json<Guest>) -> Put {
        match guest.age {
            0 => Put::Same,
            1 => Put::New(Created::new(guest.into_inner())),
            _ => Put::Old(guest),
        }
    }
    let registry = rebar().operation(Operation::put("/", put));
    let client = client(&registry);
    for (age, status) in [(0, 204), (1, 201), (2, 200)] {
        let call = client.put("/").json(&json!({"name": "Ada", "age": age}));
        assert_eq!(call.send().status(), status);
    }
    let responses = &document(&registry)["paths"]["/"]["put"]["responses"];
    let body = |status: &str| responses[status]["content"]["application/json"]["schema"].clone();
    assert!(body("200").is_object() && body("201").is_object());
    assert!(responses["204"]["content"].is_null());
}

/// kept: `headers_schema` is the registry's, another one, or none.
#[test]
fn headers_are_inherited_replaced_or_left_out() {
    #[schema(request)]
    struct Trace {
        #[serde(rename = "X-Trace")]
        trace: u8,
    }
    async fn traced(_: Headers<Trace>) -> NoContent {
        NoContent
    }
    let registry = rebar()
        .default_headers::<Caller>()
        .operation(Operation::get("/default", done))
        .operation(Operation::get("/other", traced))
        .operation(
            Operation::get("/none", done)
                .operation_id("none")
                .without_default_headers(),
        );
    let paths = &document(&registry)["paths"];
    let name = |path: &str| paths[path]["get"]["parameters"][0]["name"].clone();
    assert_eq!(name("/default"), "X-User");
    assert_eq!(name("/other"), "X-Trace");
    assert!(name("/none").is_null());
    assert_eq!(client(&registry).get("/none").send().status(), 204);
}

/// kept: `authenticators` is the registry's, one, several, `USE_DEFAULT` among
/// others, or none.
#[test]
fn authenticators_are_inherited_replaced_or_left_out() {
    let registry = rebar()
        .authenticator("a", HeaderApiKey::new("X-A").key("a", "a"))
        .authenticator("b", HeaderApiKey::new("X-B").key("b", "b"))
        .default_authenticators(["a"])
        .operation(Operation::get("/default", done).operation_id("default"))
        .operation(
            Operation::get("/one", done)
                .operation_id("one")
                .authenticators(["b"]),
        )
        .operation(Operation::get("/both", done).authenticators([registry_default(), "b".into()]))
        .operation(Operation::get("/none", done).operation_id("none").public());
    let client = client(&registry);
    for (target, statuses) in [
        ("/default", [204, 401, 401]),
        ("/one", [401, 204, 401]),
        ("/both", [204, 204, 401]),
        ("/none", [204, 204, 204]),
    ] {
        let found = ["X-A", "X-B", "X-C"].map(|name| {
            let key = name.strip_prefix("X-").unwrap().to_lowercase();
            client
                .get(target)
                .header(name, key)
                .send()
                .status()
                .as_u16()
        });
        assert_eq!(found, statuses, "{target}");
    }
}

/// kept: tags, summary, description and `hidden` are options of an operation.
/// corrected: in Swagger 2.0 `hidden` and `summary` are respected too.
#[test]
fn operation_is_described_in_every_dialect() {
    /// Say something.
    ///
    /// At length.
    #[get("/note", tags = ["notes"], operation_id = "note")]
    async fn note() -> NoContent {
        NoContent
    }
    let secret = Operation::get("/secret", done).hidden();
    let registry = rebar().operation(note).operation(secret);
    for document in [document(&registry), swagger(&registry)] {
        let operation = &document["paths"]["/note"]["get"];
        assert_eq!(operation["tags"], json!(["notes"]));
        assert_eq!(operation["summary"], "Say something");
        assert_eq!(operation["description"], "At length.");
        assert!(document["paths"]["/secret"].is_null());
    }
}

/// kept: `mimetype` of an operation takes precedence over that of the registry.
#[test]
fn media_type_of_an_operation_takes_precedence() {
    let registry = rebar()
        .default_media_type("application/vnd.a+json")
        .operation(Operation::get("/a", hello))
        .operation(
            Operation::get("/b", hello)
                .operation_id("b")
                .media_type("application/vnd.b+json"),
        );
    let client = client(&registry);
    let of = |target| {
        client
            .get(target)
            .send()
            .header("content-type")
            .unwrap()
            .to_owned()
    };
    assert_eq!(of("/a"), "application/vnd.a+json");
    assert_eq!(of("/b"), "application/vnd.b+json");
}

/// kept: async functions are handlers, and closures replace class-based views.
#[test]
fn handlers_are_async_and_may_hold_a_value() {
    struct View(&'static str);
    let view = std::sync::Arc::new(View("seen"));
    let handler = move || {
        let view = std::sync::Arc::clone(&view);
        async move { Json(view.0.to_owned()) }
    };
    let registry = rebar().operation(Operation::get("/", handler).operation_id("view"));
    let client = support::client(&registry);
    assert_response(&client.get("/").send(), 200, &json!("seen"));
}
