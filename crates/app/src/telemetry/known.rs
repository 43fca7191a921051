//! What is known of every request, as one of few values: its attributes are those of metrics as well.

use actix_web::HttpRequest;
use opentelemetry::KeyValue;

/// The methods that the semantic conventions know; the last one stands for all others.
pub(super) const METHODS: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "_OTHER",
];

/// What is known of a request when it arrives, and one of few values.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Known {
    /// A position in [`METHODS`].
    method: u8,
    is_secure: bool,
}

impl Known {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let method = request.method().as_str();
        let nth = METHODS.iter().position(|known| *known == method);
        Self {
            method: nth.unwrap_or(METHODS.len() - 1) as u8,
            is_secure: request.app_config().secure(),
        }
    }

    /// Returns all values.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let methods = 0..METHODS.len() as u8;
        methods.flat_map(|method| [false, true].map(|is_secure| Self { method, is_secure }))
    }

    /// Returns it with the scheme that the client has used.
    pub(super) fn with_scheme(self, scheme: &str) -> Self {
        Self {
            is_secure: scheme == "https",
            ..self
        }
    }

    /// Returns a number that is smaller than twice the number of methods.
    pub(super) fn place(self) -> usize {
        usize::from(self.method) * 2 + usize::from(self.is_secure)
    }

    pub(super) fn method(self) -> &'static str {
        let method = METHODS.get(usize::from(self.method));
        method.copied().unwrap_or_default()
    }

    pub(super) fn method_attribute(self) -> KeyValue {
        KeyValue::new("http.request.method", self.method())
    }

    pub(super) fn scheme_attribute(self) -> KeyValue {
        let scheme = if self.is_secure { "https" } else { "http" };
        KeyValue::new("url.scheme", scheme)
    }

    /// Returns what the name of a span begins with.
    pub(super) fn span_name(self) -> &'static str {
        match self.method() {
            "_OTHER" => "HTTP",
            method => method,
        }
    }
}
