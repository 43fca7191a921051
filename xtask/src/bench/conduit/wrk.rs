//! A load on an endpoint of Conduit.

use std::time::Duration;

use anyhow::Result;

use super::Endpoint;
use crate::{
    bench::load::{Pressure, Request, wrk},
    server::Server,
};

pub(super) use crate::bench::load::Figures;

/// The connections of wrk, each with one request at a time.
pub(super) const CONNECTIONS: u32 = 16;

/// How long one load takes.
pub(super) const DURATION: Duration = Duration::from_secs(5);

/// Sends one endpoint requests from several connections; fails if a request does.
pub(super) fn load(server: &Server, endpoint: &Endpoint) -> Result<Figures> {
    let pressure = Pressure {
        connections: CONNECTIONS,
        duration: DURATION,
    };
    let (method, path) = (endpoint.method, endpoint.path.as_str());
    let Some((token, body)) = &endpoint.body else {
        let request = Request {
            method,
            path,
            body: "",
            fields: &[],
        };
        return wrk(server, pressure, &request);
    };
    let authorization = format!("Token {token}");
    let request = Request {
        method,
        path,
        body,
        fields: &[
            ("Authorization", &authorization),
            ("Content-Type", "application/json"),
        ],
    };
    wrk(server, pressure, &request)
}
