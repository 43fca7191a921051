//! Conditional requests: a JSON response gets a strong `ETag`, and a client that already has it gets 304 (RFC 9110 section
//! 13). A tag that the handler has set itself, strong or weak, is compared in the same way.
//!
//! `If-Match` of requests that change something is not evaluated here: only the handler knows the current state, and can
//! keep it from changing meanwhile. `purlin_router::extract::Preconditions` compares it with the same tag in handlers.

use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_router::{
    __app,
    middleware::{DescribeMiddleware, MiddlewareDescription},
    openapi::{Parameter, ParameterLocation, Schema},
    reply::EntityTag,
};
use serde_json::json;

use super::{
    compression::media_type,
    document,
    transform::{Stage, transform},
};
use crate::settings::ConditionalSettings;

/// Adds an `ETag` to JSON responses of GET requests, and responds 304 to `If-None-Match`.
///
/// [`ConditionalSettings::enabled`] is for programs made with [`run`](crate::run), and ignored here.
///
/// ```
/// use purlin_app::{ConditionalSettings, middleware::ConditionalRequests};
///
/// let settings = ConditionalSettings::default();
/// let app = actix_web::App::new().wrap(ConditionalRequests::new(&settings));
/// # let _ = app;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ConditionalRequests {
    maximum: u64,
}

impl ConditionalRequests {
    /// Takes the size of the largest body that gets an `ETag`.
    #[must_use]
    pub fn new(settings: &ConditionalSettings) -> Self {
        Self {
            maximum: u64::from(settings.maximum),
        }
    }

    pub(super) fn apply(&self, response: ServiceResponse) -> ServiceResponse {
        let is_safe = matches!(*response.request().method(), Method::GET | Method::HEAD);
        if !is_safe || response.status() != StatusCode::OK {
            return response;
        }
        let (mut response, tag) = match response.headers().get(header::ETAG) {
            Some(own) => {
                let tag = EntityTag::parse(own);
                (response, tag)
            }
            None => self.tagged(response),
        };
        let Some(tag) = tag else { return response };
        if tag.is_in_if_none_match(response.request().headers()) != Some(true) {
            return response;
        }
        *response.response_mut().status_mut() = StatusCode::NOT_MODIFIED;
        for representation_header in [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
        ] {
            response.headers_mut().remove(representation_header);
        }
        response.map_body(|_, _| BoxBody::new(()))
    }

    /// Adds the tag of the body, if that is JSON in memory and not too long. A response to HEAD has no body to hash.
    fn tagged(&self, response: ServiceResponse) -> (ServiceResponse, Option<EntityTag>) {
        let is_short = matches!(response.response().body().size(), BodySize::Sized(size) if size <= self.maximum);
        if !is_short || response.request().method() != Method::GET || !is_json(&response) {
            return (response, None);
        }
        let mut tag = None;
        let mut response = response.map_body(|_, body| match body.try_into_bytes() {
            Ok(bytes) => {
                tag = Some(EntityTag::of_bytes(&bytes));
                BoxBody::new(bytes)
            }
            Err(stream) => stream,
        });
        if let Some(value) = tag
            .as_ref()
            .and_then(|tag| HeaderValue::from_str(tag.as_str()).ok())
        {
            let headers = response.headers_mut();
            headers.insert(header::ETAG, value);
            if !headers.contains_key(header::CACHE_CONTROL) {
                // The client may store it, and has to revalidate it every time. Shared caches may not: they cannot know every
                // credential that it was sent for (RFC 9111 sections 3.5, 5.2.2.7).
                headers.insert(
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("private, no-cache"),
                );
            }
        }
        (response, tag)
    }
}

impl DescribeMiddleware for ConditionalRequests {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        let ok = operation.operation().responses.get("200");
        let may_have_tag = ok.is_some_and(|ok| {
            let is_json = |name: &String| name == "*/*" || __app::media_type::is_json(name);
            ok.headers.contains_key("ETag") || ok.content.keys().any(is_json)
        });
        if *operation.info().method() != Method::GET || !may_have_tag {
            return;
        }
        let tag = "\"a3c90e3b7448d23d9eacebd0ebf15cae\"";
        let schema = Schema(json!({"type": "string"}));
        let mut parameter = Parameter::new("If-None-Match", ParameterLocation::Header, schema);
        let description = "The entity tags of what the client has. If the response has one of them, it is a 304 without a body.";
        parameter.description = Some(description.to_owned());
        parameter.example = Some(tag.into());
        operation.parameter(parameter);
        let header = document::text("The entity tag of the response.", tag);
        operation.response_header_of(StatusCode::OK, "ETag", header.clone());
        let description = "The client has the current representation.";
        operation.response(
            StatusCode::NOT_MODIFIED,
            description,
            [("ETag", header.required())],
        );
    }
}

impl Stage for ConditionalRequests {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        let response = service.call(request).await?.map_into_boxed_body();
        Ok(self.apply(response))
    }
}

transform!(ConditionalRequests);

fn is_json(response: &ServiceResponse) -> bool {
    media_type(response.headers()).is_some_and(__app::media_type::is_json)
}
