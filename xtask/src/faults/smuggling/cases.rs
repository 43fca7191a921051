//! The ambiguous requests. Each contains a hidden request, which shows if the first is ended too early, and is followed by a
//! request that must get its own response or none.

use crate::programs::{GREETING, GREETINGS_KEY};

/// The hidden request.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: a\r\nX-Request-Id: hidden-{id}\r\n\r\n";

const NEXT: &str =
    "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: next-{id}\r\n\r\n";

/// Header fields that frame a body whose first five bytes are those of the last chunk.
const LENGTHS: &[(&str, &str)] = &[
    (
        "both lengths",
        "Content-Length: {all}\r\nTransfer-Encoding: chunked",
    ),
    (
        "both, the other way round",
        "Transfer-Encoding: chunked\r\nContent-Length: {all}",
    ),
    (
        "a length of 5 and chunks",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
    ),
    ("two lengths", "Content-Length: 5\r\nContent-Length: {all}"),
    (
        "two lengths, the long one first",
        "Content-Length: {all}\r\nContent-Length: 5",
    ),
    (
        "one length twice",
        "Content-Length: {all}\r\nContent-Length: {all}",
    ),
    ("a list of lengths", "Content-Length: 5, {all}"),
    ("a sign", "Content-Length: +{all}"),
    ("a length in hex", "Content-Length: 0x5"),
    ("a negative length", "Content-Length: -5"),
    ("zeros before the length", "Content-Length: 000{all}"),
    (
        "a length beyond 64 bits",
        "Content-Length: 18446744073709551621",
    ),
    ("a length with a space in it", "Content-Length: 5 5"),
    ("an empty length", "Content-Length: "),
    (
        "a space before the colon of the length",
        "Content-Length : 5\r\nContent-Length: {all}",
    ),
    (
        "an unknown coding",
        "Content-Length: {all}\r\nTransfer-Encoding: xchunked",
    ),
    (
        "no coding at all",
        "Content-Length: {all}\r\nTransfer-Encoding: identity",
    ),
    (
        "chunked is not the last",
        "Content-Length: {all}\r\nTransfer-Encoding: chunked, identity",
    ),
    (
        "another coding before chunked",
        "Content-Length: {all}\r\nTransfer-Encoding: gzip, chunked",
    ),
    (
        "chunked twice",
        "Content-Length: {all}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    ),
    (
        "chunked, then nothing",
        "Content-Length: {all}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ),
    (
        "a space before the colon",
        "Content-Length: {all}\r\nTransfer-Encoding : chunked",
    ),
    (
        "a tab before the value",
        "Content-Length: {all}\r\nTransfer-Encoding:\tchunked",
    ),
    (
        "a vertical tab before the value",
        "Content-Length: {all}\r\nTransfer-Encoding: \u{b}chunked",
    ),
    (
        "capitals",
        "Content-Length: {all}\r\nTransfer-Encoding: CHUNKED",
    ),
    (
        "quotes",
        "Content-Length: {all}\r\nTransfer-Encoding: \"chunked\"",
    ),
    (
        "a parameter",
        "Content-Length: {all}\r\nTransfer-Encoding: chunked;q=1",
    ),
    (
        "an underscore",
        "Content-Length: {all}\r\nTransfer_Encoding: chunked",
    ),
    (
        "a folded coding",
        "Content-Length: {all}\r\nTransfer-Encoding:\r\n chunked",
    ),
    (
        "a folded header before",
        "Content-Length: {all}\r\nX: y\r\n Transfer-Encoding: chunked",
    ),
    (
        "a bare LF before the coding",
        "Content-Length: {all}\r\nX: y\nTransfer-Encoding: chunked",
    ),
    (
        "a bare CR before the coding",
        "Content-Length: {all}\r\nX: y\rTransfer-Encoding: chunked",
    ),
    (
        "NUL before the coding",
        "Content-Length: {all}\r\nX: \0\r\nTransfer-Encoding: chunked",
    ),
    (
        "NUL in the coding",
        "Content-Length: {all}\r\nTransfer-Encoding: chunked\0",
    ),
    (
        "NUL in the name",
        "Content-Length: {all}\r\nTransfer-Encoding\0: chunked",
    ),
    (
        "a hop-by-hop length",
        "Connection: Content-Length\r\nContent-Length: {all}",
    ),
    (
        "a hop-by-hop coding",
        "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\nContent-Length: {all}",
    ),
    (
        "an expectation",
        "Expect: 100-continue, x\r\nContent-Length: {all}\r\nTransfer-Encoding: chunked",
    ),
    ("the length alone", "Content-Length: {all}"),
];

/// Heads of one GET.
const HEADS: &[(&str, &str)] = &[
    (
        "bare LF",
        "GET / HTTP/1.1\nHost: a\nX-Request-Id: case-{id}\n\n",
    ),
    (
        "an empty line first",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a folded header",
        "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "two hosts",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "no host",
        "GET / HTTP/1.1\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a host with a space",
        "GET / HTTP/1.1\r\nHost: a b\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a host that is a user",
        "GET / HTTP/1.1\r\nHost: a@b\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a host with a path",
        "GET / HTTP/1.1\r\nHost: a/b\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a list of hosts",
        "GET / HTTP/1.1\r\nHost: a, b\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "an empty host",
        "GET / HTTP/1.1\r\nHost: \r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a user in the target",
        "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "the server as target",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "two hosts in two forms",
        "GET http://b/ HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "NUL in a header",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "NUL in the path",
        "GET /\0 HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "an encoded line end in the path",
        "GET /%0d%0a%0d%0aGET%20/hidden HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a second version in the path",
        "GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a header without a name",
        "GET / HTTP/1.1\r\nHost: a\r\n: y\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "a line without a colon",
        "GET / HTTP/1.1\r\nHost: a\r\nnothing\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "an unsupported upgrade",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nX-Request-Id: case-{id}\r\n\r\n",
    ),
    (
        "an unsupported WebSocket with a body",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\nX-Request-Id: case-{id}\r\n\r\nbody",
    ),
    (
        "two ids",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{id}\r\nX-Request-Id: hidden-{id}\r\n\r\n",
    ),
];

/// Ambiguous chunked bodies.
const CHUNKS: &[(&str, &str)] = &[
    ("an extension", "{size};a=b\r\n{json}\r\n0\r\n\r\n"),
    (
        "an extension in quotes",
        "{size};a=\"\r\"\r\n{json}\r\n0\r\n\r\n",
    ),
    (
        "a line end in the quotes of an extension",
        "{size};a=\"\r\n{json}\"\r\n0\r\n\r\n",
    ),
    (
        "a bare LF in an extension",
        "{size};a\nb\r\n{json}\r\n0\r\n\r\n",
    ),
    ("a bare LF after the size", "{size}\n{json}\r\n0\r\n\r\n"),
    ("a bare LF after the chunk", "{size}\r\n{json}\n0\r\n\r\n"),
    ("a bare CR after the size", "{size}\r{json}\r\n0\r\n\r\n"),
    (
        "two other bytes after the chunk",
        "{size}\r\n{json}xx0\r\n\r\n",
    ),
    ("a space after the size", "{size} \r\n{json}\r\n0\r\n\r\n"),
    ("a sign before the size", "+{size}\r\n{json}\r\n0\r\n\r\n"),
    ("a size with 0x", "0x{size}\r\n{json}\r\n0\r\n\r\n"),
    ("a size with zeros", "0000000{size}\r\n{json}\r\n0\r\n\r\n"),
    (
        "a size beyond 64 bits",
        "1000000000000000{size}\r\n{json}\r\n0\r\n\r\n",
    ),
    ("a negative size", "-1\r\n{json}\r\n0\r\n\r\n"),
    ("no size", "\r\n{json}\r\n0\r\n\r\n"),
    (
        "a trailer with a length",
        "{size}\r\n{json}\r\n0\r\nContent-Length: 99\r\n\r\n",
    ),
    (
        "a trailer with another id",
        "{size}\r\n{json}\r\n0\r\nX-Request-Id: hidden-{id}\r\n\r\n",
    ),
    (
        "a folded trailer",
        "{size}\r\n{json}\r\n0\r\nX: y\r\n z\r\n\r\n",
    ),
    (
        "a bare LF for the end of the trailers",
        "{size}\r\n{json}\r\n0\r\n\n",
    ),
    (
        "a trailer that ends in a bare LF",
        "{size}\r\n{json}\r\n0\r\nX: y\n\r\n",
    ),
    (
        "a trailer without a colon",
        "{size}\r\n{json}\r\n0\r\n{hidden}",
    ),
    ("NUL in a trailer", "{size}\r\n{json}\r\n0\r\nX: \0\r\n\r\n"),
    ("more zeros at the end", "{size}\r\n{json}\r\n000\r\n\r\n"),
    (
        "an end for readers that ignore a bare LF",
        "2;a\nxx\r\n{inner}\r\n0\r\n\r\n{hidden}\r\n0\r\n\r\n",
    ),
    (
        "an end for readers that ignore a bare CR",
        "2;a\rxx\r\n{inner}\r\n0\r\n\r\n{hidden}\r\n0\r\n\r\n",
    ),
    (
        "an end for readers that skip two bytes as a line end",
        "2\r\nxx{inner}\r\n0\r\n\r\n{hidden}\r\n0\r\n\r\n",
    ),
];

/// An ambiguous request and the one after it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) id: String,
    pub(super) text: String,
}

/// Returns every case, with ids that begin with `prefix`.
pub(super) fn cases(prefix: &str) -> Vec<Case> {
    let lengths = LENGTHS.iter().map(|(name, headers)| {
        let body = format!("0\r\n\r\n{HIDDEN}");
        (*name, post(headers), body)
    });
    let heads = HEADS
        .iter()
        .map(|(name, head)| (*name, (*head).to_owned(), String::new()));
    let json = GREETING;
    let chunks = CHUNKS.iter().map(|(name, chunks)| {
        let body = chunks
            .replace("{size}", &format!("{:x}", json.len()))
            .replace("{json}", json)
            .replace("{hidden}", HIDDEN);
        (*name, post("Transfer-Encoding: chunked"), body)
    });
    let all = lengths.chain(heads).chain(chunks).enumerate();
    all.map(|(number, (name, head, body))| {
        let id = format!("{prefix}-{number}");
        let body = body.replace("{id}", &id);
        let inner = "0\r\n\r\n".len() + HIDDEN.replace("{id}", &id).len();
        let body = body.replace("{inner}", &format!("{inner:x}"));
        let head = head.replace("{all}", &body.len().to_string());
        let text = format!("{head}{body}{NEXT}").replace("{id}", &id);
        Case { name, id, text }
    })
    .collect()
}

fn post(headers: &str) -> String {
    format!(
        "POST /send_greeting HTTP/1.1\r\nHost: a\r\nX-Request-Id: case-{{id}}\r\n\
         X-MyApp-ApiKey: {GREETINGS_KEY}\r\nContent-Type: application/json\r\n{headers}\r\n\r\n"
    )
}
