//! The same without Purlin, for an author who reports every violation of a request and not only the first.
//!
//! serde ends at its first error, so what can be wrong has to be readable: the kind of an order is a `String` that a rule
//! compares with the allowed ones. garde then finds everything, and a problem (RFC 9457) lists it, each with its
//! section, pointer, code and message, as Purlin does. What it does not do: a body with a missing or unknown member, a
//! member twice, or a value of another type is reported by serde's message alone; garde has no codes, so that all are
//! `invalid`; neither the `Content-Type` nor the order of the violations is looked at.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use garde::{Report, Validate};
use serde::{Deserialize, Serialize};

use super::by_hand::Address;

#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Order {
    #[garde(length(chars, min = 1, max = 40))]
    id: String,
    #[garde(length(chars, min = 1, max = 80))]
    customer: String,
    #[garde(email)]
    email: String,
    #[garde(range(min = 1, max = 100))]
    quantity: u32,
    #[garde(range(min = 0.0))]
    price: f64,
    express: bool,
    #[garde(length(chars, max = 200))]
    note: Option<String>,
    #[garde(dive)]
    address: Address,
    #[garde(length(max = 10))]
    tags: Vec<String>,
    #[garde(custom(is_kind))]
    kind: String,
}

fn is_kind(kind: &str, _: &()) -> garde::Result {
    match kind {
        "Book" | "Food" => Ok(()),
        _ => Err(garde::Error::new("must be one of \"Book\", \"Food\"")),
    }
}

#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Booking {
    #[garde(length(chars, min = 1, max = 80))]
    name: String,
    #[garde(email)]
    email: String,
    #[garde(range(min = 1, max = 20))]
    count: u32,
    #[garde(length(max = 10))]
    tags: Vec<String>,
    #[garde(length(chars, max = 200))]
    note: Option<String>,
    at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Problem<'r> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Violation<'r>>,
}

#[derive(Serialize)]
struct Violation<'r> {
    location: &'static str,
    pointer: String,
    code: &'static str,
    message: &'r str,
}

fn problem(code: &'static str, detail: String, violations: Vec<Violation<'_>>) -> HttpResponse {
    HttpResponse::BadRequest()
        .content_type("application/problem+json")
        .json(Problem {
            r#type: "about:blank",
            title: "Bad Request",
            status: 400,
            detail,
            code,
            violations,
        })
}

fn invalid(report: &Report) -> HttpResponse {
    let violations = report.iter().map(|(path, error)| Violation {
        location: "body",
        pointer: format!("/{}", path.to_string().replace('.', "/")),
        code: "invalid",
        message: error.message(),
    });
    let violations: Vec<_> = violations.collect();
    let detail = format!("the request breaks {} rules", violations.len());
    problem("validation_failed", detail, violations)
}

fn create<T: for<'de> Deserialize<'de> + Validate<Context = ()> + Serialize>(
    body: &[u8],
) -> HttpResponse {
    let value: T = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return problem("malformed_json", error.to_string(), Vec::new()),
    };
    match value.validate() {
        Ok(()) => HttpResponse::Created().json(value),
        Err(report) => invalid(&report),
    }
}

pub(super) async fn create_order(body: web::Bytes) -> HttpResponse {
    create::<Order>(&body)
}

pub(super) async fn create_booking(body: web::Bytes) -> HttpResponse {
    create::<Booking>(&body)
}
