//! URL-encoded forms are read by the rules of query strings.

use actix_web::{App, test as calls, web};
use purlin_router::{
    Json, Operation, Registry, error::ErrorStyle, extract::Form, schema, schemas::CommaSeparated,
};
use serde_json::{Value, json};

use crate::support::multipart::{code, send_as, violations};

use crate::support;

#[schema]
#[derive(Debug)]
struct Order {
    #[garde(length(min = 1, max = 20))]
    name: String,
    #[garde(range(min = 1, max = 9))]
    count: u8,
    gift: Option<bool>,
    size: Option<Size>,
    #[serde(default)]
    tag: Vec<String>,
    ids: Option<CommaSeparated<u32>>,
}

#[schema]
#[derive(Debug)]
#[serde(rename_all = "lowercase")]
enum Size {
    Small,
    Large,
}

async fn order(order: Form<Order>) -> Json<Order> {
    Json(order.into_inner())
}

fn operation() -> Operation {
    Operation::post("/", order).body_limit(1000)
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn form_is_read_as_its_type() {
    let body = b"name=Ada+L%C3%B6ve&count=3&gift=true&size=large&tag=a&tag=b&ids=1,2".to_vec();
    for media_type in [FORM, "Application/X-WWW-Form-Urlencoded; charset=\"UTF-8\""] {
        let response = send_as(operation(), media_type, body.clone());
        assert_eq!(response.status(), 200, "{}", response.text());
        let order: Value = response.json();
        assert_eq!(
            order,
            json!({"name": "Ada Löve", "count": 3, "gift": true, "size": "large", "tag": ["a", "b"], "ids": [1, 2]})
        );
    }
}

#[test]
fn form_is_read_as_browsers_write_it() {
    let body = b"_charset_=UTF-8&name=Ada&count=3&gift=on&size=&ids=".to_vec();
    let response = send_as(operation(), FORM, body);
    let order: Value = response.json();
    assert_eq!(
        order,
        json!({"name": "Ada", "count": 3, "gift": true, "size": null, "tag": [], "ids": []})
    );
    let response = send_as(operation(), FORM, b"name=&count=&gift=off".into());
    assert_eq!(
        violations(&response),
        ["/count type", "/gift type", "/name min_length"]
    );
}

#[test]
fn all_violations_are_in_one_response() {
    let cases: [(&[u8], &[&str]); 9] = [
        (b"", &["/count required", "/name required"]),
        (b"name=&count=10", &["/count maximum", "/name min_length"]),
        (
            b"name=a&count=x&gift=yes&size=huge",
            &["/count type", "/gift type", "/size enum"],
        ),
        (b"name=a&count=1&count=2", &["/count duplicate_parameter"]),
        (
            b"name=a&count=1&nope=1&%ff=2",
            &["/nope unknown_field", "/\u{fffd} encoding"],
        ),
        (b"name=a%&count=1", &["/name encoding"]),
        (b"name=a&count=1&ids=1,x", &["/ids/1 type"]),
        (b"name=\xff&count=0", &["/count minimum", "/name encoding"]),
        (b"name=\xc3\xa9&count=1&tag=\xff", &["/tag encoding"]),
    ];
    for (body, expected) in cases {
        let response = send_as(operation(), FORM, body.to_vec());
        let shown = String::from_utf8_lossy(body);
        assert_eq!(response.status(), 400, "{shown}: {}", response.text());
        assert_eq!(violations(&response), expected, "{shown}");
    }
}

#[test]
fn other_media_types_and_large_bodies_are_rejected() {
    let body = b"name=a&count=1".to_vec();
    for media_type in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=a",
        "application/x-www-form-urlencoded; charset=latin1",
    ] {
        let response = send_as(operation(), media_type, body.clone());
        assert_eq!(
            (response.status().as_u16(), code(&response).as_str()),
            (415, "unsupported_media_type")
        );
    }
    let response = send_as(operation(), FORM, vec![b'a'; 1001]);
    assert_eq!(
        (response.status().as_u16(), code(&response).as_str()),
        (413, "content_too_large")
    );

    let api = Registry::new("T", "1")
        .error_style(ErrorStyle::Rebar)
        .operation(operation());
    let response = support::client(&api).post("/").body(body).send();
    assert_eq!(response.status(), 400);
    let error: Value = response.json();
    assert_eq!(
        error["message"],
        "the body has no Content-Type; send `application/x-www-form-urlencoded`"
    );
}

#[actix_web::test]
async fn form_works_in_plain_actix_handlers() {
    let app = calls::init_service(App::new().route("/", web::post().to(order))).await;
    let request = calls::TestRequest::post()
        .set_form([("name", "Ada"), ("count", "0")])
        .to_request();
    let response = calls::call_service(&app, request).await;
    assert_eq!(response.status(), 400);
    let problem: Value = calls::read_body_json(response).await;
    assert_eq!(problem["violations"][0]["pointer"], "/count");
}

#[test]
fn nested_object_in_a_form_is_an_error_of_the_registry() {
    #[schema(request)]
    struct Nested {
        order: Order,
    }
    async fn nested(_: Form<Nested>) -> Json<u8> {
        Json(0)
    }
    let api = Registry::new("T", "1").operation(Operation::post("/", nested));
    let errors = support::errors(&api).join("\n");
    assert!(errors.contains("field `order`"), "{errors}");
}
