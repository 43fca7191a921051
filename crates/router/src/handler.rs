//! What an operation can call.

use std::future::Future;

/// An async function of up to twelve [extractors](crate::extract::Extractor) that returns a [reply](crate::Reply), or any
/// other handler actix-web takes.
// A trait of ours, since actix's does not say what to do where it is not met.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is an async function that takes up to twelve arguments: write `async fn`, or `async || …`"
)]
pub trait Handler<A>: Clone + 'static {
    /// The reply.
    type Output;

    /// Calls the handler.
    fn call(&self, arguments: A) -> impl Future<Output = Self::Output>;
}

#[diagnostic::do_not_recommend]
impl<F: actix_web::Handler<A>, A> Handler<A> for F {
    type Output = F::Output;

    fn call(&self, arguments: A) -> impl Future<Output = F::Output> {
        actix_web::Handler::call(self, arguments)
    }
}
