//! Headers that tell browsers what not to do with an answer (OWASP's list for REST services). An answer that has one of
//! them already keeps its own, as the docs page does its Content-Security-Policy.

use actix_web::{
    dev::ServiceResponse,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
};

use crate::settings::SecurityHeaderSettings;

type Header = (HeaderName, HeaderValue);

pub(super) struct SecurityHeaders {
    on_all: Vec<Header>,
    /// Means nothing on an answer of which browsers make no page, with links in it.
    referrer_policy: Option<HeaderValue>,
    cache_control: Option<HeaderValue>,
    over_tls: Option<HeaderValue>,
}

impl SecurityHeaders {
    pub(super) fn new(settings: &SecurityHeaderSettings) -> Self {
        let value = |text: &str| HeaderValue::from_str(text).ok().filter(|it| !it.is_empty());
        let on_all = [
            (
                header::X_CONTENT_TYPE_OPTIONS,
                &settings.content_type_options,
            ),
            (
                header::CONTENT_SECURITY_POLICY,
                &settings.content_security_policy,
            ),
            (header::X_FRAME_OPTIONS, &settings.frame_options),
        ];
        let on_all = on_all.into_iter();
        Self {
            on_all: on_all
                .filter_map(|(name, text)| Some((name, value(text)?)))
                .collect(),
            referrer_policy: value(&settings.referrer_policy),
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
        let there = There::of(headers, &self.on_all);
        for (nth, (name, value)) in self.on_all.iter().enumerate() {
            if there.own & (1 << nth) == 0 {
                headers.append(name.clone(), value.clone());
            }
        }
        let referrer_policy = self.referrer_policy.as_ref().filter(|_| !there.is_json);
        if let Some(value) = referrer_policy
            && !headers.contains_key(header::REFERRER_POLICY)
        {
            headers.append(header::REFERRER_POLICY, value.clone());
        }
        if let Some(value) = self.cache_control.as_ref().filter(|_| !there.is_cacheable) {
            headers.append(header::CACHE_CONTROL, value.clone());
        }
    }
}

/// What an answer has of itself: one look at its few headers takes less than looking each name up.
#[derive(Default)]
struct There {
    /// Which of the headers that go on all answers, a bit each.
    own: u32,
    is_json: bool,
    is_cacheable: bool,
}

impl There {
    fn of(headers: &HeaderMap, on_all: &[Header]) -> Self {
        let mut there = Self::default();
        for (name, value) in headers {
            there.is_json |= *name == header::CONTENT_TYPE && value == "application/json";
            there.is_cacheable |= *name == header::CACHE_CONTROL || *name == header::ETAG;
            for (nth, (ours, _)) in on_all.iter().enumerate() {
                there.own |= u32::from(name == ours) << nth;
            }
        }
        there
    }
}
