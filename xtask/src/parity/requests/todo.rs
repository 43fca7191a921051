//! The requests to the todo example.

use super::{Case, values};
use crate::{
    parity::{differences::Decision, services::Api},
    programs::TODO_KEY,
};

const KEY: &str = "X-MyApp-Key";
const NEW: &str = r#"{"complete":false,"description":"rest"}"#;

fn request(method: &'static str, target: &str) -> Case {
    Case::new(Api::Todo, method, target)
}

fn call(method: &'static str, target: &str) -> Case {
    request(method, target).header(KEY, TODO_KEY)
}

fn get(target: &str) -> Case {
    call("GET", target)
}

fn post(body: impl AsRef<[u8]>) -> Case {
    call("POST", "/todos").json(body)
}

fn patch(target: &str, body: impl AsRef<[u8]>) -> Case {
    call("PATCH", target).json(body)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(session());
    cases.extend(addresses());
    cases.extend(filters());
    cases.extend(fields());
    cases.extend(last());
    cases
}

/// The session of a client: list, create, update, list again.
fn session() -> Vec<Case> {
    vec![
        request("GET", "/todos"),
        request("GET", "/todos").header(KEY, "wrong"),
        request("POST", "/todos").json(NEW),
        request("PATCH", "/todos/1").json("{}"),
        get("/todos"),
        get("/todos/user"),
        patch("/todos/1", r#"{"complete":true}"#),
        post(r#"{"complete":false,"description":"Find product market fit"}"#),
        post(r#"{"complete":true,"description":"greet","type":"user"}"#),
        post(r#"{"type":"group","description":"meet 😀","complete":false}"#),
        get("/todos"),
        patch("/todos/1", r#"{"complete":true}"#),
        patch("/todos/1", r#"{"description":"","type":"group"}"#),
        patch(
            "/todos/2",
            r#"{"complete":false,"description":"x","type":"user"}"#,
        ),
        patch("/todos/2", "{}"),
        patch(
            "/todos/2",
            r#"{"complete":"wrong type, for demonstration of validation"}"#,
        ),
        patch("/todos/2", r#"{"id":7}"#),
        patch(
            "/todos/2",
            r#"{"complete":null,"description":null,"type":null}"#,
        ),
        patch("/todos/99", r#"{"complete":true}"#),
        patch("/todos/99", r#"{"complete":7}"#),
        patch("/todos/99", ""),
        call("PATCH", "/todos/1").body("{}"),
        patch("/todos/1", "[]"),
        patch("/todos/1", "7"),
        get("/todos"),
        get("/todos/user"),
        get("/todos/group"),
        post(""),
        post("{}"),
        post("[]"),
        post("null"),
        post(r#"{"complete":true}"#),
        post(r#"{"description":"x"}"#),
        post(r#"{"complete":true,"description":"x","id":7,"x":1}"#),
        post(r#"{"data":{"complete":true,"description":"x"}}"#),
        call("POST", "/todos").body(NEW),
        call("POST", "/todos?complete=maybe").json(NEW),
    ]
}

/// Paths are routed by the types of their parameters, as Flask's converters do, before authentication.
fn addresses() -> Vec<Case> {
    let mut cases = vec![
        patch("/todos/01", "{}").differs(Decision::IntegersInPaths),
        patch("/todos/99999999999999999999999", "{}").differs(Decision::IntegersInPaths),
        patch("/todos%2F1", "{}").differs(Decision::Slashes),
        patch("/todos//1", "{}").differs(Decision::Slashes),
        request("GET", "/swagger").differs(Decision::Documents),
        request("GET", "/swagger/ui/").differs(Decision::Documents),
        request("GET", "/openapi.json").differs(Decision::Documents),
        request("GET", "/"),
        request("OPTIONS", "/swagger"),
        request("POST", "/swagger"),
    ];
    // Paths of todos, of types, of neither; `false` where no operation has the path.
    let targets = [
        ("/todos", true),
        ("/todos/", true),
        ("/todos/1", true),
        ("/todos/99", true),
        ("/todos/1/", true),
        ("/todos/user", true),
        ("/todos/us%65r", true),
        ("/todos/User", false),
        ("/todos/nothing", false),
        ("/todos/-1", false),
        ("/todos/+1", false),
        ("/todos/1.0", false),
        ("/todos/1x", false),
        ("/todos/%20", false),
        ("/todos/%C3%A9", false),
        ("/todos/%ff", false),
    ];
    for (target, known) in targets {
        let is_kind = matches!(target, "/todos/user" | "/todos/us%65r");
        let by_type = (!known).then_some(Decision::PathsByType);
        cases.extend([
            request("OPTIONS", target).differs_by(is_kind.then_some(Decision::AllowOfPath)),
            request("HEAD", target),
            call("DELETE", target).differs_by(by_type),
            request("DELETE", target).differs_by(by_type),
        ]);
        if target != "/todos" {
            cases.extend([
                get(target),
                request("GET", target),
                request("PATCH", target).differs_by(by_type),
                call("POST", target).json(NEW).differs_by(by_type),
                // Changes nothing.
                patch(target, "{}").differs_by(by_type),
            ]);
        }
    }
    cases
}

fn filters() -> Vec<Case> {
    let alike = [
        "?complete=true",
        "?complete=false",
        "?complete",
        "?complete=",
        "?complete=maybe",
        "?complete=2",
        "?complete=%20true",
        "?complete=true&x=1",
        "?type=user",
        "?",
    ];
    let loose = ["True", "TRUE", "t", "1", "yes", "on", "0", "off", "No"];
    let mut cases = Vec::new();
    for path in ["/todos", "/todos/group"] {
        for query in alike {
            cases.push(get(&format!("{path}{query}")));
        }
        for text in loose {
            let case = get(&format!("{path}?complete={text}"));
            cases.push(case.differs(Decision::LooseText));
        }
        for query in [
            "complete=true&complete=true",
            "complete=true&complete=maybe",
        ] {
            let case = get(&format!("{path}?{query}"));
            cases.push(case.differs(Decision::RepeatedParameters));
        }
    }
    cases
}

/// Values of every type in every field, of a new todo and of an updated one.
fn fields() -> Vec<Case> {
    let mut cases = Vec::new();
    let fields = [
        ("complete", values::FOR_A_BOOLEAN),
        ("description", values::FOR_A_STRING),
        ("type", values::FOR_A_TYPE),
    ];
    for (field, values) in fields {
        for (value, decided) in values {
            let others = match field {
                "complete" => r#""description":"x""#,
                "description" => r#""complete":true"#,
                _ => r#""complete":true,"description":"x""#,
            };
            let member = format!(r#""{field}":{value}"#);
            cases.push(post(format!("{{{others},{member}}}")).differs_by(*decided));
            cases.push(patch("/todos/3", format!("{{{member}}}")).differs_by(*decided));
        }
    }
    cases
}

/// The state after all requests.
fn last() -> Vec<Case> {
    vec![
        get("/todos"),
        get("/todos/user"),
        get("/todos/group?complete=true"),
    ]
}
