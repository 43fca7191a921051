//! Security headers of responses (OWASP's list for REST services). A response that already has one of them keeps its own,
//! as the docs page keeps its `Content-Security-Policy`.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
};

use super::{
    error::MiddlewareError,
    transform::{Stage, transform},
};
use crate::settings::SecurityHeaderSettings;

type Header = (HeaderName, HeaderValue);

const JSON: &str = "application/json";

/// Adds security headers to responses that do not have them.
///
/// ```
/// use purlin_app::{SecurityHeaderSettings, middleware::{MiddlewareError, SecurityHeaders}};
///
/// # fn main() -> Result<(), MiddlewareError> {
/// let mut settings = SecurityHeaderSettings::default();
/// settings.strict_transport_security = "max-age=31536000".to_owned();
/// let app = actix_web::App::new().wrap(SecurityHeaders::new(&settings)?);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SecurityHeaders {
    on_all: Vec<Header>,
    /// Not on JSON, which browsers do not display as a page with links in it.
    referrer_policy: Option<HeaderValue>,
    cache_control: Option<HeaderValue>,
    over_tls: Option<HeaderValue>,
}

impl SecurityHeaders {
    /// Takes the values of the headers; an empty text leaves a header out.
    ///
    /// # Errors
    ///
    /// A text cannot be the value of a header field.
    pub fn new(settings: &SecurityHeaderSettings) -> Result<Self, MiddlewareError> {
        let value = |setting: &'static str, text: &str| match HeaderValue::from_str(text) {
            Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
            Err(_) => Err(MiddlewareError::HeaderValue {
                setting,
                value: text.to_owned(),
            }),
        };
        let on_all = [
            (
                header::X_CONTENT_TYPE_OPTIONS,
                "security_headers.content_type_options",
                &settings.content_type_options,
            ),
            (
                header::CONTENT_SECURITY_POLICY,
                "security_headers.content_security_policy",
                &settings.content_security_policy,
            ),
            (
                header::X_FRAME_OPTIONS,
                "security_headers.frame_options",
                &settings.frame_options,
            ),
        ];
        let mut headers = Vec::with_capacity(on_all.len());
        for (name, setting, text) in on_all {
            headers.extend(value(setting, text)?.map(|value| (name, value)));
        }
        Ok(Self {
            on_all: headers,
            referrer_policy: value(
                "security_headers.referrer_policy",
                &settings.referrer_policy,
            )?,
            cache_control: value("security_headers.cache_control", &settings.cache_control)?,
            over_tls: value(
                "security_headers.strict_transport_security",
                &settings.strict_transport_security,
            )?,
        })
    }

    pub(super) fn add_to<B>(&self, response: &mut ServiceResponse<B>) {
        // The scheme is that of the connection or of a trusted proxy: see `proxies`.
        let over_tls = self.over_tls.as_ref();
        let over_tls =
            over_tls.filter(|_| response.request().connection_info().scheme() == "https");
        let headers = response.response_mut().headers_mut();
        if let Some(value) = over_tls {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, value.clone());
        }
        let present = match headers.get(header::CONTENT_TYPE) {
            // Most responses have no other one.
            Some(media_type) if headers.len_keys() == 1 => Present {
                is_json: media_type == JSON,
                ..Present::default()
            },
            _ => Present::of(headers, &self.on_all),
        };
        for (nth, (name, value)) in self.on_all.iter().enumerate() {
            if present.own & (1 << nth) == 0 {
                headers.append(name.clone(), value.clone());
            }
        }
        let referrer_policy = self.referrer_policy.as_ref().filter(|_| !present.is_json);
        if let Some(value) = referrer_policy
            && !headers.contains_key(header::REFERRER_POLICY)
        {
            headers.append(header::REFERRER_POLICY, value.clone());
        }
        if let Some(value) = self
            .cache_control
            .as_ref()
            .filter(|_| !present.is_cacheable)
        {
            headers.append(header::CACHE_CONTROL, value.clone());
        }
    }
}

/// The headers that a response already has: one pass over its few headers costs less than looking each name up.
#[derive(Default)]
struct Present {
    /// Which of the headers that all responses get, a bit each.
    own: u32,
    is_json: bool,
    is_cacheable: bool,
}

impl Stage for SecurityHeaders {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        let mut response = service.call(request).await?.map_into_boxed_body();
        self.add_to(&mut response);
        Ok(response)
    }
}

transform!(SecurityHeaders);

impl Present {
    fn of(headers: &HeaderMap, on_all: &[Header]) -> Self {
        let mut present = Self::default();
        for (name, value) in headers {
            present.is_json |= *name == header::CONTENT_TYPE && value == JSON;
            present.is_cacheable |= *name == header::CACHE_CONTROL || *name == header::ETAG;
            for (nth, (ours, _)) in on_all.iter().enumerate() {
                present.own |= u32::from(name == ours) << nth;
            }
        }
        present
    }
}
