//! The replies other than a 200 with JSON (`json.rs`): other statuses, redirects, text, pages, bytes, files, events, and one
//! for responders without a description.

mod accepted;
mod binary;
mod cookies;
mod created;
mod download;
mod html;
mod json_as;
mod location;
mod negotiated;
mod no_content;
mod opaque;
mod redirect;
pub(crate) mod reply;
mod status;
mod streams;
mod tagged;
mod text;
mod with_headers;

pub use accepted::Accepted;
pub use binary::Binary;
pub use cookies::{SameSite, SetCookie, WithCookies};
pub use created::Created;
pub use download::Download;
pub use html::Html;
pub use json_as::JsonAs;
pub use negotiated::{Negotiated, Representation, Representations, Writers};
pub use no_content::NoContent;
pub use opaque::Opaque;
pub use redirect::{
    Found, MovedPermanently, PermanentRedirect, Redirect, SeeOther, TemporaryRedirect,
};
pub use reply::Reply;
pub use status::Status;
pub use streams::{Event, EventStream, JsonLines};
pub use tagged::Tagged;
pub use text::Text;
pub(crate) use with_headers::HeaderLines;
pub use with_headers::WithHeaders;
