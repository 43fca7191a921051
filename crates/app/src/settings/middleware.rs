//! The sections about what stands around every request: limits, proxies, rates, headers, coding, caching, keys.
//! What they mean to a request is in the folder `middleware`, a file each.

use std::time::Duration;

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use super::{Settings, checked};

/// All sections of this file.
#[derive(Clone, Debug, Default)]
pub(crate) struct MiddlewareSettings {
    pub(crate) limits: LimitSettings,
    pub(crate) proxies: ProxySettings,
    pub(crate) rate_limit: RateLimitSettings,
    pub(crate) cors: CorsSettings,
    pub(crate) security_headers: SecurityHeaderSettings,
    pub(crate) compression: CompressionSettings,
    pub(crate) conditional: ConditionalSettings,
    pub(crate) idempotency: IdempotencySettings,
}

impl MiddlewareSettings {
    /// Takes the sections, and notes what no single value of them shows.
    pub(super) fn take(settings: &Settings) -> Self {
        let taken = Self {
            limits: settings.section("limits"),
            proxies: settings.section("proxies"),
            rate_limit: settings.section("rate_limit"),
            cors: settings.section("cors"),
            security_headers: settings.section("security_headers"),
            compression: settings.section("compression"),
            conditional: settings.section("conditional"),
            idempotency: settings.section("idempotency"),
        };
        if taken.cors.credentials && taken.cors.origins.iter().any(|origin| origin == "*") {
            settings.refuse(
                "cors.credentials",
                "credentials go to origins that are named, and `*` in cors.origins names none; \
                 list the origins, or set this to false",
            );
        }
        if taken.rate_limit.per_key > 0 && taken.rate_limit.key_header.is_empty() {
            settings.refuse(
                "rate_limit.per_key",
                "which header holds the key is not said; set rate_limit.key_header",
            );
        }
        taken
    }
}

/// What one request may take, and all of them at once. 0 means without limit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct LimitSettings {
    /// Requests that are worked at at the same time, in the whole process. One
    /// more is answered 503 at once, with `Retry-After`.
    #[serde(deserialize_with = "checked::whole::<_, 0, 1_000_000>")]
    #[schemars(range(max = 1_000_000))]
    pub max_in_flight: u32,
    /// Seconds a request may take, the arrival of its body included: then it
    /// is answered 504, or 408 where its body is what is missing. The operation
    /// is given up. An API may give an operation another time.
    #[serde(deserialize_with = "checked::whole::<_, 0, 86_400>")]
    #[schemars(range(max = 86_400))]
    pub request_timeout: u32,
    /// Bytes of a request's target, path and query; longer ones are answered
    /// 414.
    #[serde(deserialize_with = "checked::whole::<_, 0, 65_535>")]
    #[schemars(range(max = 65_535))]
    pub uri_bytes: u32,
    /// Header fields of a request; more are answered 431. More than 96 are
    /// refused in any case.
    #[serde(deserialize_with = "checked::whole::<_, 0, 96>")]
    #[schemars(range(max = 96))]
    pub header_count: u32,
    /// Bytes of all header fields of a request, names and values; more are
    /// answered 431. A head of more than 131072 bytes is refused in any case.
    #[serde(deserialize_with = "checked::whole::<_, 0, 131_072>")]
    #[schemars(range(max = 131_072))]
    pub header_bytes: u32,
    /// Bytes of a body whose length is announced; more are answered 413 before
    /// anything is read. Each operation has a limit of its own beside this one,
    /// 1 MiB unless its API says otherwise.
    pub body_bytes: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            max_in_flight: 1024,
            request_timeout: 30,
            uri_bytes: 8192,
            header_count: 64,
            header_bytes: 32_768,
            body_bytes: 0,
        }
    }
}

impl LimitSettings {
    /// How long an operation may take.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        let seconds = u64::from(self.request_timeout);
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }
}

