//! Cross-Origin Resource Sharing: actix-cors, configured by the settings. It responds to preflight requests by itself,
//! before anything is counted. What it rejects gets a body in the error style.

use std::{
    future::{Ready, ready},
    rc::Rc,
    task::{Context, Poll},
};

use actix_cors::{CorsError, CorsMiddleware};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::{Method, header::HeaderName},
};
use futures_util::FutureExt;
use purlin_router::error::http::BadRequest;

use super::{
    error::MiddlewareError, error_styles::ErrorStyles, reject_reason::RejectReason,
    rejection::MiddlewareRejection, transform::LocalBoxFuture,
};
use crate::settings::{self, CorsSettings};

/// Every origin or header, in a list of them.
const ALL: &str = "*";

/// Allows pages of other origins to use the API from a browser.
///
/// ```
/// use purlin_app::{CorsSettings, middleware::{Cors, MiddlewareError}};
///
/// # fn main() -> Result<(), MiddlewareError> {
/// let mut settings = CorsSettings::default();
/// settings.origins.push("https://app.example.org".to_owned());
/// let app = actix_web::App::new().wrap(Cors::new(&settings)?);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cors {
    settings: CorsSettings,
    styles: ErrorStyles,
}

impl Cors {
    /// Takes the origins, and what their pages may do. Without an origin, no page may do anything.
    ///
    /// # Errors
    ///
    /// A text is not an origin, a method or the name of a header field; or credentials are allowed for all origins.
    pub fn new(settings: &CorsSettings) -> Result<Self, MiddlewareError> {
        if settings.credentials && settings.origins.iter().any(|origin| origin == ALL) {
            return Err(MiddlewareError::CredentialsForAllOrigins);
        }
        for origin in &settings.origins {
            if let Some(reason) = settings::origin_error(origin) {
                return Err(MiddlewareError::Origin { reason });
            }
        }
        for method in &settings.methods {
            if method.parse::<Method>().is_err() {
                let value = method.clone();
                return Err(MiddlewareError::Method { value });
            }
        }
        for (setting, names) in [
            ("cors.headers", &settings.headers),
            ("cors.exposed_headers", &settings.exposed_headers),
        ] {
            for name in names {
                if name != ALL && name.parse::<HeaderName>().is_err() {
                    let value = name.clone();
                    return Err(MiddlewareError::HeaderName { setting, value });
                }
            }
        }
        Ok(Self {
            settings: settings.clone(),
            styles: ErrorStyles::default(),
        })
    }

    /// Sets the error styles of the responses.
    #[must_use]
    pub fn error_styles(mut self, styles: ErrorStyles) -> Self {
        self.styles = styles;
        self
    }

    /// Returns the middleware of actix-cors, which belongs to one thread.
    pub(super) fn build(&self) -> actix_cors::Cors {
        let settings = &self.settings;
        let mut cors = actix_cors::Cors::default()
            .block_on_origin_mismatch(false)
            .allowed_methods(settings.methods.iter().map(String::as_str))
            .max_age(settings.max_age.to_usize());
        cors = if settings.origins.iter().any(|origin| origin == ALL) {
            cors.allow_any_origin().send_wildcard()
        } else {
            let origins = settings.origins.iter();
            origins.fold(cors, |cors, origin| cors.allowed_origin(origin))
        };
        cors = if settings.headers.iter().any(|name| name == ALL) {
            cors.allow_any_header()
        } else {
            cors.allowed_headers(settings.headers.iter().map(String::as_str))
        };
        if !settings.exposed_headers.is_empty() {
            cors = cors.expose_headers(settings.exposed_headers.iter().map(String::as_str));
        }
        if settings.credentials {
            cors = cors.supports_credentials();
        }
        cors
    }
}

/// Renders a rejection of actix-cors in the error style. Any other response is returned as it is.
pub(super) async fn render_rejection(
    response: ServiceResponse,
    styles: &ErrorStyles,
) -> ServiceResponse {
    let error = response.response().error();
    let error = error.and_then(|error| error.as_error::<CorsError>().map(ToString::to_string));
    let Some(message) = error else {
        return response;
    };
    let (request, rejected) = response.into_parts();
    let rejection = MiddlewareRejection::new(RejectReason::Cors, &BadRequest::new(message));
    let request = ServiceRequest::from_request(request);
    let mut response = styles.respond(rejection, request).await;
    for (name, value) in rejected.headers() {
        if !response.headers().contains_key(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = CorsService<S>;
    type InitError = ();
    type Future = Ready<Result<CorsService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        // What actix-cors returns is ready.
        let service = self.build().new_transform(service).now_or_never();
        let styles = self.styles.clone();
        ready(match service {
            Some(Ok(service)) => Ok(CorsService {
                service,
                styles: Rc::new(styles),
            }),
            Some(Err(())) | None => Err(()),
        })
    }
}

/// A service behind [`Cors`].
pub struct CorsService<S> {
    service: CorsMiddleware<S>,
    styles: Rc<ErrorStyles>,
}

impl<S, B> Service<ServiceRequest> for CorsService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = LocalBoxFuture<Result<ServiceResponse, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let response = self.service.call(request);
        let styles = Rc::clone(&self.styles);
        Box::pin(async move {
            let response = response.await?.map_into_boxed_body();
            if response.response().error().is_none() {
                return Ok(response);
            }
            Ok(render_rejection(response, &styles).await)
        })
    }
}
