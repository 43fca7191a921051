//! The id of the request that a task works on, so that every line logged meanwhile carries it.

use std::future::Future;

use actix_web::http::header::HeaderValue;

tokio::task_local! {
    /// The id of the request that is being processed.
    static CURRENT: Option<HeaderValue>;
}

/// The id of a request, if it has one.
pub(crate) struct RequestId(pub(crate) Option<HeaderValue>);

impl RequestId {
    /// Returns `future` such that lines logged by it carry this id.
    pub(crate) fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.0, future)
    }
}

/// Calls `then` with the id of the request being processed. A task spawned by a handler has none.
pub(super) fn with_current_id<R>(then: impl FnOnce(Option<&str>) -> R) -> R {
    let id = CURRENT.try_with(Clone::clone).ok().flatten();
    then(id.as_ref().and_then(|id| id.to_str().ok()))
}
