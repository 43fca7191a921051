//! Problem details (RFC 9457).

use actix_web::http::StatusCode;
use purlin_schemas::Problem;
use serde_json::Value;

use super::ErrorParts;

/// The body; what a failure adds are extension members (RFC 9457 section 3.2).
pub(super) fn body(parts: &ErrorParts<'_>) -> (StatusCode, Vec<u8>) {
    let mut problem = Problem::new(parts.status.as_u16(), parts.title());
    problem.detail = Some(parts.detail.clone());
    problem.code = Some(parts.code.to_owned());
    problem.violations.clone_from(&parts.violations);
    // Strings, numbers and JSON values, which always serialise; were that ever
    // untrue, the status alone still says what is wrong.
    let body = if parts.additional.is_empty() {
        serde_json::to_vec(&problem)
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
