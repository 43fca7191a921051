//! Kinds of parameters beyond scalars and lists: objects, flattened maps, delimited lists, cookies, text in UTF-8.

use std::collections::BTreeMap;

use actix_web::{App, http::header::HeaderValue, test as calls, web};
use purlin_router::{
    Json, Operation, Registry,
    error::ErrorStyle,
    extract::{Cookies, Form, Headers, Path, Query},
    openapi::Dialect,
    reply::NoContent,
    schema,
    schemas::{CommaSeparated, PipeDelimited, SpaceDelimited},
    testing::{Coverage, TestClient},
};
use serde_json::{Value, json};

use crate::support::{self, assert_contains, error, violations};

#[schema]
struct Search {
    filter: Option<Filter>,
    scopes: Option<SpaceDelimited<String>>,
    sizes: Option<PipeDelimited<u8>>,
    ids: Option<CommaSeparated<u8>>,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

#[schema]
struct Filter {
    name: String,
    #[garde(range(max = 99))]
    age: Option<u8>,
}

#[schema]
struct Settings {
    theme: String,
    #[garde(range(max = 100))]
    per_page: Option<u8>,
}

async fn search(search: Query<Search>, settings: Cookies<Settings>) -> Json<(Search, Settings)> {
    Json((search.into_inner(), settings.into_inner()))
}

async fn post_search(search: Form<Search>) -> Json<Search> {
    Json(search.into_inner())
}

fn registry() -> Registry {
    Registry::new("T", "1")
        .operation(Operation::get("/search", search))
        .operation(Operation::post("/search", post_search))
}

const QUERY: &str =
    "filter[name]=Ada&filter%5Bage%5D=36&scopes=a%20b&sizes=1|2&ids=3,4&utm_source=x";

fn expected() -> Value {
    json!({
        "filter": {"name": "Ada", "age": 36},
        "scopes": ["a", "b"],
        "sizes": [1, 2],
        "ids": [3, 4],
        "utm_source": "x",
    })
}

#[test]
fn every_kind_of_parameter_is_read() {
    let client = support::client(&registry());
    let response = client
        .get(&format!("/search?{QUERY}"))
        .header(
            "Cookie",
            "session=s; theme=\"dark\"; per_page=10; theme=light",
        )
        .send();
    assert_eq!(response.status(), 200, "{}", response.text());
    let (found, settings): (Value, Value) = response.json();
    assert_eq!(found, expected());
    // Of two cookies of one name the first counts.
    assert_eq!(settings, json!({"theme": "dark", "per_page": 10}));

    let response = client
        .post("/search")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(QUERY)
        .send();
    assert_eq!(response.status(), 200, "{}", response.text());
    assert_eq!(response.json::<Value>(), expected());
}

#[test]
fn blank_fields_are_missing_in_forms_and_no_numbers_in_queries() {
    let client = support::client(&registry());
    let blank = "filter[age]=&filter[name]=Ada&sizes=";
    let response = client
        .post("/search")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(blank)
        .send();
    assert_eq!(response.status(), 200, "{}", response.text());
    let found: Value = response.json();
    assert_eq!(found["filter"], json!({"name": "Ada", "age": null}));
    let response = client
        .get(&format!("/search?{blank}"))
        .header("Cookie", "theme=dark; per_page=")
        .send();
    assert_eq!(
        violations(&response),
        ["/filter/age type", "/per_page type"]
    );
}

#[test]
fn all_violations_of_queries_and_cookies_are_in_one_response() {
    let response = support::client(&registry())
        .get("/search?filter[age]=100&sizes=1|x&utm_a=1&utm_a=2")
        .header("Cookie", "per_page=200; other")
        .send();
    assert_eq!(response.status(), 400);
    assert_eq!(
        violations(&response),
        [
            "/filter/age maximum",
            "/filter/name required",
            "/per_page maximum",
            "/sizes/1 type",
            "/theme required",
            "/utm_a duplicate_parameter",
        ]
    );
    let problem: Value = response.json();
    let of_cookie = |it: &&Value| it["location"] == "cookie";
    let all = problem["violations"].as_array().unwrap();
    assert_eq!(all.iter().filter(of_cookie).count(), 2, "{problem}");
}

#[test]
fn cookies_have_an_error_of_their_own_in_the_rebar_style() {
    async fn read(_: Cookies<Settings>) -> NoContent {
        NoContent
    }
    let registry = Registry::new("T", "1")
        .error_style(ErrorStyle::Rebar)
        .operation(Operation::get("/", read));
    let error: Value = support::client(&registry).get("/").send().json();
    assert_eq!(error["rebar_error_code"], "cookie_validation_failed");
    assert_eq!(error["errors"]["theme"], "Missing data for required field.");
}

fn parameter(document: &Value, name: &str) -> Value {
    let all = document["paths"]["/search"]["get"]["parameters"].as_array();
    let found = all.unwrap().iter().find(|it| it["name"] == name);
    found.cloned().unwrap_or(Value::Null)
}

#[test]
fn document_states_the_style_of_every_parameter() {
    for dialect in [Dialect::V3_1, Dialect::V3_0] {
        let document = support::document_in(&registry(), dialect);
        let styles = |name| {
            let it = parameter(&document, name);
            (it["in"].clone(), it["style"].clone(), it["explode"].clone())
        };
        let none = Value::Null;
        assert_eq!(
            styles("filter"),
            ("query".into(), "deepObject".into(), true.into())
        );
        assert_eq!(
            styles("scopes"),
            ("query".into(), "spaceDelimited".into(), false.into())
        );
        assert_eq!(
            styles("sizes"),
            ("query".into(), "pipeDelimited".into(), false.into())
        );
        assert_eq!(styles("ids"), ("query".into(), none.clone(), false.into()));
        assert_eq!(
            styles("additionalParameters"),
            ("query".into(), "form".into(), true.into())
        );
        assert_eq!(styles("theme"), ("cookie".into(), none.clone(), none));
        assert_eq!(parameter(&document, "theme")["required"], true);
        let filter = parameter(&document, "filter");
        assert_eq!(filter["schema"]["properties"]["age"]["type"], "integer");
        assert_eq!(filter["schema"]["additionalProperties"], false);
        let form = &document["paths"]["/search"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"];
        let filter = &form["schema"]["properties"]["filter"];
        assert_eq!(filter["properties"]["age"]["type"], "integer", "{form}");
        assert_eq!(
            form["encoding"],
            json!({
                "filter": {"style": "deepObject", "explode": true},
                "scopes": {"style": "spaceDelimited", "explode": false},
                "sizes": {"style": "pipeDelimited", "explode": false},
                "ids": {"style": "form", "explode": false},
            })
        );
    }
}

#[test]
fn swagger_2_0_states_what_it_can() {
    let document = support::document_in(&registry(), Dialect::V2_0);
    let parameters = document["paths"]["/search"]["get"]["parameters"].as_array();
    let shown: Vec<_> = parameters
        .unwrap()
        .iter()
        .map(|it| {
            let format = it["collectionFormat"].as_str().unwrap_or_default();
            format!("{} {format}", it["name"].as_str().unwrap())
        })
        .collect();
    let expected = [
        "filter[age] ",
        "filter[name] ",
        "ids csv",
        "scopes ssv",
        "sizes pipes",
    ];
    assert_eq!(shown, expected);
    let form = document["paths"]["/search"]["post"]["parameters"].as_array();
    let names: Vec<_> = form.unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(
        names,
        ["filter[age]", "filter[name]", "ids", "scopes", "sizes"]
    );
}

#[test]
fn generated_clients_have_the_parameters_they_can_write() {
    let router = support::router(&registry());
    let document = router.document().for_clients().to_value(Dialect::V3_0);
    let parameters = document["paths"]["/search"]["get"]["parameters"].as_array();
    let names: Vec<_> = parameters.unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["additionalParameters"]);
}

#[test]
fn coverage_knows_objects_and_cookies() {
    async fn read(_: Query<Labelled>, _: Cookies<Settings>) -> NoContent {
        NoContent
    }
    #[schema(request)]
    struct Labelled {
        _labels: BTreeMap<String, String>,
    }
    let api = support::router(&Registry::new("T", "1").operation(Operation::get("/", read)));
    let coverage = Coverage::of(&api);
    let client = TestClient::new(&api).recording(&coverage);
    let gaps = || {
        coverage
            .gaps()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let _ = client.get("/").send();
    let never_sent = "GET /: the cookie parameter `theme` was never sent";
    assert!(gaps().iter().any(|gap| gap == never_sent), "{:?}", gaps());
    let response = client
        .get("/?_labels[a]=b")
        .header("Cookie", "theme=dark;per_page=1")
        .send();
    assert_eq!(response.status(), 204, "{}", response.text());
    assert_eq!(
        client
            .get("/?x=1")
            .header("Cookie", "per_page=x")
            .send()
            .status(),
        400
    );
    let _ = client
        .get("/?_labels[a]=b")
        .header("Cookie", "theme=a; per_page=101")
        .send();
    assert_eq!(gaps(), [""; 0]);
}

#[test]
fn mocks_read_every_kind_of_parameter() {
    let client = support::client(&registry().mocked());
    let response = client
        .get(&format!("/search?{QUERY}"))
        .header("Cookie", "theme=dark")
        .send();
    assert_eq!(response.status(), 200, "{}", response.text());
    assert_eq!(client.get("/search?filter[x]=1").send().status(), 400);
}

#[test]
fn headers_are_text_in_utf_8() {
    #[schema(request)]
    struct Resumed {
        #[serde(rename = "Last-Event-ID")]
        last: Option<String>,
    }
    async fn resume(headers: Headers<Resumed>) -> Json<Option<String>> {
        Json(headers.into_inner().last)
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/events", resume));
    let client = support::client(&registry);
    let send = |bytes: &[u8]| {
        let value = HeaderValue::from_bytes(bytes).unwrap();
        client.get("/events").header("Last-Event-ID", value).send()
    };
    assert_eq!(send("é-7".as_bytes()).json::<Value>(), "é-7");
    let response = send(b"\xe9-7");
    assert_eq!(violations(&response), ["/Last-Event-ID encoding"]);
}

#[test]
fn flattened_map_collects_the_other_headers_and_cookies() {
    #[schema]
    struct Hook {
        #[serde(rename = "X-Event")]
        event: String,
        #[serde(flatten)]
        others: BTreeMap<String, String>,
    }
    #[schema]
    struct Jar {
        #[serde(flatten)]
        all: BTreeMap<String, String>,
    }
    async fn hook(hook: Headers<Hook>, jar: Cookies<Jar>) -> Json<(Hook, Jar)> {
        Json((hook.into_inner(), jar.into_inner()))
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", hook));
    let (hook, jar): (Value, Value) = support::client(&registry)
        .get("/")
        .header("X-Event", "push")
        .header("X-Delivery", "7")
        .header("Cookie", "a=1; b=\"2\"; a=3")
        .send()
        .json();
    assert_eq!(hook["X-Event"], "push");
    assert_eq!(
        (&hook["x-delivery"], &hook["x-event"]),
        (&json!("7"), &Value::Null)
    );
    assert_eq!(jar, json!({"a": "1", "b": "2"}));
    // OpenAPI has no place for other headers and cookies.
    let parameters = &support::document(&registry)["paths"]["/"]["get"]["parameters"];
    assert_eq!(parameters.as_array().unwrap().len(), 1, "{parameters}");
}

#[test]
fn names_of_cookies_must_be_valid_and_read_once() {
    #[schema(request)]
    struct Invalid {
        #[serde(rename = "a b")]
        _it: Option<String>,
    }
    #[schema(request)]
    struct Listed {
        _ids: Vec<u8>,
    }
    async fn invalid(_: Cookies<Invalid>) -> NoContent {
        NoContent
    }
    async fn listed(_: Cookies<Listed>) -> NoContent {
        NoContent
    }
    async fn twice(_: Cookies<Settings>, _: Cookies<Settings>) -> NoContent {
        NoContent
    }
    let message = error(Operation::get("/", invalid));
    assert_contains(&message, &["no cookie can have the name `a b`", "rename"]);
    let message = error(Operation::get("/", listed));
    assert_contains(&message, &["field `_ids`", "a cookie has one text"]);
    let errors = support::errors(&Registry::new("T", "1").operation(Operation::get("/", twice)));
    assert_contains(
        &errors.join("\n"),
        &["two arguments read the cookie `theme`"],
    );
}

#[test]
fn lists_in_paths_and_headers_are_comma_separated() {
    #[schema(request)]
    struct Wanted {
        #[serde(rename = "X-Fields")]
        fields: Vec<String>,
    }
    async fn read(ids: Path<(u8, String)>, wanted: Headers<Wanted>) -> Json<usize> {
        let (id, name) = ids.into_inner();
        Json(usize::from(id) + name.len() + wanted.fields.len())
    }
    async fn sum(ids: Path<Vec<u8>>) -> Json<u8> {
        Json(ids.iter().sum())
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/sums/{ids}", sum))
        .operation(Operation::get("/{id}/{name}", read));
    let client = support::client(&registry);
    assert_eq!(client.get("/sums/1,2,3").send().json::<u8>(), 6);
    let response = client.get("/7/x").header("X-Fields", "a, b").send();
    assert_eq!(response.json::<u8>(), 10);
    let document = support::document_in(&registry, Dialect::V2_0);
    let list = &document["paths"]["/sums/{ids}"]["get"]["parameters"][0];
    assert_eq!(
        (&list["type"], &list["collectionFormat"]),
        (&json!("array"), &json!("csv"))
    );
}

#[actix_web::test]
async fn cookies_work_in_plain_actix_handlers() {
    async fn read(settings: Cookies<Settings>) -> Json<Settings> {
        Json(settings.into_inner())
    }
    let app = calls::init_service(App::new().route("/", web::get().to(read))).await;
    let request = calls::TestRequest::get().insert_header(("Cookie", "theme=dark"));
    let response = calls::call_service(&app, request.to_request()).await;
    let settings: Value = calls::read_body_json(response).await;
    assert_eq!(settings["theme"], "dark");
}
