//! Hostile and broken requests over a real connection: each is answered with a
//! 4xx in the registry's style that names the place, and the connection goes on.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use actix_web::{App, HttpServer, rt::System};
use purlin_router::{
    CommaSeparated, ErrorStyle, Headers, Json, Operation, Path, Query, Registry, schema,
};
use serde_json::Value;

/// Somebody to be greeted.
#[schema]
struct Guest {
    #[garde(length(min = 1, max = 80))]
    name: String,
    age: u8,
    height: Option<f64>,
    friends: Option<Vec<Guest>>,
}

#[schema(request)]
struct Filter {
    limit: Option<u32>,
    tag: Option<Vec<String>>,
    ids: Option<CommaSeparated<u32>>,
}

#[schema(request)]
struct Client {
    #[serde(rename = "X-Client")]
    client: Option<String>,
}

async fn post_guest(guest: Json<Guest>) -> Json<Guest> {
    guest
}

async fn list(filter: Query<Filter>, client: Headers<Client>) -> Json<u32> {
    let seen = filter.tag.as_ref().map_or(0, Vec::len)
        + filter.ids.as_ref().map_or(0, |ids| ids.0.len())
        + usize::from(client.client.is_some());
    Json(filter.limit.unwrap_or_default() + u32::try_from(seen).unwrap_or_default())
}

async fn by_name(name: Path<String>) -> Json<String> {
    Json(name.into_inner())
}

async fn by_id(id: Path<u32>) -> Json<u32> {
    Json(id.into_inner())
}

const LIMIT: usize = 64 * 1024;

/// A server on a free port, stopped with the process.
fn serve(style: ErrorStyle) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let api = Registry::new("Bad input", "1")
            .error_style(style)
            .body_limit(LIMIT)
            .operation(Operation::post("/guests", post_guest))
            .operation(Operation::get("/guests", list))
            .operation(Operation::get("/names/{name}", by_name))
            .operation(Operation::get("/ids/{id}", by_id))
            .build()
            .expect("no mistakes");
        System::new().block_on(async move {
            let server = HttpServer::new(move || {
                App::new()
                    .service(api.clone())
                    .default_service(api.not_found())
            })
            .workers(1)
            .bind(("127.0.0.1", 0))
            .expect("a free port");
            tell.send(server.addrs()[0]).expect("the test waits");
            server.run().await.expect("the server runs");
        });
    });
    told.recv().expect("the server starts")
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

struct Connection(TcpStream);

impl Connection {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        Self(stream)
    }

    fn send(&mut self, request: &[u8]) -> Answer {
        self.0.write_all(request).expect("the server reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).expect("a whole head");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("a head in ASCII").to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse().expect("a length"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a whole body");
        let status = head[9..12].parse().expect("a status");
        Answer { status, head, body }
    }
}

