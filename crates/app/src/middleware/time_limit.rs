//! The time limit of plain actix handlers. Operations of a registry have one of their own, which distinguishes a late body (408)
//! from a slow handler (504): `Registry::time_limit`.

use std::time::Duration;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    rt::time::timeout,
};
use purlin_router::{
    error::http::GatewayTimeout,
    middleware::{DescribeMiddleware, MiddlewareDescription},
};

use super::transform::{Stage, transform};

/// Rejects a request with 504 when no response has started after a time.
///
/// The handler is cancelled at its next `.await`; blocking code is not interrupted. The response is an actix error, since
/// the request is gone with its handler: middleware outside of this one receives it as `Err`, and its body is problem
/// details.
///
/// ```
/// use std::time::Duration;
///
/// use purlin_app::middleware::TimeLimit;
///
/// let app = actix_web::App::new().wrap(TimeLimit::new(Duration::from_secs(30)));
/// # let _ = app;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TimeLimit(Duration);

impl TimeLimit {
    /// Takes the time from the arrival of a request to the start of its response.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self(limit)
    }
}

impl DescribeMiddleware for TimeLimit {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        let description = "The operation was not done in time and was cancelled.";
        // The message of an error that actix-web sends is the reason phrase.
        operation.error(&GatewayTimeout::default(), description, []);
    }
}

impl Stage for TimeLimit {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        match timeout(self.0, service.call(request)).await {
            Ok(response) => Ok(response?.map_into_boxed_body()),
            Err(_) => Err(GatewayTimeout::new("the request took too long").into()),
        }
    }
}

transform!(TimeLimit);
