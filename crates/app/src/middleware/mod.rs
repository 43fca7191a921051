//! The built-in middleware.
//!
//! A program made with [`run`](crate::run) has all of it in one service, configured by the settings. In an actix-web `App`
//! of your own, wrap what you need: each of these types is a [`Transform`](actix_web::dev::Transform).
//!
//! | type | what it does | status of a rejection |
//! |---|---|---|
//! | [`ProtocolRules`] | the rules of HTTP that actix-web leaves to the application | 400 |
//! | [`AccessLog`] | request id, access log | |
//! | [`Cors`] | Cross-Origin Resource Sharing | 400 |
//! | [`SecurityHeaders`] | security headers of responses | |
//! | [`SizeLimits`] | sizes of target, header fields and body | 414, 431, 413 |
//! | [`TrustedProxies`] | the client's address behind proxies | |
//! | [`RateLimit`] | requests per client and window | 429 |
//! | [`ConcurrencyLimit`] | load shedding | 503 |
//! | [`Compression`] | gzip and brotli | |
//! | [`ConditionalRequests`] | `ETag` and 304 | |
//! | [`TimeLimit`] | the time a handler may take | 504 |
//!
//! actix-web runs the middleware that is wrapped last first, so wrap them from the bottom of this table to its top. Those
//! with state ([`RateLimit`], [`ConcurrencyLimit`]) share it between their clones: create them outside of the factory of
//! `HttpServer::new`, and clone them inside.
//!
//! Idempotency keys are no middleware: a key belongs to the caller that an operation's authenticators identify. They are set on
//! a registry: [`Registry::idempotency`](purlin_router::Registry::idempotency).
//!
//! ```
//! use actix_web::{App, HttpResponse, web};
//! use purlin_app::{
//!     Bounded, LimitSettings, RateLimitSettings,
//!     middleware::{AccessLog, MiddlewareError, RateLimit, SizeLimits},
//! };
//!
//! # fn main() -> Result<(), MiddlewareError> {
//! let mut rates = RateLimitSettings::default();
//! rates.per_address = Bounded::of::<100>();
//! let rate_limit = RateLimit::new(&rates)?;
//! let sizes = SizeLimits::new(&LimitSettings::default());
//! let access_log = AccessLog::new();
//! // In `HttpServer::new(move || { … })`:
//! let app = App::new()
//!     .wrap(rate_limit.clone())
//!     .wrap(sizes.clone())
//!     .wrap(access_log.clone())
//!     .route("/", web::get().to(HttpResponse::Ok));
//! # let _ = app;
//! # Ok(())
//! # }
//! ```
//!
//! A rejected request gets a response in the error style of the registry whose paths it asks for, if the middleware knows
//! one ([`ErrorStyles`]), and problem details (RFC 9457) otherwise. The extensions of that response have a [`RejectReason`].

mod access;
mod client_address;
mod compression;
mod concurrency_limit;
mod conditional;
mod cors;
mod document;
mod error;
mod error_styles;
mod header_summary;
mod host;
mod kept_body;
mod protocol;
mod proxies;
mod rate_limit;
mod reject_reason;
mod rejection;
mod security_headers;
mod size_limits;
mod stack;
mod time_limit;
mod transform;

pub use self::{
    access::AccessLog, client_address::ClientAddress, compression::Compression,
    concurrency_limit::ConcurrencyLimit, conditional::ConditionalRequests, cors::Cors,
    error::MiddlewareError, error_styles::ErrorStyles, protocol::ProtocolRules,
    proxies::TrustedProxies, rate_limit::RateLimit, reject_reason::RejectReason,
    security_headers::SecurityHeaders, size_limits::SizeLimits, time_limit::TimeLimit,
};
pub(crate) use self::{
    access::{RequestIdGenerator, RequestRecorder},
    document::DocumentedMiddleware,
    stack::{MiddlewareParts, MiddlewareStack},
};

/// The examples of the documentation, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/middleware.md")]
struct Documentation;
