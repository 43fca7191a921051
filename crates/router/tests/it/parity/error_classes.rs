//! The 25 error classes: their statuses and default messages.

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use purlin_router::{
    ApiError, Operation,
    error::http::{
        BadGateway, BadRequest, Conflict, ContentTooLarge, ExpectationFailed, Forbidden,
        GatewayTimeout, Gone, InternalServerError, LengthRequired, MethodNotAllowed, NotAcceptable,
        NotFound, NotImplemented, PaymentRequired, PreconditionFailed, ProxyAuthenticationRequired,
        RangeNotSatisfiable, RequestTimeout, ServiceUnavailable, TooManyRequests, Unauthorized,
        UnprocessableContent, UnsupportedMediaType, UriTooLong,
    },
    reply::NoContent,
};
use serde_json::json;

use super::{assert_response, client, document, only, rebar};

macro_rules! classes {
    ($($name:ident $class:ident $status:literal $message:literal;)+) => {$(
        /// kept: status and message.
        #[test]
        fn $name() {
            async fn fail() -> Result<NoContent, $class> {
                Err($class::default())
            }
            let response = only(Operation::get("/", fail)).get("/").send();
            assert_response(&response, $status, &json!({"message": $message}));
        }
    )+};
}

classes! {
    bad_request BadRequest 400 "Bad Request";
    unauthorized Unauthorized 401 "Unauthorized";
    payment_required PaymentRequired 402 "Payment Required";
    forbidden Forbidden 403 "Forbidden";
    not_found NotFound 404 "Not Found";
    method_not_allowed MethodNotAllowed 405 "Method Not Allowed";
    not_acceptable NotAcceptable 406 "Not Acceptable";
    proxy_authentication_required ProxyAuthenticationRequired 407 "Proxy Authentication Required";
    request_timeout RequestTimeout 408 "Request Timeout";
    conflict Conflict 409 "Conflict";
    gone Gone 410 "Gone";
    length_required LengthRequired 411 "Length Required";
    precondition_failed PreconditionFailed 412 "Precondition Failed";
    request_entity_too_large ContentTooLarge 413 "Request Entity Too Large";
    request_uri_too_long UriTooLong 414 "Request URI Too Long";
    unsupported_media_type UnsupportedMediaType 415 "Unsupported Media Type";
    requested_range_not_satisfiable RangeNotSatisfiable 416 "Requested Range Not Satisfiable";
    expectation_failed ExpectationFailed 417 "Expectation Failed";
    unprocessable_entity UnprocessableContent 422 "Unprocessable Entity";
    too_many_requests TooManyRequests 429 "Too Many Requests";
    internal_error InternalServerError 500 "Internal Server Error";
    not_implemented NotImplemented 501 "Not Implemented";
    bad_gateway BadGateway 502 "Bad Gateway";
    service_unavailable ServiceUnavailable 503 "Service Unavailable";
    gateway_timeout GatewayTimeout 504 "Gateway Timeout";
}

/// kept: `HttpJsonError` is a base for custom classes.
/// corrected: the document lists their responses.
#[test]
fn custom_error_is_sent_and_documented() {
    /// There is no room.
    #[derive(Debug, thiserror::Error, ApiError)]
    #[error("no room at table {0}")]
    #[status(409)]
    struct Full(u8);
    async fn fail() -> Result<NoContent, Full> {
        Err(Full(12))
    }
    let registry = rebar().operation(Operation::get("/", fail));
    let response = client(&registry).get("/").send();
    assert_response(&response, 409, &json!({"message": "no room at table 12"}));
    assert!(document(&registry)["paths"]["/"]["get"]["responses"]["409"].is_object());
}

/// corrected: errors may have headers, which the original does not support.
#[test]
fn error_may_have_headers() {
    async fn fail() -> Result<NoContent, TooManyRequests> {
        Err(TooManyRequests::default().header(RETRY_AFTER, HeaderValue::from_static("5")))
    }
    let response = only(Operation::get("/", fail)).get("/").send();
    assert_eq!(response.header("retry-after"), Some("5"));
}

/// corrected: from status 500 up the client receives the reason phrase, and the
/// log has the message.
#[test]
fn messages_of_server_errors_are_not_sent_to_clients() {
    async fn fail() -> Result<NoContent, BadGateway> {
        Err(BadGateway::new("10.0.0.1 is unavailable"))
    }
    let response = only(Operation::get("/", fail)).get("/").send();
    assert_response(&response, 502, &json!({"message": "Bad Gateway"}));
}
