//! The guide: how a service is written, one module a page.
//!
//! The pages are those of `docs/guide` in the repository, where they can be read as well.

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/operations.md")]
pub mod operations {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/parameters.md")]
pub mod parameters {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/schemas.md")]
pub mod schemas {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/bodies.md")]
pub mod bodies {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/responses.md")]
pub mod responses {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/uploads-and-streams.md")]
pub mod uploads_and_streams {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/errors.md")]
pub mod errors {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/pagination.md")]
pub mod pagination {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/authentication.md")]
pub mod authentication {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/authorization.md")]
pub mod authorization {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/state.md")]
pub mod state {}

// Its examples take sqlx, so the tests of purlin-conduit compile them.
#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[cfg_attr(not(doctest), doc = include_str!("../../guide/database.md"))]
pub mod database {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/settings.md")]
pub mod settings {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/middleware.md")]
pub mod middleware {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/background-work.md")]
pub mod background_work {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/tracing.md")]
pub mod tracing {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/front-ends.md")]
pub mod front_ends {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/extractors-and-replies.md")]
pub mod extractors_and_replies {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/testing.md")]
pub mod testing {}

#[cfg_attr(not(doctest), doc = include_str!("links.md"))]
#[doc = include_str!("../../guide/versioning.md")]
pub mod versioning {}
