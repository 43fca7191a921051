//! The replies other than a 200 with JSON (`json.rs`): 201, 202, 204, text, bytes,
//! files, events, and one for responders without a description.

mod accepted;
mod binary;
mod created;
mod download;
mod events;
mod no_content;
mod opaque;
pub(crate) mod reply;
mod text;
mod with_headers;

pub use accepted::Accepted;
pub use binary::Binary;
pub use created::Created;
pub use download::Download;
pub use events::{Event, EventStream};
pub use no_content::NoContent;
pub use opaque::Opaque;
pub use reply::Reply;
pub use text::Text;
pub use with_headers::WithHeaders;
pub(crate) use with_headers::text as header_text;
