//! Which operations honour idempotency keys, and how the document describes that.

use std::{sync::Arc, time::Duration};

use actix_web::http::Method;
use purlin_openapi::{ApiKeyLocation, Parameter, ParameterLocation, Schema, SecurityScheme};
use serde_json::json;

use crate::{
    auth::Guards,
    describe::OperationBuilder,
    error::Rejection,
    idempotency::{Idempotency, KEY, LONGEST_KEY, Rule, rejection},
    operation::{Operation, info::OperationInfo},
    registry::Registry,
};

/// Returns how an operation honours keys, if it does: methods that are idempotent by themselves do not (RFC 9110 section
/// 9.2.2, RFC 5789 section 2).
fn of<'r>(registry: &'r Registry, operation: &Operation) -> Option<&'r Idempotency> {
    let is_honoured = matches!(operation.info.method, Method::POST | Method::PATCH)
        && !operation.without_idempotency;
    let idempotency = registry.idempotency.as_ref();
    idempotency.filter(|_| is_honoured)
}

/// Returns the rule of an operation that honours keys. A mock calls no handler, so there is nothing to be done once.
pub(super) fn rule(
    registry: &Registry,
    operation: &Operation,
    info: &OperationInfo,
    guards: &Guards,
    time_limit: Option<Duration>,
) -> Option<Arc<Rule>> {
    let idempotency = of(registry, operation)?;
    if registry.is_mocked {
        return None;
    }
    let schemes = guards.authenticators.iter();
    let query_keys = schemes.filter_map(|named| match named.authenticator.scheme() {
        SecurityScheme::ApiKey {
            location: ApiKeyLocation::Query,
            name,
            ..
        } => Some(name.to_string()),
        _ => None,
    });
    Some(Arc::new(Rule::new(
        idempotency.clone(),
        registry.title(),
        info,
        query_keys.collect(),
        time_limit,
    )))
}

/// Describes the header field and the responses of an operation that honours keys.
pub(super) fn describe(registry: &Registry, operation: &Operation, to: &mut OperationBuilder<'_>) {
    if of(registry, operation).is_none() {
        return;
    }
    let parameters = &mut to.notes.parameters;
    let is_key = |parameter: &Parameter| {
        parameter.location == ParameterLocation::Header
            && parameter.name.eq_ignore_ascii_case(KEY.as_str())
    };
    if !parameters.iter().any(is_key) {
        parameters.push(parameter());
    }
    let replayed: Vec<u16> = to.notes.responses.keys().copied().collect();
    for status in replayed.into_iter().filter(|status| *status < 400) {
        let description = "`true`, if this is the response to an earlier request with the same `Idempotency-Key`.";
        to.response_header(status, "Idempotency-Replayed", description);
    }
    for (error, description) in [
        (
            Rejection::unlogged(&rejection::malformed()),
            "The `Idempotency-Key` is malformed.",
        ),
        (
            Rejection::unlogged(&rejection::in_progress()),
            "The first request with this `Idempotency-Key` is in progress.",
        ),
        (
            Rejection::unlogged(&rejection::of_another_request()),
            "The `Idempotency-Key` was used for another request.",
        ),
        (
            Rejection::unlogged(&rejection::unavailable(rejection::STORE_FAILED)),
            "The `Idempotency-Key` cannot be looked up now.",
        ),
    ] {
        let status = error.status(&to.notes.policy.statuses).as_u16();
        to.rejection(status, Some(&error), description);
    }
    for status in [409, 503] {
        to.retry_after(status);
    }
    if to.notes.bodies > 0 {
        to.too_large();
    }
}

fn parameter() -> Parameter {
    let pattern = format!("^[!-~]{{1,{LONGEST_KEY}}}$");
    let schema = Schema(json!({"type": "string", "pattern": pattern}));
    let description = "A key that the client chooses for this request, such as a UUID. A request that is sent again with the \
                       same key is processed once.";
    let mut parameter = Parameter::new("Idempotency-Key", ParameterLocation::Header, schema);
    parameter.description = Some(description.to_owned());
    parameter
}