/// Which proxies stand before the server, and are believed about the client.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ProxySettings {
    /// Networks such as `10.0.0.0/8`, or addresses. What anybody else says in
    /// `Forwarded` and `X-Forwarded-…` is removed from the request.
    #[serde(deserialize_with = "checked::networks")]
    pub trusted: Vec<String>,
    /// What the proxies write: `x-forwarded` for `X-Forwarded-For`, `-Proto`
    /// and `-Host`, or `forwarded` for `Forwarded` (RFC 7239). The other kind
    /// may be the client's own, and is removed.
    pub header: ForwardedBy,
}

/// The kinds of headers by which proxies tell whom they speak for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// How many requests a client may send. Off unless a number is set; more are
/// answered 429.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct RateLimitSettings {
    /// Requests of one address in a window; 0 means any number.
    #[serde(deserialize_with = "checked::whole::<_, 0, 1_000_000>")]
    #[schemars(range(max = 1_000_000))]
    pub per_address: u32,
    /// Requests of one key in a window; 0 means any number. The limit of the
    /// address holds as well.
    #[serde(deserialize_with = "checked::whole::<_, 0, 1_000_000>")]
    #[schemars(range(max = 1_000_000))]
    pub per_key: u32,
    /// The header that holds the key, such as `Authorization`.
    #[serde(deserialize_with = "checked::header_name")]
    pub key_header: String,
    /// Seconds of a window.
    #[serde(deserialize_with = "checked::whole::<_, 1, 86_400>")]
    #[schemars(range(min = 1, max = 86_400))]
    pub window: u32,
    /// Bits of an IPv6 address that make a client: one is given a whole
    /// network by its provider.
    #[serde(deserialize_with = "checked::whole::<_, 1, 128>")]
    #[schemars(range(min = 1, max = 128))]
    pub ipv6_prefix: u32,
    /// Clients that are remembered, about 100 bytes each. Of more, those are
    /// forgotten that have used least.
    #[serde(deserialize_with = "checked::whole::<_, 1_024, 10_000_000>")]
    #[schemars(range(min = 1_024, max = 10_000_000))]
    pub max_clients: u32,
}

impl Default for RateLimitSettings {
    fn default() -> Self {
        Self {
            per_address: 0,
            per_key: 0,
            key_header: String::new(),
            window: 60,
            ipv6_prefix: 64,
            max_clients: 65_536,
        }
    }
}

/// Which pages of other origins may use the API from a browser. None unless
/// they are named.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct CorsSettings {
    /// Origins such as `https://app.example.org`; `*` for all.
    #[serde(deserialize_with = "checked::origins")]
    pub origins: Vec<String>,
    /// Methods they may use.
    #[serde(deserialize_with = "checked::methods")]
    pub methods: Vec<String>,
    /// Headers they may send; `*` for all.
    #[serde(deserialize_with = "checked::header_names")]
    pub headers: Vec<String>,
    /// Headers of an answer they may read, beside those everyone may.
    #[serde(deserialize_with = "checked::header_names")]
    pub exposed_headers: Vec<String>,
    /// Whether cookies and passwords of the browser's are sent along.
    pub credentials: bool,
    /// Seconds a browser may remember all this.
    #[serde(deserialize_with = "checked::whole::<_, 0, 86_400>")]
    #[schemars(range(max = 86_400))]
    pub max_age: u32,
}

impl Default for CorsSettings {
    fn default() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Self {
            origins: Vec::new(),
            methods: texts(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
            headers: texts(&["authorization", "content-type"]),
            exposed_headers: texts(&["location", "retry-after", "x-request-id"]),
            credentials: false,
            max_age: 600,
        }
    }
}

