//! Errors carry headers and members: declared by attributes of the derive, sent, passed on by transparent variants, and
//! described by the document.

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use purlin_router::{
    ApiError, Operation, Registry,
    error::{ErrorStyle, http::TooManyRequests},
    reply::NoContent,
    schema,
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support;

/// How much of a quota is used.
#[schema(response)]
struct Usage {
    used: u32,
}

#[derive(Debug, thiserror::Error, ApiError)]
enum QuotaError {
    /// The quota is used up.
    #[error("the quota of {limit} is used up")]
    #[status(429)]
    Used {
        /// What the plan includes.
        #[member]
        limit: u32,
        #[member("usage")]
        of: Option<Usage>,
        /// The seconds until there is a new quota.
        #[header("Retry-After")]
        #[member("seconds")]
        seconds: u64,
        #[header("X-Plan")]
        plan: Option<&'static str>,
    },
    /// The client has too many connections.
    #[error("too many connections")]
    #[status(429)]
    Connections(#[member("connections")] u8, String),
    /// The plan has ended.
    #[error("the plan ended")]
    #[status(402)]
    Ended(#[header("X-Days")] Vec<u8>, #[member("since")] u16),
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} used", self.used)
    }
}

#[derive(Debug, thiserror::Error, ApiError)]
enum Outer {
    #[error(transparent)]
    #[status(transparent)]
    Quota {
        #[from]
        inner: QuotaError,
    },
    #[error(transparent)]
    #[status(transparent)]
    Busy(#[from] TooManyRequests),
    #[error("gone")]
    #[status(410)]
    Gone,
}

#[derive(Debug, thiserror::Error, ApiError)]
#[error("one of {rest}")]
#[status(409)]
struct Rest {
    #[member("left")]
    rest: u8,
}

fn used() -> QuotaError {
    QuotaError::Used {
        limit: 3,
        of: Some(Usage { used: 3 }),
        seconds: 7,
        plan: None,
    }
}

async fn plain() -> Result<NoContent, QuotaError> {
    Err(used())
}

async fn wrapped() -> Result<NoContent, Outer> {
    Err(used().into())
}

async fn connections() -> Result<NoContent, QuotaError> {
    Err(QuotaError::Connections(9, "never sent".to_owned()))
}

async fn ended() -> Result<NoContent, Outer> {
    Err(QuotaError::Ended(vec![1, 2], 2024).into())
}

async fn busy() -> Result<NoContent, Outer> {
    let busy = TooManyRequests::new("busy").with("limit", 3);
    Err(busy
        .header(RETRY_AFTER, HeaderValue::from_static("7"))
        .into())
}

async fn gone() -> Result<NoContent, Outer> {
    Err(Outer::Gone)
}

async fn rest() -> Result<NoContent, Rest> {
    Err(Rest { rest: 1 })
}

fn registry(style: ErrorStyle) -> Registry {
    Registry::new("T", "1")
        .error_style(style)
        .operation(Operation::get("/plain", plain))
        .operation(Operation::get("/wrapped", wrapped))
        .operation(Operation::get("/connections", connections))
        .operation(Operation::get("/ended", ended))
        .operation(Operation::get("/busy", busy))
        .operation(Operation::get("/gone", gone))
        .operation(Operation::get("/rest", rest))
}

fn client(style: ErrorStyle) -> TestClient {
    support::client(&registry(style))
}

#[test]
fn derived_variants_send_headers_and_members() {
    let client = client(ErrorStyle::Problem);
    let response = client.get("/plain").send();
    assert_eq!(response.status(), 429);
    assert_eq!(response.header("retry-after"), Some("7"));
    assert_eq!(response.header("x-plan"), None);
    assert_eq!(
        response.json::<Value>(),
        json!({
            "type": "about:blank",
            "title": "Too Many Requests",
            "status": 429,
            "detail": "the quota of 3 is used up",
            "code": "used",
            "limit": 3,
            "usage": {"used": 3},
            "seconds": 7,
        })
    );
    let response = client.get("/connections").send();
    assert_eq!(response.json::<Value>()["connections"], 9);
    assert!(!response.text().contains("never sent"));
    let response = client.get("/rest").send();
    assert_eq!(response.json::<Value>()["left"], 1);
}

#[test]
fn transparent_variants_pass_on_what_the_inner_error_carries() {
    for style in [ErrorStyle::Problem, ErrorStyle::Rebar] {
        let client = client(style);
        let response = client.get("/wrapped").send();
        assert_eq!(response.header("retry-after"), Some("7"));
        assert_eq!(response.json::<Value>()["usage"]["used"], 3);
        let response = client.get("/busy").send();
        assert_eq!(response.header("retry-after"), Some("7"));
        assert_eq!(response.json::<Value>()["limit"], 3);
        let response = client.get("/ended").send();
        assert_eq!(response.header("x-days"), Some("1, 2"));
        assert_eq!(response.json::<Value>()["since"], 2024);
        assert_eq!(client.get("/gone").send().status(), 410);
    }
}

#[test]
fn document_describes_headers_and_members_by_status() {
    let document = support::document(&registry(ErrorStyle::Problem));
    let of = |path: &str, status: &str| document["paths"][path]["get"]["responses"][status].clone();
    let plain = of("/plain", "429");
    assert_eq!(
        plain["headers"],
        json!({
            "Retry-After": {
                "description": "The seconds until there is a new quota.",
                "schema": {"type": "integer", "format": "uint64", "minimum": 0, "maximum": 18446744073709551615_u64},
            },
            "X-Plan": {"schema": {"type": "string"}},
        })
    );
    // Two errors have the status, and neither has all members.
    assert_eq!(
        plain["content"]["application/problem+json"]["schema"],
        json!({"allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {
                "type": "object",
                "properties": {
                    "limit": {
                        "description": "What the plan includes.",
                        "type": "integer", "format": "uint32", "minimum": 0, "maximum": 4294967295_u32,
                    },
                    "usage": {"$ref": "#/components/schemas/Usage"},
                    "seconds": {
                        "description": "The seconds until there is a new quota.",
                        "type": "integer", "format": "uint64", "minimum": 0, "maximum": 18446744073709551615_u64,
                    },
                    "connections": {
                        "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255,
                    },
                },
            },
        ]})
    );
    assert_eq!(
        document["components"]["schemas"]["Usage"]["required"],
        json!(["used"])
    );
    // The only error of its status always has them.
    let ended = of("/ended", "402");
    assert_eq!(ended["headers"]["X-Days"]["required"], true);
    assert_eq!(
        ended["content"]["application/problem+json"]["schema"]["allOf"][1]["required"],
        json!(["since"])
    );
    assert_eq!(
        of("/wrapped", "429")["headers"]["X-Plan"],
        plain["headers"]["X-Plan"]
    );
    assert_eq!(
        of("/gone", "410")["content"]["application/problem+json"]["schema"],
        json!({"$ref": "#/components/schemas/Problem"})
    );
}

#[test]
fn mock_has_what_every_error_of_a_status_carries() {
    let client = support::client(&registry(ErrorStyle::Problem).mocked());
    let response = client.get("/ended").header("Prefer", "code=402").send();
    assert_eq!(response.status(), 402);
    assert!(response.header("x-days").is_some());
    assert!(response.json::<Value>()["since"].is_u64());
}

#[test]
fn what_cannot_be_sent_is_an_error_of_the_build() {
    #[derive(Debug, thiserror::Error, ApiError)]
    #[error("no")]
    #[status(409)]
    struct Unfit {
        #[member]
        status: u16,
        #[header("X-Usage")]
        usage: Usage,
    }
    async fn unfit() -> Result<NoContent, Unfit> {
        let usage = Usage { used: 1 };
        Err(Unfit { status: 1, usage })
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", unfit));
    let errors = support::errors(&registry);
    assert_eq!(errors.len(), 2, "{errors:?}");
    support::assert_contains(
        &errors[0],
        &["unfit", "GET /", "`X-Usage`", "409", "is an object"],
    );
    support::assert_contains(
        &errors[1],
        &[
            "unfit",
            "member `status`",
            "the error style writes itself",
            "#[member(",
        ],
    );
}
