//! Everything that is answered instead of a reply: why (a [`Rejection`], an
//! [`ApiError`]) and how it looks (an [`ErrorStyle`]).

mod api_error;
mod foreign;
pub mod http;
mod rejection;
mod style;

pub use api_error::{ApiError, ErrorResponse};
pub(crate) use foreign::Foreign;
pub use rejection::Rejection;
pub(crate) use rejection::{Broken, Reason};
pub use style::{CustomStyle, ErrorFormat, ErrorParts, ErrorStyle, Problem, RebarError};
