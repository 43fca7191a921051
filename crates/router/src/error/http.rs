//! The standard HTTP errors: one type per status, so a handler's signature says
//! which statuses it can fail with.
//!
//! ```
//! use purlin_router::{Json, error::http::NotFound, schemas::Message};
//!
//! async fn get_todo() -> Result<Json<Message>, NotFound> {
//!     Err(NotFound::new("there is no such todo"))
//! }
//! ```

use std::borrow::Cow;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{ApiError, ErrorResponse, Rejection, policy::DEFAULT_POLICY};

/// The additional members and headers of an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Extras {
    additional: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

macro_rules! http_errors {
    ($($name:ident $status:ident $code:literal $reason:literal;)+) => {
        /// Returns the code of an error that has no code of its own.
        pub(crate) fn code(status: StatusCode) -> &'static str {
            match status {
                $(StatusCode::$status => $code,)+
                _ => "error",
            }
        }

    $(
        #[doc = concat!("`", stringify!($status), "`: ", $reason, " (RFC 9110 section 15, RFC 6585).")]
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[error("{message}")]
        pub struct $name {
            message: Cow<'static, str>,
            extras: Option<Box<Extras>>,
        }

        impl $name {
            /// Returns the error with a message of its own. From status 500 up the
            /// message goes to the log and the client reads the reason phrase.
            pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
                Self { message: message.into(), extras: None }
            }

            /// Adds a member to the error's body, as Flask-Rebar's
            /// `additional_data`. A value that JSON cannot hold is left out.
            #[must_use]
            pub fn with(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
                if let Ok(value) = serde_json::to_value(value) {
                    self.extras.get_or_insert_default().additional.insert(name.into(), value);
                }
                self
            }

            /// Adds a header, such as `Retry-After` or `WWW-Authenticate`.
            #[must_use]
            pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
                self.extras.get_or_insert_default().headers.push((name, value));
                self
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new($reason)
            }
        }

        impl ApiError for $name {
            fn responses() -> Vec<ErrorResponse> {
                vec![ErrorResponse::new(StatusCode::$status.as_u16(), $code, $reason)]
            }

            fn status(&self) -> StatusCode {
                StatusCode::$status
            }

            fn code(&self) -> &'static str {
                $code
            }

            fn additional(&self) -> Map<String, Value> {
                self.extras.as_ref().map(|extras| extras.additional.clone()).unwrap_or_default()
            }

            fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
                self.extras.as_ref().map(|extras| extras.headers.clone()).unwrap_or_default()
            }
        }

        impl ResponseError for $name {
            fn status_code(&self) -> StatusCode {
                StatusCode::$status
            }

            fn error_response(&self) -> HttpResponse {
                DEFAULT_POLICY.render(&Rejection::api(self))
            }
        }
    )+};
}

http_errors! {
    BadRequest BAD_REQUEST "bad_request" "Bad Request";
    Unauthorized UNAUTHORIZED "unauthorized" "Unauthorized";
    PaymentRequired PAYMENT_REQUIRED "payment_required" "Payment Required";
    Forbidden FORBIDDEN "forbidden" "Forbidden";
    NotFound NOT_FOUND "not_found" "Not Found";
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed" "Method Not Allowed";
    NotAcceptable NOT_ACCEPTABLE "not_acceptable" "Not Acceptable";
    ProxyAuthenticationRequired PROXY_AUTHENTICATION_REQUIRED "proxy_authentication_required" "Proxy Authentication Required";
    RequestTimeout REQUEST_TIMEOUT "request_timeout" "Request Timeout";
    Conflict CONFLICT "conflict" "Conflict";
    Gone GONE "gone" "Gone";
    LengthRequired LENGTH_REQUIRED "length_required" "Length Required";
    PreconditionFailed PRECONDITION_FAILED "precondition_failed" "Precondition Failed";
    ContentTooLarge PAYLOAD_TOO_LARGE "content_too_large" "Content Too Large";
    UriTooLong URI_TOO_LONG "uri_too_long" "URI Too Long";
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "Unsupported Media Type";
    RangeNotSatisfiable RANGE_NOT_SATISFIABLE "range_not_satisfiable" "Range Not Satisfiable";
    ExpectationFailed EXPECTATION_FAILED "expectation_failed" "Expectation Failed";
    UnprocessableContent UNPROCESSABLE_ENTITY "unprocessable_content" "Unprocessable Content";
    TooManyRequests TOO_MANY_REQUESTS "too_many_requests" "Too Many Requests";
    RequestHeaderFieldsTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "request_header_fields_too_large" "Request Header Fields Too Large";
    InternalServerError INTERNAL_SERVER_ERROR "internal_server_error" "Internal Server Error";
    NotImplemented NOT_IMPLEMENTED "not_implemented" "Not Implemented";
    BadGateway BAD_GATEWAY "bad_gateway" "Bad Gateway";
    ServiceUnavailable SERVICE_UNAVAILABLE "service_unavailable" "Service Unavailable";
    GatewayTimeout GATEWAY_TIMEOUT "gateway_timeout" "Gateway Timeout";
}
