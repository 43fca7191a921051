//! The document and the docs page, as they are served. Nothing here knows what
//! is in the document; that is `build/`'s business.

#[cfg(feature = "compression")]
mod compressed;
mod file;
mod places;
mod published;
#[cfg(feature = "swagger-ui")]
mod site;
#[cfg(not(feature = "swagger-ui"))]
#[path = "no_site.rs"]
mod site;
#[cfg(not(feature = "compression"))]
mod uncompressed;

pub(crate) use places::Places;
pub(crate) use published::Published;
