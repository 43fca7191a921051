//! Problem details (RFC 9457), with the violations of a request.

use serde::Serialize;

use crate::Violation;

/// An error body as RFC 9457 has it, with two members of ours: `code`, stable
/// and for programs, and `violations`.
///
/// ```
/// use purlin_schemas::{Location, Problem, Rule, Violation};
///
/// let mut problem = Problem::new(400, "Bad Request");
/// problem.violations.push(Violation {
///     location: Location::Query,
///     pointer: "/limit".to_owned(),
///     rule: Rule::Required,
/// });
/// let json = serde_json::to_value(&problem)?;
/// assert_eq!(json["status"], 400);
/// assert_eq!(json["violations"][0]["pointer"], "/limit");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(description = "What went wrong: problem details (RFC 9457).")]
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

impl Problem {
    /// The media type of problem details in JSON.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// A problem that says no more than its status does.
    pub fn new(status: u16, title: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: title.into(),
            status,
            detail: None,
            instance: None,
            code: None,
            violations: Vec::new(),
        }
    }
}

impl crate::Schema for Problem {}
