//! The requests to the greetings.

use super::{Case, values};
use crate::{
    parity::{differences::Decision, services::Api},
    programs::GREETINGS_KEY,
};

const KEY: &str = "X-MyApp-ApiKey";
const GUEST: &str = r#"{"name":"Ada","age":36,"height":165}"#;

fn request(method: &'static str, target: &str) -> Case {
    Case::new(Api::Greetings, method, target)
}

fn get(target: &str) -> Case {
    request("GET", target).header(KEY, GREETINGS_KEY)
}

fn post() -> Case {
    request("POST", "/send_greeting").header(KEY, GREETINGS_KEY)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(methods_and_paths());
    cases.extend(keys());
    cases.extend(queries());
    cases.extend(content_types());
    cases.extend(bodies());
    cases.extend(fields());
    cases
}

fn methods_and_paths() -> Vec<Case> {
    vec![
        request("GET", "/"),
        request("GET", "/?x=1"),
        request("GET", "/").json("{}"),
        request("HEAD", "/"),
        request("OPTIONS", "/"),
        request("POST", "/"),
        request("PUT", "/"),
        request("PATCH", "/"),
        request("DELETE", "/"),
        request("TRACE", "/"),
        request("PURGE", "/"),
        get("/generic_greeting"),
        get("/generic_greeting?x=1"),
        request("HEAD", "/generic_greeting").header(KEY, GREETINGS_KEY),
        request("HEAD", "/generic_greeting"),
        request("OPTIONS", "/generic_greeting"),
        request("POST", "/generic_greeting"),
        request("HEAD", "/personalised_greeting").header(KEY, GREETINGS_KEY),
        request("OPTIONS", "/send_greeting"),
        request("HEAD", "/send_greeting"),
        get("/send_greeting"),
        request("GET", "/nope"),
        request("HEAD", "/nope"),
        request("OPTIONS", "/nope"),
        request("POST", "/nope").json(GUEST),
        request("GET", "/generic_greeting/"),
        request("GET", "/Generic_greeting"),
        request("GET", "/generic_greeting/more"),
        request("GET", "/x/../generic_greeting"),
        request("GET", "/%C3%A9"),
        request("GET", "/%ff"),
        request("GET", "/%"),
        get("/%67eneric%5fgreeting"),
        request("GET", "/swagger").differs(Decision::Documents),
        request("GET", "/swagger/ui").differs(Decision::Documents),
        request("GET", "/openapi.json").differs(Decision::Documents),
        request("GET", "/docs").differs(Decision::Documents),
    ]
}

fn keys() -> Vec<Case> {
    let generic = || request("GET", "/generic_greeting");
    vec![
        generic(),
        generic().header(KEY, ""),
        generic().header(KEY, "wrong"),
        generic().header(KEY, "parity-ke"),
        generic().header(KEY, "parity-key2"),
        generic().header(KEY, "PARITY-KEY"),
        generic().header(KEY, "  parity-key\t"),
        generic()
            .header(KEY, GREETINGS_KEY)
            .header(KEY, GREETINGS_KEY),
        generic().header(KEY, "wrong").header(KEY, GREETINGS_KEY),
        generic().header("x-myapp-apikey", GREETINGS_KEY),
        generic().header("X_MyApp_ApiKey", GREETINGS_KEY),
        generic().header("X-MyApp-Key", GREETINGS_KEY),
        generic().header("Authorization", "Bearer parity-key"),
        generic()
            .header(KEY, b"\xe9")
            .differs(Decision::NonAsciiKeys),
        // The key is asked for before anything is read.
        request("GET", "/personalised_greeting"),
        request("GET", "/personalised_greeting?x=1").header(KEY, "wrong"),
        request("POST", "/send_greeting").body("{"),
        request("POST", "/send_greeting")
            .header(KEY, "wrong")
            .json(GUEST),
    ]
}

fn queries() -> Vec<Case> {
    let alike = [
        "",
        "?",
        "?name",
        "?name=",
        "?name=Ada",
        "?name=5",
        "?name=null",
        "?name=Ada+Lovelace",
        "?name=Ada%20Lovelace",
        "?name=Ada%2BLovelace",
        "?name=Ren%C3%A9e",
        "?name=%F0%9F%98%80",
        "?name=%00%0A",
        "?name=a=b",
        "?name=a;b",
        "?name=a/b?c",
        "?name=%26%3D%25",
        "?n%61me=Ada",
        "?&&name=Ada&",
        "?name=Ada&x=1",
        "?x=1",
        "?x=1&x=2&y=3",
        "?x=1;name=Ada",
        "?NAME=Ada",
        "?name%20=Ada",
        "?name[]=Ada",
        "?=Ada",
        "?name=Ada&=",
        "?a/b=1&~c=2",
        "?%C3%A9=1",
        "?_schema=1",
        "?name=100%",
        "?name=%zz%2",
        "?name=%ff",
        "?name=%C3",
        "?%ff=1",
    ];
    let mut cases: Vec<_> = alike
        .iter()
        .map(|query| get(&format!("/personalised_greeting{query}")))
        .collect();
    for query in ["name=Ada&name=Bea", "name=Ada&name=Ada", "name=&n%61me=Ada"] {
        let target = format!("/personalised_greeting?{query}");
        cases.push(get(&target).differs(Decision::RepeatedParameters));
    }
    cases
}

