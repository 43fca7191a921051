//! Headers of which each value has a line, lists in one line, and cookies.

use std::time::Duration;

use purlin_router::{
    Json, Operation, Registry,
    error::http::NotFound,
    openapi::Dialect,
    reply::{NoContent, Reply, SameSite, SetCookie, Text, WithCookies, WithHeaders},
    schema,
    testing::TestResponse,
};
use serde_json::json;

use super::responses;
use crate::support::{self, multipart::client};

fn lines<'r>(response: &'r TestResponse, name: &str) -> Vec<&'r str> {
    let values = response.headers().get_all(name);
    values.map(|value| value.to_str().expect("text")).collect()
}

#[schema(response)]
struct Cookies {
    #[serde(rename = "Set-Cookie")]
    cookies: Vec<String>,
}

fn two_cookies() -> Cookies {
    let expires = "Expires=Wed, 21 Oct 2015 07:28:00 GMT";
    Cookies {
        cookies: vec![format!("a=1; Path=/; {expires}"), "b=2; Path=/".to_owned()],
    }
}

#[test]
fn each_cookie_has_a_line_of_its_own() {
    async fn cookies() -> WithHeaders<Json<u8>, Cookies> {
        WithHeaders(Json(1), two_cookies())
    }
    let response = client(Operation::get("/", cookies)).get("/").send();
    let expected = [
        "a=1; Path=/; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
        "b=2; Path=/",
    ];
    assert_eq!(lines(&response, "set-cookie"), expected);
    let documented = responses(Operation::get("/", cookies));
    assert_eq!(
        documented["200"]["headers"]["Set-Cookie"],
        json!({
            "description": "Each value has a line of its own.",
            "schema": {"type": "string"},
        })
    );
    let registry = Registry::new("T", "1").operation(Operation::get("/", cookies));
    let older = support::document_in(&registry, Dialect::V2_0);
    let older = &older["paths"]["/"]["get"]["responses"]["200"]["headers"]["Set-Cookie"];
    assert_eq!(older["type"], "string");
}

#[test]
fn lists_are_added_to_the_headers_of_the_reply_inside() {
    #[schema(response)]
    struct Inner {
        #[serde(rename = "Vary")]
        vary: Vec<String>,
        #[serde(rename = "X-Version")]
        version: u8,
    }
    async fn nested() -> WithHeaders<WithHeaders<WithCookies<Text>, Cookies>, Inner> {
        let reply = WithCookies::new(Text::new("")).set(SetCookie::new("inner", "0"));
        let inner = Inner {
            vary: vec!["origin".to_owned(), "accept".to_owned()],
            version: 2,
        };
        WithHeaders(WithHeaders(reply, two_cookies()), inner)
    }
    let response = client(Operation::get("/", nested)).get("/").send();
    assert_eq!(lines(&response, "set-cookie").len(), 3);
    assert_eq!(lines(&response, "vary"), ["origin, accept"]);
    assert_eq!(lines(&response, "x-version"), ["2"]);
}

#[test]
fn values_with_commas_have_lines_of_their_own() {
    #[schema(response)]
    struct Links {
        #[serde(rename = "Link")]
        #[garde(length(min = 1))]
        links: Vec<String>,
        #[serde(rename = "WWW-Authenticate")]
        challenges: Option<Vec<String>>,
    }
    async fn linked() -> WithHeaders<NoContent, Links> {
        let links = Links {
            links: vec![
                "</a,b>; rel=\"next\"; title=\"c, d\"".to_owned(),
                "</c>; rel=\"prev\"".to_owned(),
            ],
            challenges: Some(vec!["Basic realm=\"a, b\"".to_owned()]),
        };
        WithHeaders(NoContent, links)
    }
    let response = client(Operation::get("/", linked)).get("/").send();
    assert_eq!(lines(&response, "link").len(), 2);
    assert_eq!(
        lines(&response, "www-authenticate"),
        ["Basic realm=\"a, b\""]
    );
    let documented = responses(Operation::get("/", linked));
    let headers = &documented["204"]["headers"];
    assert_eq!(headers["Link"]["required"], true);
    assert_eq!(headers["Link"]["schema"], json!({"type": "string"}));
    assert_eq!(headers["WWW-Authenticate"].get("required"), None);
}

#[test]
fn item_that_a_list_cannot_hold_is_a_500() {
    #[schema(response)]
    struct Names {
        #[serde(rename = "X-Names")]
        names: Vec<String>,
    }
    for item in ["Doe, Ada", "", " "] {
        let handler = move || async move {
            let names = vec!["Lovelace".to_owned(), item.to_owned()];
            WithHeaders(NoContent, Names { names })
        };
        let operation = Operation::get("/", handler).operation_id("names");
        let response = client(operation).get("/").send();
        assert_eq!(response.status(), 500, "{item:?}");
        assert_eq!(response.header("x-names"), None);
    }
}