fn post(content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /guests HTTP/1.1\r\nhost: t\r\n{content_type}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

fn json(body: impl AsRef<[u8]>) -> Vec<u8> {
    post("content-type: application/json\r\n", body.as_ref())
}

fn get(target: &str, headers: &[u8]) -> Vec<u8> {
    let mut request = format!("GET {target} HTTP/1.1\r\nhost: t\r\n").into_bytes();
    request.extend_from_slice(headers);
    request.extend_from_slice(b"\r\n");
    request
}

fn chunked(pieces: usize) -> Vec<u8> {
    let mut request =
        b"POST /guests HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec();
    for _ in 0..pieces {
        request.extend_from_slice(b"400\r\n");
        request.extend_from_slice(&[b' '; 0x400]);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    request
}

struct Case {
    what: &'static str,
    request: Vec<u8>,
    status: u16,
    /// The code of the problem, or of one of its violations.
    code: &'static str,
    /// Where, as `location pointer`; empty where the request as a whole is meant.
    place: &'static str,
}

fn case(
    what: &'static str,
    request: Vec<u8>,
    status: u16,
    code: &'static str,
    place: &'static str,
) -> Case {
    Case {
        what,
        request,
        status,
        code,
        place,
    }
}

fn table() -> Vec<Case> {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let deep_friends = format!(
        "{}{}{}",
        r#"{"name":"a","age":1,"friends":["#.repeat(100),
        r#"{"name":"a","age":1}"#,
        "]}".repeat(100)
    );
    let many = (0..10_000).map(|n| format!("{n:x}")).collect::<Vec<_>>();
    let repeated = vec!["limit=1"; 10_000].join("&");
    vec![
        case("an empty body", json(""), 400, "empty_body", "body "),
        case("only spaces", json("  "), 400, "malformed_json", "body "),
        case("truncated JSON", json(r#"{"name":"a","#), 400, "malformed_json", "body "),
        case("two values", json(r#"{"name":"a","age":1} {}"#), 400, "malformed_json", "body "),
        case("deep nesting", json(deep), 400, "malformed_json", "body "),
        case("deep objects", json(deep_friends), 400, "malformed_json", "body "),
        case("invalid UTF-8", json(b"{\"name\":\"\xff\",\"age\":1}"), 400, "malformed_json", "body "),
        case("a lone surrogate", json(r#"{"name":"\ud800","age":1}"#), 400, "malformed_json", "body "),
        case("a raw NUL", json(b"{\"name\":\"a\0\",\"age\":1}"), 400, "malformed_json", "body "),
        case("1e400", json(r#"{"name":"a","age":1,"height":1e400}"#), 400, "malformed_json", "body "),
        case("a 20-digit integer", json(r#"{"name":"a","age":99999999999999999999}"#), 400, "maximum", "body /age"),
        case("an integer out of range", json(r#"{"name":"a","age":256}"#), 400, "maximum", "body /age"),
        case("a duplicate key", json(r#"{"name":"a","name":"b","age":1}"#), 400, "duplicate_field", "body /name"),
        case("an array for an object", json(r#"["a",1]"#), 400, "type", "body "),
        case("a string for an object", json(r#""a""#), 400, "type", "body "),
        case("null for an object", json("null"), 400, "null", "body "),
        case("a nested mistake", json(r#"{"name":"a","age":1,"friends":[{"name":"","age":1}]}"#), 400, "min_length", "body /friends/0/name"),
        case("an unknown field", json(r#"{"name":"a","age":1,"a/b~":1}"#), 400, "unknown_field", "body /a~1b~0"),
        case("no content type", post("", b"{}"), 415, "unsupported_media_type", ""),
        case("a wrong content type", post("content-type: text/plain\r\n", b"{}"), 415, "unsupported_media_type", ""),
        case("an odd content type", post("content-type: ;;=\r\n", b"{}"), 415, "unsupported_media_type", ""),
        case("another charset", post("content-type: application/json; charset=utf-16\r\n", b"{}"), 415, "unsupported_media_type", ""),
        case("a compressed body", post("content-type: application/json\r\ncontent-encoding: gzip\r\n", b"{}"), 415, "unsupported_media_type", ""),
        case("a body over the limit", json(vec![b' '; LIMIT + 1]), 413, "content_too_large", ""),
        case("a chunked body over the limit", chunked(LIMIT / 0x400 + 1), 413, "content_too_large", ""),
        case("ten times the limit, chunked", chunked(LIMIT / 0x400 * 10), 413, "content_too_large", ""),
        case("10,000 unknown parameters", get(&format!("/guests?{}", many.join("&")), b""), 400, "unknown_field", "query /0"),
        case("a parameter 8,000 times", get(&format!("/guests?{}", &repeated[..8 * 7999 - 1]), b""), 400, "duplicate_parameter", "query /limit"),
        case("a number that is none", get("/guests?limit=1x", b""), 400, "type", "query /limit"),
        case("a bad list item", get("/guests?ids=1,x,3", b""), 400, "type", "query /ids/1"),
        case("a query that is not UTF-8", get("/guests?tag=%ff", b""), 400, "encoding", "query /tag"),
        case("a path value that is not UTF-8", get("/names/%FF", b""), 400, "encoding", "path /name"),
        case("a path value of the wrong type", get("/ids/x", b""), 400, "type", "path /id"),
        case("a slash in a path value", get("/ids/1%2F2", b""), 400, "type", "path /id"),
        case("BREW", b"BREW /guests HTTP/1.1\r\nhost: t\r\n\r\n".to_vec(), 405, "method_not_allowed", ""),
        case("TRACE", b"TRACE /guests HTTP/1.1\r\nhost: t\r\n\r\n".to_vec(), 405, "method_not_allowed", ""),
        case("a header outside ASCII", get("/guests", b"x-client: \xff\xfe\r\n"), 400, "encoding", "header /X-Client"),
        case("an unknown path", get("/nope", b""), 404, "not_found", ""),
    ]
}

#[test]
fn each_is_answered_in_the_registrys_style_and_the_connection_goes_on() {
    let address = serve(ErrorStyle::Problem);
    let mut connection = Connection::new(address);
    for case in table() {
        let answer = connection.send(&case.request);
        let body = String::from_utf8_lossy(&answer.body);
        let what = case.what;
        assert_eq!(answer.status, case.status, "{what}: {body}");
        assert!(
            answer.head.contains("content-type: application/problem+json"),
            "{what}: {}",
            answer.head
        );
        let problem: Value = serde_json::from_slice(&answer.body).expect(what);
        assert_eq!(problem["status"], case.status, "{what}");
        let violations = problem["violations"].as_array().cloned().unwrap_or_default();
        let named = problem["code"] == case.code || violations.iter().any(|v| v["code"] == case.code);
        assert!(named, "{what}: {body}");
        if !case.place.is_empty() {
            let there = violations.iter().any(|violation| {
                let place = format!(
                    "{} {}",
                    violation["location"].as_str().unwrap_or_default(),
                    violation["pointer"].as_str().unwrap_or_default()
                );
                place == case.place
            });
            assert!(there, "{what}: no violation at {:?} in {body}", case.place);
        }
        let again = connection.send(&get("/guests?limit=3", b""));
        assert_eq!((again.status, again.body.as_slice()), (200, b"3".as_slice()), "after {what}");
    }
}

#[test]
fn rebar_answers_the_same_requests_in_its_envelope() {
    let address = serve(ErrorStyle::Rebar);
    let mut connection = Connection::new(address);
    for case in table() {
        let what = case.what;
        let answer = connection.send(&case.request);
        assert!((400..500).contains(&answer.status), "{what}: {}", answer.status);
        let body: Value = serde_json::from_slice(&answer.body).expect(what);
        assert!(body["message"].is_string(), "{what}: {body}");
        let again = connection.send(&get("/guests?limit=3", b""));
        assert_eq!(again.status, 200, "after {what}");
    }
}

#[test]
fn every_section_is_reported_in_one_answer() {
    async fn everything(
        _: Path<u32>,
        _: Query<Filter>,
        _: Headers<Client>,
        _: Json<Guest>,
    ) -> Json<u32> {
        Json(0)
    }
    let api = Registry::new("T", "1")
        .operation(Operation::post("/{id}", everything))
        .build()
        .expect("no mistakes");
    let answer = purlin_router::testing::TestClient::new(&api)
        .post("/x?limit=-1&nope=1")
        .header("content-type", "application/json")
        .body(r#"{"name":7,"extra":true}"#)
        .send();
    assert_eq!(answer.status(), 400);
    let problem: Value = answer.json();
    let found: Vec<String> = problem["violations"]
        .as_array()
        .expect("violations")
        .iter()
        .map(|v| format!("{} {} {}", v["location"], v["pointer"], v["code"]).replace('"', ""))
        .collect();
    for expected in [
        "path /id type",
        "query /limit minimum",
        "query /nope unknown_field",
        "body /name type",
        "body /age required",
        "body /extra unknown_field",
    ] {
        assert!(found.iter().any(|f| f == expected), "{expected}: {found:?}");
    }
}
