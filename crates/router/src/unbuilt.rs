//! A registry in place of a router: an implementation that never holds, for the message of the compiler.

use actix_web::dev::{AppService, HttpServiceFactory};

use crate::registry::Registry;

/// Holds of no registry, so that the compiler says what to do with one that was not built.
// With a lifetime, as the compiler rejects a bound without parameters that does not hold where it is declared.
#[diagnostic::on_unimplemented(
    message = "a `Registry` serves no requests before it is built",
    label = "not built",
    note = "`Registry::build` checks it and returns the `Router` to pass: `.service(registry.build()?)`"
)]
pub trait Built<'a> {}

#[doc(hidden)]
impl HttpServiceFactory for Registry
where
    for<'a> Self: Built<'a>,
{
    fn register(self, _: &mut AppService) {}
}