/// What every answer tells browsers to refrain from, unless it has that header
/// itself. An empty text leaves a header out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct SecurityHeaderSettings {
    /// `X-Content-Type-Options`: an answer is what its media type says.
    #[serde(deserialize_with = "checked::header_value")]
    pub content_type_options: String,
    /// `Content-Security-Policy`: an answer that is opened as a page does
    /// nothing and stands in no frame. The docs page has its own.
    #[serde(deserialize_with = "checked::header_value")]
    pub content_security_policy: String,
    /// `Referrer-Policy`, except on JSON, which has no links to follow: nobody
    /// is told the address a link was on.
    #[serde(deserialize_with = "checked::header_value")]
    pub referrer_policy: String,
    /// `X-Frame-Options`, such as `DENY`: for browsers of before 2016, which do
    /// not read that in the policy above.
    #[serde(deserialize_with = "checked::header_value")]
    pub frame_options: String,
    /// `Cache-Control` of answers that have neither that nor an `ETag`: nobody
    /// keeps what may be one person's.
    #[serde(deserialize_with = "checked::header_value")]
    pub cache_control: String,
    /// `Strict-Transport-Security`, such as `max-age=31536000`: sent where the
    /// request came over TLS, here or at a trusted proxy.
    #[serde(deserialize_with = "checked::header_value")]
    pub strict_transport_security: String,
}

impl Default for SecurityHeaderSettings {
    fn default() -> Self {
        Self {
            content_type_options: "nosniff".to_owned(),
            content_security_policy: "default-src 'none'; frame-ancestors 'none'".to_owned(),
            referrer_policy: "no-referrer".to_owned(),
            frame_options: String::new(),
            cache_control: "no-store".to_owned(),
            strict_transport_security: String::new(),
        }
    }
}

/// Whether answers are compressed, by what the client accepts (br, gzip). The
/// OpenAPI documents always are.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct CompressionSettings {
    /// Off unless set: it costs many times what a small request does, and a
    /// proxy may do it as well.
    pub enabled: bool,
    /// Bytes of a body that are worth it.
    #[serde(deserialize_with = "checked::whole::<_, 0, 1_000_000_000>")]
    #[schemars(range(max = 1_000_000_000))]
    pub minimum: u32,
}

impl Default for CompressionSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            minimum: 1024,
        }
    }
}

/// Whether answers get an `ETag` of what they say, so that clients who have
/// them are answered 304.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ConditionalSettings {
    /// Off unless set: every byte of the answer is hashed. The handler works
    /// all the same; what is spared is the sending.
    pub enabled: bool,
    /// Bytes of a body that are hashed at most.
    #[serde(deserialize_with = "checked::whole::<_, 1, 1_000_000_000>")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub maximum: u32,
}

impl Default for ConditionalSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            maximum: 1_048_576,
        }
    }
}

/// Whether a POST with an `Idempotency-Key` is done once, however often it is
/// sent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct IdempotencySettings {
    /// Off unless set: answers are kept in the memory of this process.
    pub enabled: bool,
    /// Seconds an answer is kept.
    #[serde(deserialize_with = "checked::whole::<_, 1, 2_592_000>")]
    #[schemars(range(min = 1, max = 2_592_000))]
    pub keep: u32,
    /// Answers that are kept; of more, the oldest are forgotten.
    #[serde(deserialize_with = "checked::whole::<_, 1, 1_000_000>")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_answers: u32,
    /// Bytes of an answer that is kept; a longer one is not, and its request
    /// would be done again.
    #[serde(deserialize_with = "checked::whole::<_, 0, 10_000_000>")]
    #[schemars(range(max = 10_000_000))]
    pub max_answer: u32,
    /// Bytes of a request with a key, which is read as a whole before it is
    /// done; a longer one is answered 413.
    #[serde(deserialize_with = "checked::whole::<_, 0, 100_000_000>")]
    #[schemars(range(max = 100_000_000))]
    pub max_request: u32,
}

impl Default for IdempotencySettings {
    fn default() -> Self {
        Self {
            enabled: false,
            keep: 86_400,
            max_answers: 10_000,
            max_answer: 65_536,
            max_request: 1_048_576,
        }
    }
}
