//! Problem details (RFC 9457), with the violations of a request.

use actix_web::http::StatusCode;
use purlin_schemas::{Schema, Violation, schemars};
use serde::Serialize;
use serde_json::Value;

use super::ErrorParts;

/// Problem details (RFC 9457) with two extension members: `code`, stable and for programs, and `violations`.
///
/// ```
/// use purlin_router::{error::Problem, schemas::{Location, Rule, Violation}};
///
/// let mut problem = Problem::new(400, "Bad Request");
/// problem.violations.push(Violation::new(Location::Query, "/limit", Rule::Required));
/// let json = serde_json::to_value(&problem)?;
/// assert_eq!(json["status"], 400);
/// assert_eq!(json["violations"][0]["pointer"], "/limit");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(
    crate = "schemars",
    description = "What went wrong: problem details (RFC 9457)."
)]
#[non_exhaustive]
pub struct Problem {
    /// A URI that names the kind of problem; `about:blank` says no more than the status does.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem, for people.
    pub title: String,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// This occurrence, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub detail: Option<String>,
    /// A URI that names this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub instance: Option<String>,
    /// The kind of problem, for programs; stable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub code: Option<String>,
    /// Every rule of the contract that the request breaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
}

/// The kind of a problem that its status explains.
const BLANK: &str = "about:blank";

impl Problem {
    /// The media type of problem details in JSON.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// Creates a problem that states no more than its status does.
    #[must_use]
    pub fn new(status: u16, title: impl Into<String>) -> Self {
        Self {
            kind: BLANK.to_owned(),
            title: title.into(),
            status,
            detail: None,
            instance: None,
            code: None,
            violations: Vec::new(),
        }
    }
}

impl Schema for Problem {}

/// A [`Problem`] that is written once, of what is there already.
#[derive(Serialize)]
struct Written<'p> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'p str,
    code: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    violations: &'p [Violation],
}

/// The size of a body without violations, and of a violation, mostly.
const BODY_SIZE: usize = 192;
const VIOLATION_SIZE: usize = 128;

/// Returns the status and body; additional members of an error are extension members (RFC 9457 section 3.2).
pub(super) fn body(parts: &ErrorParts<'_>) -> (StatusCode, Vec<u8>) {
    let problem = Written {
        kind: BLANK,
        title: parts.title(),
        status: parts.status.as_u16(),
        detail: &parts.detail,
        code: parts.code,
        violations: &parts.violations,
    };
    // Strings, numbers and JSON values always serialise; if that ever failed, the status alone would state the error.
    let body = if parts.additional.is_empty() {
        let mut body = Vec::with_capacity(BODY_SIZE + VIOLATION_SIZE * parts.violations.len());
        serde_json::to_writer(&mut body, &problem).map(|()| body)
    } else {
        serde_json::to_value(&problem).and_then(|mut value| {
            if let Value::Object(members) = &mut value {
                for (name, value) in parts.additional.iter() {
                    members.entry(name).or_insert_with(|| value.clone());
                }
            }
            serde_json::to_vec(&value)
        })
    };
    (parts.status, body.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use purlin_schemas::{Location, Rule};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_is_written_as_it_is_serialised() {
        let mut problem = Problem::new(400, "Bad Request");
        problem.detail = Some("\"so\"".to_owned());
        problem.code = Some("validation_failed".to_owned());
        for violations in [
            Vec::new(),
            vec![Violation::new(Location::Body, "/a~1b", Rule::Required)],
        ] {
            problem.violations.clone_from(&violations);
            let (_, body) = body(&ErrorParts {
                status: StatusCode::BAD_REQUEST,
                code: "validation_failed",
                detail: "\"so\"".to_owned(),
                violations: violations.into(),
                additional: Default::default(),
            });
            assert_eq!(body, serde_json::to_vec(&problem).unwrap());
        }
    }

    #[test]
    fn empty_members_are_omitted() {
        let mut problem = Problem::new(404, "Not Found");
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            json!({"type": "about:blank", "title": "Not Found", "status": 404})
        );
        problem
            .violations
            .push(Violation::not_utf8(Location::Path, "/id"));
        assert_eq!(
            serde_json::to_value(&problem).unwrap()["violations"][0],
            json!({
                "location": "path",
                "pointer": "/id",
                "code": "encoding",
                "message": Rule::Encoding.message(),
            })
        );
    }
}
