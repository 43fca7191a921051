//! The shutdown of the server, as handlers and streams learn of it.

use std::{
    future::{Ready, ready},
    pin::Pin,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use tokio::sync::watch;

use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The future of a shutdown that begins.
pub(crate) type ShutdownFuture = Pin<Box<dyn Future<Output = ()>>>;

/// The shutdown of the server: from its beginning on no new connection is accepted, and the server waits for the responses
/// that are not complete. A response that would last longer learns of it here, and ends.
///
/// An [`EventStream`](crate::reply::EventStream) ends by itself. As an extractor it is the shutdown of the server that
/// `purlin-app` runs; elsewhere it is the one in the data of the `App`, and without any it never begins:
///
/// ```
/// use actix_web::App;
/// use futures_util::{StreamExt, stream};
/// use purlin_router::{Registry, extract::Shutdown, get, reply::JsonLines, schema};
///
/// #[schema(response)]
/// struct Tick {
///     number: u32,
/// }
///
/// /// Sends ticks until the client leaves, or the server shuts down.
/// #[get("/ticks")]
/// async fn get_ticks(shutdown: Shutdown) -> JsonLines<Tick> {
///     let ticks = stream::iter(0..).map(|number| Tick { number });
///     JsonLines::new(ticks.take_until(shutdown.begun()))
/// }
///
/// let api = Registry::new("Ticks", "1").operation(get_ticks).build().unwrap();
/// let shutdown = Shutdown::new();
/// let app = App::new().app_data(shutdown.clone()).service(api);
/// // Later, before the server is stopped:
/// shutdown.begin();
/// # let _ = app;
/// ```
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    /// Returns a shutdown that has not begun. Its clones are the same one, on all threads.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Begins the shutdown.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Returns whether the shutdown has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns a future that completes when the shutdown begins, or has begun.
    pub fn begun(&self) -> Pin<Box<dyn Future<Output = ()>>> {
        // The sender lives as long as the future, so that it does not complete for want of one.
        let sender = self.0.clone();
        Box::pin(async move {
            let mut receiver = sender.subscribe();
            let _ = receiver.wait_for(|has_begun| *has_begun).await;
        })
    }

    fn of(request: &HttpRequest) -> Self {
        request.app_data::<Self>().cloned().unwrap_or_default()
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

#[diagnostic::do_not_recommend]
impl Extractor for Shutdown {
    fn describe(_: &mut OperationBuilder<'_>) {}

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        Ok(Self::of(context.request()))
    }
}

impl FromRequest for Shutdown {
    type Error = Rejection;
    type Future = Ready<Result<Self, Rejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
