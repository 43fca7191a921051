//! The document and the docs page, as they are served. Nothing here knows what
//! is in the document; that is `build/`'s business.

#[cfg(feature = "compression")]
mod compressed;
mod file;
mod html;
mod not_found;
#[cfg(feature = "swagger-ui")]
mod options;
mod places;
mod published;
#[cfg(feature = "swagger-ui")]
mod site;
#[cfg(not(feature = "swagger-ui"))]
#[path = "no_site.rs"]
mod site;
#[cfg(not(feature = "compression"))]
mod uncompressed;

#[cfg(feature = "swagger-ui")]
pub use options::DocsPage;
pub(crate) use places::Places;
pub(crate) use published::Published;
