//! The replies that are not a plain 200 with JSON (`extract/json.rs`): 201,
//! 202, 204, and the door for replies that describe nothing.

mod accepted;
mod created;
mod no_content;
mod opaque;
mod with_headers;

pub use accepted::Accepted;
pub use created::Created;
pub use no_content::NoContent;
pub use opaque::Opaque;
pub use with_headers::WithHeaders;
