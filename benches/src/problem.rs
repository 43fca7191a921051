//! Errors by hand: problem details (RFC 9457) that name all violations, in the format of Purlin's.

use garde::{Report, Validate};
use serde::{Serialize, de::DeserializeOwned};

/// The media type of problem details.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request is rejected.
#[derive(Debug)]
pub enum Failure {
    /// The body has another media type.
    MediaType,
    /// The body is larger than the limit.
    TooLarge,
    /// The body could not be read to its end.
    Incomplete,
    /// No key or token, or a wrong one.
    Unauthenticated,
    /// `X-Client-Version` is absent or no number.
    ClientVersion,
    /// A part of the path does not have its type.
    Path,
    /// The body is not JSON, or not of its type.
    Json(serde_json::Error),
    /// The query is not of its type.
    Query(String),
    /// A part of a form, by its name, and what is wrong with it.
    Part(String, &'static str),
    /// The rules that values of the body break.
    Body(Report),
    /// The rules that values of the query break.
    Parameters(Report),
}

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Violation<'a>>,
}

#[derive(Serialize)]
struct Violation<'a> {
    location: &'static str,
    pointer: String,
    code: &'static str,
    message: &'a str,
}

impl Failure {
    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.meaning().0
    }

    /// Returns the status, its title, and the code.
    fn meaning(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::MediaType => (415, "Unsupported Media Type", "unsupported_media_type"),
            Self::TooLarge => (413, "Content Too Large", "content_too_large"),
            Self::Unauthenticated => (401, "Unauthorized", "credential_invalid"),
            Self::Json(error) if !error.is_data() => (400, "Bad Request", "malformed_json"),
            Self::Incomplete => (400, "Bad Request", "malformed_body"),
            _ => (400, "Bad Request", "validation_failed"),
        }
    }

    /// Returns the body of the response.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let (status, title, code) = self.meaning();
        let cause;
        let detail = match self {
            Self::Json(error) => {
                cause = error.to_string();
                &cause
            }
            Self::Query(error) => error,
            Self::Body(_) | Self::Parameters(_) => "the request is not as declared",
            Self::ClientVersion => "X-Client-Version is absent or no number",
            Self::Path => "the path has no number",
            Self::Part(_, reason) => reason,
            _ => title,
        };
        let violations = match self {
            Self::Body(report) => violations("body", report),
            Self::Parameters(report) => violations("query", report),
            Self::Part(name, reason) => vec![Violation {
                location: "body",
                pointer: format!("/{name}"),
                code: "invalid",
                message: reason,
            }],
            _ => Vec::new(),
        };
        let problem = Problem {
            kind: "about:blank",
            title,
            status,
            detail,
            code,
            violations,
        };
        // Texts and numbers always serialise.
        serde_json::to_vec(&problem).unwrap_or_default()
    }
}

fn violations<'a>(location: &'static str, report: &'a Report) -> Vec<Violation<'a>> {
    let violation = |(path, error): &'a (garde::Path, garde::Error)| Violation {
        location,
        pointer: pointer(path),
        code: "invalid",
        message: error.message(),
    };
    report.iter().map(violation).collect()
}

/// Returns the JSON Pointer of a path that garde writes as `lines[3].price`.
fn pointer(path: &garde::Path) -> String {
    let mut pointer = format!("/{path}");
    pointer.retain(|it| it != ']');
    // Both are one byte, so the text is replaced where it is.
    pointer.replace(['.', '['], "/")
}

/// Reads and checks a body of JSON.
///
/// # Errors
///
/// Returns serde's first error, or all rules that values break.
pub fn json<T>(body: &[u8]) -> Result<T, Failure>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let value: T = serde_json::from_slice(body).map_err(Failure::Json)?;
    value.validate().map_err(Failure::Body)?;
    Ok(value)
}

/// Reads and checks a query without lists.
///
/// # Errors
///
/// Returns serde's first error, or all rules that values break.
pub fn query<T>(query: Option<&str>) -> Result<T, Failure>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let value = serde_urlencoded::from_str(query.unwrap_or_default());
    checked(value.map_err(|error| Failure::Query(error.to_string()))?)
}

/// Reads and checks a query whose keys may be repeated.
///
/// # Errors
///
/// Returns serde's first error, or all rules that values break.
pub fn query_with_lists<T>(query: Option<&str>) -> Result<T, Failure>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let value = serde_html_form::from_str(query.unwrap_or_default());
    checked(value.map_err(|error| Failure::Query(error.to_string()))?)
}

fn checked<T: Validate<Context = ()>>(value: T) -> Result<T, Failure> {
    value.validate().map_err(Failure::Parameters)?;
    Ok(value)
}
