//! The section `telemetry`: traces and metrics that are sent to a collector.

use std::collections::BTreeMap;

use actix_web::http::{
    Uri,
    header::{HeaderName, HeaderValue},
};
use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::{bounded::Bounded, secret::Secret};

/// Traces and metrics, sent to a collector of OpenTelemetry by OTLP over HTTP.
/// The program needs the feature telemetry of purlin-app.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct TelemetrySettings {
    /// URL of the collector, such as http://127.0.0.1:4318, to which /v1/traces
    /// and /v1/metrics are appended. Empty: nothing is recorded or sent.
    #[serde(deserialize_with = "endpoint")]
    pub endpoint: String,
    /// Share of the traces that are recorded, from 0 to 1, where the request
    /// belongs to no trace yet.
    #[serde(deserialize_with = "ratio")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub sample_ratio: f64,
    /// Whether a request continues the trace of its client (traceparent), with
    /// the client's decision whether it is recorded. Clients that are not trusted
    /// could have all of their requests recorded: set false where they reach the
    /// server directly.
    pub continue_traces: bool,
    /// The attribute service.name; the name of the program if it is empty.
    pub service_name: String,
    /// Seconds that the collector may take to receive a part of what is sent, and
    /// that the end of the process waits until the rest is sent.
    pub timeout: Bounded<1, 60>,
    /// Spans that wait to be sent; further ones are dropped and counted.
    pub queue: Bounded<1, 1_000_000>,
    /// Seconds between two exports of metrics; 0 sends none.
    pub metrics_interval: Bounded<0, 3_600>,
    /// Header fields of each request to the collector, such as credentials.
    #[serde(deserialize_with = "headers")]
    pub headers: BTreeMap<String, Secret<String>>,
    /// Attributes of the process, such as deployment.environment.name. They
    /// override those of the variable OTEL_RESOURCE_ATTRIBUTES.
    pub resource_attributes: BTreeMap<String, String>,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            sample_ratio: 1.0,
            continue_traces: true,
            service_name: String::new(),
            timeout: Bounded::of::<5>(),
            queue: Bounded::of::<2048>(),
            metrics_interval: Bounded::of::<60>(),
            headers: BTreeMap::new(),
            resource_attributes: BTreeMap::new(),
        }
    }
}

impl TelemetrySettings {
    /// Returns whether anything is sent.
    pub(crate) fn is_enabled(&self) -> bool {
        !self.endpoint.is_empty()
    }
}

/// Reads the URL of a collector. One with a user name or a password is rejected without being printed.
fn endpoint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(text);
    }
    let uri: Option<Uri> = text.parse().ok();
    let parts = uri
        .as_ref()
        .and_then(|uri| Some((uri.scheme_str()?, uri.authority()?, uri.query())));
    match parts {
        _ if text.contains('@') => Err(D::Error::custom(
            "expected a URL without a user name and password; set them in telemetry.headers",
        )),
        Some(("http" | "https", authority, None)) if !authority.host().is_empty() => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err(D::Error::custom(format!(
            "expected a URL such as http://127.0.0.1:4318, found `{}`",
            text.escape_debug()
        ))),
    }
}

fn ratio<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let ratio = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&ratio) {
        return Ok(ratio);
    }
    Err(D::Error::custom(format!(
        "expected a number from 0 to 1, found `{ratio}`"
    )))
}

/// Reads header fields. Their values are secrets, so that no error shows them.
fn headers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Secret<String>>, D::Error> {
    let headers = BTreeMap::<String, Secret<String>>::deserialize(deserializer)?;
    for (name, value) in &headers {
        if name.parse::<HeaderName>().is_err() {
            return Err(D::Error::custom(format!(
                "expected the name of a header field, found `{}`",
                name.escape_debug()
            )));
        }
        if HeaderValue::from_str(value.expose_secret()).is_err() {
            return Err(D::Error::custom(format!(
                "the value of `{name}` cannot be sent in a header field"
            )));
        }
    }
    Ok(headers)
}
