//! The document and the docs page, as they are served. Nothing here knows what
//! is in the document; that is `build/`'s business.

mod file;
mod places;
mod published;
mod site;

pub(crate) use places::Places;
pub(crate) use published::Published;
