//! The table of bad requests: the error of each, and the expected response.

use super::api::LIMIT;

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

pub(crate) fn get(target: &str, headers: &[u8]) -> Vec<u8> {
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

pub(crate) struct Case {
    pub(crate) what: &'static str,
    pub(crate) request: Vec<u8>,
    pub(crate) status: u16,
    /// The code of the problem, or of one of its violations.
    pub(crate) code: &'static str,
    /// The violation as `location pointer`; empty for the request as a whole.
    pub(crate) location: &'static str,
}

fn case(
    what: &'static str,
    request: Vec<u8>,
    status: u16,
    code: &'static str,
    location: &'static str,
) -> Case {
    Case {
        what,
        request,
        status,
        code,
        location,
    }
}

pub(crate) fn table() -> Vec<Case> {
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
        case(
            "truncated JSON",
            json(r#"{"name":"a","#),
            400,
            "malformed_json",
            "body ",
        ),
        case(
            "two values",
            json(r#"{"name":"a","age":1} {}"#),
            400,
            "malformed_json",
            "body ",
        ),
        case("deep nesting", json(deep), 400, "malformed_json", "body "),
        case(
            "deep objects",
            json(deep_friends),
            400,
            "malformed_json",
            "body ",
        ),
        case(
            "invalid UTF-8",
            json(b"{\"name\":\"\xff\",\"age\":1}"),
            400,
            "malformed_json",
            "body ",
        ),
        case(
            "a lone surrogate",
            json(r#"{"name":"\ud800","age":1}"#),
            400,
            "malformed_json",
            "body ",
        ),
        case(
            "a raw NUL",
            json(b"{\"name\":\"a\0\",\"age\":1}"),
            400,
            "malformed_json",
            "body ",
        ),
        case(
            "1e400",
            json(r#"{"name":"a","age":1,"height":1e400}"#),
            400,
            "malformed_json",
            "body ",
        ),
        case(
            "a 20-digit integer",
            json(r#"{"name":"a","age":99999999999999999999}"#),
            400,
            "maximum",
            "body /age",
        ),
        case(
            "an integer out of range",
            json(r#"{"name":"a","age":256}"#),
            400,
            "maximum",
            "body /age",
        ),
        case(
            "a duplicate key",
            json(r#"{"name":"a","name":"b","age":1}"#),
            400,
            "duplicate_field",
            "body /name",
        ),
        case(
            "an array for an object",
            json(r#"["a",1]"#),
            400,
            "type",
            "body ",
        ),
        case(
            "a string for an object",
            json(r#""a""#),
            400,
            "type",
            "body ",
        ),
        case("null for an object", json("null"), 400, "null", "body "),
        case(
            "a nested violation",
            json(r#"{"name":"a","age":1,"friends":[{"name":"","age":1}]}"#),
            400,
            "min_length",
            "body /friends/0/name",
        ),
        case(
            "an unknown field",
            json(r#"{"name":"a","age":1,"a/b~":1}"#),
            400,
            "unknown_field",
            "body /a~1b~0",
        ),
        case(
            "no content type",
            post("", b"{}"),
            415,
            "unsupported_media_type",
            "",
        ),
        case(
            "a wrong content type",
            post("content-type: text/plain\r\n", b"{}"),
            415,
            "unsupported_media_type",
            "",
        ),
        case(
            "an odd content type",
            post("content-type: ;;=\r\n", b"{}"),
            415,
            "unsupported_media_type",
            "",
        ),
        case(
            "another charset",
            post("content-type: application/json; charset=utf-16\r\n", b"{}"),
            415,
            "unsupported_media_type",
            "",
        ),
        case(
            "two content types",
            post(
                "content-type: application/json\r\ncontent-type: text/plain\r\n",
                b"{}",
            ),
            415,
            "unsupported_media_type",
            "",
        ),
        case(
            "a body coded twice",
            post(
                "content-type: application/json\r\ncontent-encoding: identity\r\ncontent-encoding: gzip\r\n",
                b"{}",
            ),
            415,
            "unsupported_media_type",
            "",
        ),
        case(
            "a compressed body",
            post(
                "content-type: application/json\r\ncontent-encoding: gzip\r\n",
                b"{}",
            ),
            415,
            "unsupported_media_type",
            "",
        ),
        case(
            "a body over the limit",
            json(vec![b' '; LIMIT + 1]),
            413,
            "content_too_large",
            "",
        ),
        case(
            "a chunked body over the limit",
            chunked(LIMIT / 0x400 + 1),
            413,
            "content_too_large",
            "",
        ),
        case(
            "ten times the limit, chunked",
            chunked(LIMIT / 0x400 * 10),
            413,
            "content_too_large",
            "",
        ),
        case(
            "10,000 unknown parameters",
            get(&format!("/guests?{}", many.join("&")), b""),
            400,
            "unknown_field",
            "query /0",
        ),
        case(
            "a parameter 8,000 times",
            get(&format!("/guests?{}", &repeated[..8 * 7999 - 1]), b""),
            400,
            "duplicate_parameter",
            "query /limit",
        ),
        case(
            "a number that is none",
            get("/guests?limit=1x", b""),
            400,
            "type",
            "query /limit",
        ),
        case(
            "a bad list item",
            get("/guests?ids=1,x,3", b""),
            400,
            "type",
            "query /ids/1",
        ),
        case(
            "a query that is not UTF-8",
            get("/guests?tag=%ff", b""),
            400,
            "encoding",
            "query /tag",
        ),
        case(
            "a path value that is not UTF-8",
            get("/names/%FF", b""),
            400,
            "encoding",
            "path /name",
        ),
        case(
            "a path value of the wrong type",
            get("/ids/x", b""),
            400,
            "type",
            "path /id",
        ),
        case(
            "a slash in a path value",
            get("/ids/1%2F2", b""),
            400,
            "type",
            "path /id",
        ),
        case(
            "BREW",
            b"BREW /guests HTTP/1.1\r\nhost: t\r\n\r\n".to_vec(),
            405,
            "method_not_allowed",
            "",
        ),
        case(
            "TRACE",
            b"TRACE /guests HTTP/1.1\r\nhost: t\r\n\r\n".to_vec(),
            405,
            "method_not_allowed",
            "",
        ),
        case(
            "a header outside ASCII",
            get("/guests", b"x-client: \xff\xfe\r\n"),
            400,
            "encoding",
            "header /X-Client",
        ),
        case("an unknown path", get("/nope", b""), 404, "not_found", ""),
    ]
}
