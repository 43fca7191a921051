//! The programs have to return the same, so that none does less work than the others.

use std::{collections::BTreeSet, net::SocketAddr};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::requests::Request;
use crate::http::{Connection, Response};

/// What has to be the same in the responses to a request.
#[derive(Debug, PartialEq)]
struct Essence {
    status: u16,
    media_type: Option<String>,
    location: Option<String>,
    content: Content,
}

#[derive(Debug, PartialEq)]
enum Content {
    /// The value, whatever the order of its members.
    Value(Value),
    /// The places of violations, each by its section and pointer; messages are free.
    Violations(BTreeSet<(String, String)>),
}

/// Sends each program every request, and compares their responses with those of the first program.
pub(super) fn check(requests: &[Request], programs: &[(&str, SocketAddr)]) -> Result<()> {
    let Some(((first, expected), others)) = programs.split_first() else {
        return Ok(());
    };
    for request in requests {
        let name = request.name;
        let expected = essence(*expected, &request.bytes()).context(name)?;
        let status = expected.status;
        ensure!(status == request.status, "{name}: {first} returns {status}");
        for (program, address) in others {
            let found = essence(*address, &request.bytes()).context(name)?;
            ensure!(
                found == expected,
                "{name}: {program} returns {found:?}, {first} {expected:?}"
            );
        }
        for (what, wanted, invalid) in request.invalid() {
            for (program, address) in programs {
                let status = exchange(*address, &invalid)?.status;
                ensure!(
                    status == wanted,
                    "{name} with {what}: {program} returns {status}, not {wanted}"
                );
            }
        }
    }
    Ok(())
}

fn exchange(address: SocketAddr, request: &[u8]) -> Result<Response> {
    let mut connection = Connection::open(address)?;
    connection.send(request)?;
    connection.response()?.context("the connection ended")
}

fn essence(address: SocketAddr, request: &[u8]) -> Result<Essence> {
    let response = exchange(address, request)?;
    let field = |name| response.header(name).map(ToOwned::to_owned);
    let value: Value = serde_json::from_slice(&response.body)?;
    Ok(Essence {
        status: response.status,
        media_type: field("content-type"),
        location: field("location"),
        content: match response.status {
            400.. => Content::Violations(violations(&value)),
            _ => Content::Value(value),
        },
    })
}

fn violations(problem: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let violations = problem["violations"].as_array().into_iter().flatten();
    violations
        .map(|it| (text(&it["location"]), text(&it["pointer"])))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_of_violations_are_compared_without_their_messages() {
        let problem = |message: &str| json!({"violations": [{"location": "body", "pointer": "/a", "message": message}]});
        assert_eq!(violations(&problem("x")), violations(&problem("y")));
        assert_eq!(violations(&problem("x")).len(), 1);
        assert!(violations(&json!({})).is_empty());
    }
}