#[test]
fn value_of_a_repeated_header_is_checked_by_itself() {
    #[schema(response)]
    struct Declared {
        #[serde(rename = "Set-Cookie")]
        #[garde(inner(length(max = 5)))]
        cookies: Vec<String>,
    }
    let with = |cookies: &'static [&'static str]| {
        let handler = move || async move {
            let cookies = cookies.iter().map(ToString::to_string).collect();
            WithHeaders(NoContent, Declared { cookies })
        };
        client(Operation::get("/", handler).operation_id("cookies"))
    };
    let response = with(&["a=1,2", "b=3,4"]).get("/").send();
    assert_eq!(lines(&response, "set-cookie"), ["a=1,2", "b=3,4"]);
    let long = with(&["a=1", "b=12345"]);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = long.get("/").send();
    }));
    let message = panic.expect_err("a violation");
    let message = message.downcast_ref::<String>().expect("a message");
    support::assert_contains(message, &["a header of a 204 breaks its schema"]);
}

#[test]
fn headers_are_those_of_successes_alone() {
    #[schema(response)]
    struct Version {
        #[serde(rename = "X-Version")]
        version: u8,
    }
    async fn missing() -> WithHeaders<Result<WithCookies<NoContent>, NotFound>, Version> {
        WithHeaders(Err(NotFound::default()), Version { version: 1 })
    }
    let response = client(Operation::get("/", missing)).get("/").send();
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("x-version"), None);
    let documented = responses(Operation::get("/", missing));
    assert!(documented["204"]["headers"]["X-Version"].is_object());
    assert_eq!(documented["404"].get("headers"), None);
}

#[schema(response)]
struct Left {
    #[serde(rename = "X-Left")]
    left: u8,
    #[serde(rename = "X-Mood")]
    mood: Option<Mood>,
}

#[schema(response)]
enum Mood {
    Calm,
    Wild,
}

#[derive(Reply)]
enum Page {
    Plain(Text),
    #[status(204)]
    Empty,
    Counted(WithHeaders<Text, Left>),
}

#[test]
fn header_of_one_of_several_replies_is_optional() {
    async fn page(request: actix_web::HttpRequest) -> Page {
        match request.query_string() {
            "plain" => Page::Plain(Text::new("a")),
            "counted" => Page::Counted(WithHeaders(
                Text::new("b"),
                Left {
                    left: 1,
                    mood: None,
                },
            )),
            "wild" => Page::Counted(WithHeaders(
                Text::new("b"),
                Left {
                    left: 1,
                    mood: Some(Mood::Wild),
                },
            )),
            _ => Page::Empty,
        }
    }
    let client = client(Operation::get("/", page));
    for (query, left, mood) in [
        ("plain", None, None),
        ("counted", Some("1"), None),
        ("wild", Some("1"), Some("Wild")),
        ("", None, None),
    ] {
        let response = client.get(&format!("/?{query}")).send();
        assert_eq!(response.header("x-left"), left, "{query}");
        assert_eq!(response.header("x-mood"), mood, "{query}");
    }
    let documented = responses(Operation::get("/", page));
    assert_eq!(documented["200"]["headers"]["X-Left"].get("required"), None);
    assert_eq!(documented["204"].get("headers"), None);
    let _ = Mood::Calm;
}

#[test]
fn cookies_are_set_with_their_attributes() {
    async fn log_in() -> WithCookies<NoContent> {
        let theme = SetCookie::new("theme", "dark")
            .path("/app")
            .domain("example.com")
            .max_age(Duration::from_secs(60))
            .same_site(SameSite::Strict)
            .readable_by_scripts()
            .over_http();
        WithCookies::new(NoContent)
            .set(SetCookie::new("session", "7f3a=="))
            .set(theme)
            .set(SetCookie::removed("old").same_site(SameSite::None))
    }
    let response = client(Operation::post("/", log_in)).post("/").send();
    assert_eq!(
        lines(&response, "set-cookie"),
        [
            "session=7f3a==; Path=/; SameSite=Lax; Secure; HttpOnly",
            "theme=dark; Path=/app; Domain=example.com; Max-Age=60; SameSite=Strict",
            "old=; Path=/; Max-Age=0; SameSite=None; Secure; HttpOnly",
        ]
    );
    let documented = responses(Operation::post("/", log_in));
    let header = &documented["204"]["headers"]["Set-Cookie"];
    assert_eq!(header["schema"], json!({"type": "string"}));
}

#[test]
fn cookie_that_cannot_be_sent_is_a_500() {
    for cookie in [
        SetCookie::new("", "1"),
        SetCookie::new("a b", "1"),
        SetCookie::new("a", "1; Domain=evil.example"),
        SetCookie::new("a", "1\r\nX-Evil: 1"),
        SetCookie::new("a", "\"1\""),
        SetCookie::new("a", "1").path("/; Secure"),
        SetCookie::new("a", "1").domain("a\nb"),
        SetCookie::new("a", "1")
            .same_site(SameSite::None)
            .over_http(),
    ] {
        let shown = format!("{cookie:?}");
        let handler = move || {
            let cookie = cookie.clone();
            async move { WithCookies::new(NoContent).set(cookie) }
        };
        let operation = Operation::get("/", handler).operation_id("cookie");
        let response = client(operation).get("/").send();
        assert_eq!(response.status(), 500, "{shown}");
        assert_eq!(response.header("set-cookie"), None);
    }
}
