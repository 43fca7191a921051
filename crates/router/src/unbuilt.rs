//! A registry in place of a router: an implementation that never holds, for the message of the compiler.

use std::marker::PhantomData;

use actix_web::dev::{AppService, HttpServiceFactory};

use crate::registry::Registry;

/// A registry that was not built.
// It has a lifetime, as the compiler rejects a bound without parameters that does not hold where it is declared.
#[derive(Debug)]
pub struct Unbuilt<'a>(PhantomData<&'a Registry>);

/// Holds of no registry, so that the compiler says what to do with one that was not built.
#[diagnostic::on_unimplemented(
    message = "a `Registry` serves no requests before it is built",
    label = "not built",
    note = "`Registry::build` checks it and returns the `Router` to pass: `.service(registry.build()?)`"
)]
pub trait Serves {}

#[doc(hidden)]
impl HttpServiceFactory for Registry
where
    for<'a> Unbuilt<'a>: Serves,
{
    fn register(self, _: &mut AppService) {}
}
