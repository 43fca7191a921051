//! Error responses: their reasons (a [`Rejection`], an [`ApiError`]) and their
//! form (an [`ErrorStyle`]).

mod api_error;
mod foreign;
pub mod http;
pub(crate) mod policy;
mod reason_phrase;
mod rejection;
mod response;
mod statuses;
mod style;
mod unexpected;

pub use api_error::ApiError;
pub(crate) use foreign::ForeignError;
pub use purlin_macros::ApiError;
pub(crate) use reason_phrase::reason_phrase;
pub use rejection::Rejection;
#[cfg(feature = "jwt")]
pub(crate) use rejection::chain;
pub(crate) use rejection::{BrokenRules, Reason, content_too_large};
pub(crate) use response::Carried;
pub use response::ErrorResponse;
pub use style::{ErrorFormat, ErrorParts, ErrorStyle, Problem, RebarError};
pub use unexpected::Unexpected;
