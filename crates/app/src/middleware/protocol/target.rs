//! The target of a request and its `Host`: RFC 9112 sections 3.2 and 3.3, RFC 9110 sections 4.2 and 9.3.7.

use actix_web::{
    dev::ServiceRequest,
    http::{Method, Version},
};
use purlin_router::{error::http::BadRequest, middleware::MiddlewareDescription};

use crate::middleware::{reject_reason::RejectReason, rejection::MiddlewareRejection};

/// The target of a request about the server as a whole.
const ASTERISK: &str = "*";

const INVALID_HOST: &str = "`Host` is not a host name or address with an optional port";

/// Rejects a request whose `Host` or target is invalid.
pub(in crate::middleware) fn check(
    request: &ServiceRequest,
    has_invalid_host: bool,
) -> Result<(), MiddlewareRejection> {
    if has_invalid_host {
        return Err(invalid(INVALID_HOST));
    }
    let uri = request.uri();
    if let Some(authority) = uri.authority() {
        if authority.as_str().contains('@') {
            return Err(invalid("the target has user information"));
        }
        let has_authority_alone = uri.scheme().is_none() && request.version() < Version::HTTP_2;
        if has_authority_alone && request.method() != Method::CONNECT {
            return Err(invalid(
                "the target is an authority, which only CONNECT may have",
            ));
        }
    }
    if request.path() == ASTERISK && request.method() != Method::OPTIONS {
        return Err(invalid("the target is `*`, which only OPTIONS may have"));
    }
    Ok(())
}

/// Returns whether a request is about the server as a whole: `OPTIONS *`.
pub(in crate::middleware) fn is_of_server(request: &ServiceRequest) -> bool {
    request.path() == ASTERISK
}

/// Describes the rejection of a request whose `Host` or target is invalid.
pub(in crate::middleware) fn describe(operation: &mut MiddlewareDescription<'_>) {
    let error = BadRequest::new(INVALID_HOST);
    operation.error(&error, "`Host` or the target is invalid.", []);
}

#[cold]
fn invalid(message: &'static str) -> MiddlewareRejection {
    let error = BadRequest::new(message);
    // What sent it may frame requests differently too.
    MiddlewareRejection::new(RejectReason::InvalidTarget, &error).close_connection()
}