fn content_types() -> Vec<Case> {
    let alike = [
        "application/json",
        "application/json;",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=latin-1",
        "application/json; charset=\"utf-8\"; x=y",
        "application/json ; x",
        " application/json ",
        "application/problem+json; like=application/json",
        "Application/JSON",
        "APPLICATION/JSON; charset=utf-8",
        "application/vnd.api+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/json",
        "json",
        "application",
        "application/",
        "*/*",
        "",
    ];
    let mut cases: Vec<_> = alike
        .iter()
        .map(|media_type| post().header("Content-Type", media_type).body(GUEST))
        .collect();
    cases.extend([
        post().body(GUEST),
        post(),
        post().body(""),
        post().header("Content-Type", "text/plain").body(""),
        post().json(GUEST).header("Content-Encoding", "identity"),
        post().json(GUEST).header("Content-Encoding", "gzip"),
        post()
            .json(b"\x1f\x8b\x08")
            .header("Content-Encoding", "gzip"),
    ]);
    let odd = [
        "text/plain; x=application/json",
        "application/jsonp",
        "application/json, text/plain",
        "application/json+x",
    ];
    cases.extend(odd.iter().map(|media_type| {
        let case = post().header("Content-Type", media_type).body(GUEST);
        case.differs(Decision::UnreadableMediaTypes)
    }));
    cases
}

fn bodies() -> Vec<Case> {
    let alike = [
        "",
        " ",
        "\n",
        "{",
        "}",
        "{}}",
        "{} {}",
        "[",
        "[}",
        "{]",
        "nope",
        "'x'",
        "{'a':1}",
        "{a:1}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "[1,]",
        "{,}",
        r#"{"a":01}"#,
        r#"{"a":+1}"#,
        r#"{"a":.5}"#,
        r#"{"a":1.}"#,
        r#"{"a":1e}"#,
        r#"{"a":0x1}"#,
        r#"{"a":tru}"#,
        r#"{"a":True}"#,
        r#"{"a":"x}"#,
        r#"{"a":"\x"}"#,
        r#"{"a":"\u12"}"#,
        "{\"a\":\"\n\"}",
        "{\"a\":\"\t\"}",
        "// x\n{}",
        "{} // x",
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        r#""x""#,
        r#""""#,
        "[]",
        "[1]",
        "[{}]",
        r#"[{"name":"Ada","age":36}]"#,
        "{}",
        r#"{"x":1}"#,
        r#"{"x":null}"#,
        r#"{"x":{"y":[1,{"z":2}]}}"#,
        r#"{"":1}"#,
        r#"{"a/b":1,"~c":2,"é":3,"_schema":4}"#,
        r#"{"name":"Ada"}"#,
        r#"{"age":36}"#,
        r#"{"height":165}"#,
        r#"{"Name":"Ada","age":36}"#,
        r#"{"name":"Ada","age":36}"#,
        r#" {"age":36,"name":"Ada"} "#,
        r#"{"name":"Ada","age":36,"x":1}"#,
        r#"{"name":1,"age":"x","height":null,"extra":2}"#,
        r#"{"name":null,"age":null,"height":null}"#,
        r#"{"guest":{"name":"Ada","age":36}}"#,
        r#"{"n\u0061me":"Ada","age":36}"#,
        "\u{a0}{}",
    ];
    let mut cases: Vec<_> = alike.iter().map(|body| post().json(body)).collect();
    cases.push(post().json(b"{\"name\":\"\xff\",\"age\":36}"));
    cases.push(post().json(b"\xff"));
    cases.push(post().json(b"\x00"));

    let nested = |depth| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    cases.push(post().json(nested(100)));
    let utf_16: Vec<u8> = GUEST.encode_utf16().flat_map(u16::to_le_bytes).collect();
    cases.extend([
        post()
            .json(r#"{"name":"Ada","age":NaN}"#)
            .differs(Decision::OnlyJson),
        post()
            .json(r#"{"name":"Ada","age":-Infinity}"#)
            .differs(Decision::OnlyJson),
        post()
            .json(r#"{"name":"\ud800","age":36}"#)
            .differs(Decision::OnlyJson),
        post()
            .json(r#"{"name":"Ada","age":1e400}"#)
            .differs(Decision::OnlyJson),
        post().json(nested(200)).differs(Decision::OnlyJson),
        post().json(format!("\u{feff}{GUEST}")),
        post().json(utf_16).differs(Decision::OnlyJson),
        post()
            .json(r#"{"name":"Ada","name":"Bea","age":36}"#)
            .differs(Decision::DuplicateKeys),
        post()
            .json(r#"{"name":"Ada","age":36,"age":36}"#)
            .differs(Decision::DuplicateKeys),
    ]);

    let unknown = |count| {
        let members: Vec<_> = (0..count).map(|n| format!("\"x{n}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    cases.push(post().json(unknown(98)));
    cases.push(post().json(unknown(150)).differs(Decision::ManyViolations));
    cases
}

/// Values of every type in every field.
fn fields() -> Vec<Case> {
    let mut cases = Vec::new();
    for (value, decided) in values::FOR_A_STRING {
        let body = format!(r#"{{"name":{value},"age":36}}"#);
        cases.push(post().json(body).differs_by(*decided));
    }
    for (value, decided) in values::FOR_AN_INTEGER {
        let body = format!(r#"{{"name":"Ada","age":{value}}}"#);
        cases.push(post().json(body).differs_by(*decided));
        let body = format!(r#"{{"name":"Ada","age":36,"height":{value}}}"#);
        cases.push(post().json(body).differs_by(*decided));
    }
    cases
}
