//! Headers that tell browsers what not to do with an answer (OWASP's list for REST services). An answer that has one of
//! them already keeps its own, as the docs page does its Content-Security-Policy.

use actix_web::{
    dev::ServiceResponse,
    http::header::{self, HeaderName, HeaderValue},
};

use crate::settings::SecurityHeaderSettings;

pub(super) struct SecurityHeaders {
    always: Vec<(HeaderName, HeaderValue)>,
    cache_control: Option<HeaderValue>,
    over_tls: Option<HeaderValue>,
}

impl SecurityHeaders {
    pub(super) fn new(settings: &SecurityHeaderSettings) -> Self {
        let value = |text: &str| HeaderValue::from_str(text).ok().filter(|it| !it.is_empty());
        let always = [
            (
                header::X_CONTENT_TYPE_OPTIONS,
                &settings.content_type_options,
            ),
            (
                header::CONTENT_SECURITY_POLICY,
                &settings.content_security_policy,
            ),
            (header::REFERRER_POLICY, &settings.referrer_policy),
            (header::X_FRAME_OPTIONS, &settings.frame_options),
        ];
        Self {
            always: always
                .into_iter()
                .filter_map(|(name, text)| Some((name, value(text)?)))
                .collect(),
            cache_control: value(&settings.cache_control),
            over_tls: value(&settings.strict_transport_security),
        }
    }

    pub(super) fn put_on<B>(&self, response: &mut ServiceResponse<B>) {
        // Only trusted proxies have told the scheme, if anybody has: see `client`.
        let over_tls = self.over_tls.as_ref();
        let over_tls =
            over_tls.filter(|_| response.request().connection_info().scheme() == "https");
        let headers = response.response_mut().headers_mut();
        if let Some(value) = over_tls {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, value.clone());
        }
        for (name, value) in &self.always {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        if let Some(value) = &self.cache_control
            && !headers.contains_key(header::CACHE_CONTROL)
            && !headers.contains_key(header::ETAG)
        {
            headers.insert(header::CACHE_CONTROL, value.clone());
        }
    }
}
