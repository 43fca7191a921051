//! The sections of the middleware: limits, proxies, rate limits, CORS, security headers, compression, conditional requests
//! and idempotency keys. What they do to a request is in the folder `middleware`, a file each.

use std::time::Duration;

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use super::{Settings, bounded::Bounded, values};

/// The sections of this file.
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
    /// Reads the sections, and reports settings that contradict each other.
    pub(super) fn read(settings: &mut Settings) -> Self {
        let read = Self {
            limits: settings.section("limits"),
            proxies: settings.section("proxies"),
            rate_limit: settings.section("rate_limit"),
            cors: settings.section("cors"),
            security_headers: settings.section("security_headers"),
            compression: settings.section("compression"),
            conditional: settings.section("conditional"),
            idempotency: settings.section("idempotency"),
        };
        if read.cors.credentials && read.cors.origins.iter().any(|origin| origin == "*") {
            settings.report(
                "cors.credentials",
                "credentials need a list of origins, and cors.origins has `*`; list the origins, or set this to false",
            );
        }
        if read.rate_limit.per_key.get() > 0 && read.rate_limit.key_header.is_empty() {
            settings.report(
                "rate_limit.per_key",
                "the header field of the key is missing; set rate_limit.key_header",
            );
        }
        let kept = &read.idempotency;
        if kept.max_bytes_per_caller.get() > kept.max_bytes.get() {
            settings.report(
                "idempotency.max_bytes_per_caller",
                "one caller would get more than idempotency.max_bytes, which is for all; lower it, or raise the other",
            );
        }
        if kept.max_response.get() > kept.max_bytes_per_caller.get() / 2 {
            settings.report(
                "idempotency.max_response",
                "idempotency.max_bytes_per_caller has no room for two of the largest responses; lower this, or raise the other",
            );
        }
        read
    }
}

/// Limits of a request, and of all requests together. 0 means no limit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct LimitSettings {
    /// Requests that are processed concurrently in the whole process; further
    /// requests are rejected with 503 and `Retry-After`.
    pub max_in_flight: Bounded<0, 1_000_000>,
    /// Seconds until a request is cancelled with 504, or with 408 while its body
    /// is incomplete. An API may give an operation a timeout of its own.
    pub request_timeout: Bounded<0, 86_400>,
    /// Bytes of the request target (path and query); longer ones are rejected
    /// with 414.
    pub uri_bytes: Bounded<0, 65_535>,
    /// Header fields of a request; more are rejected with 431. More than 96 are
    /// never accepted.
    pub header_count: Bounded<0, 96>,
    /// Bytes of all header fields of a request, names and values; more are
    /// rejected with 431. A head of more than 131072 bytes is never accepted.
    pub header_bytes: Bounded<0, 131_072>,
    /// Bytes of a request body; more are rejected with 413, before the body is read
    /// if its length is announced. Each operation has a limit of its own as well,
    /// 1 MiB unless its API sets another one; the lower one applies.
    pub body_bytes: Bounded<0, { u32::MAX }>,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            max_in_flight: Bounded::of::<512>(),
            request_timeout: Bounded::of::<30>(),
            uri_bytes: Bounded::of::<8192>(),
            header_count: Bounded::of::<64>(),
            header_bytes: Bounded::of::<32_768>(),
            body_bytes: Bounded::of::<0>(),
        }
    }
}

impl LimitSettings {
    /// Returns the bytes of the largest body.
    pub(crate) fn most_body(&self) -> usize {
        match self.body_bytes.to_usize() {
            0 => usize::MAX,
            limit => limit,
        }
    }

    /// Returns the timeout of an operation.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        let seconds = u64::from(self.request_timeout);
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }
}

/// The proxies in front of the server that are trusted to name the client.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ProxySettings {
    /// Networks such as `10.0.0.0/8`, or addresses. From other peers, `Forwarded`
    /// and `X-Forwarded-…` are removed from the request.
    #[serde(deserialize_with = "values::networks")]
    pub trusted: Vec<String>,
    /// What the proxies send: `x-forwarded` for `X-Forwarded-For`, `-Proto` and
    /// `-Host`, or `forwarded` for `Forwarded` (RFC 7239). The other kind may come
    /// from the client, and is removed.
    pub header: ForwardedBy,
}

/// The header fields in which proxies name the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Requests per client and time window; further ones are rejected with 429. Off
/// unless a number is set.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct RateLimitSettings {
    /// Requests of one address in a window; 0 for no limit.
    pub per_address: Bounded<0, 1_000_000>,
    /// Requests of one key in a window; 0 for no limit. The limit of the address
    /// applies as well.
    pub per_key: Bounded<0, 1_000_000>,
    /// The header field with the key, such as `Authorization`.
    #[serde(deserialize_with = "values::header_name")]
    pub key_header: String,
    /// Length of the window in seconds.
    pub window: Bounded<1, 86_400>,
    /// Bits of an IPv6 address that identify a client: providers assign a whole
    /// network to each.
    pub ipv6_prefix: Bounded<1, 128>,
    /// Clients that are tracked, about 100 bytes each; when there are more, those
    /// with the fewest requests are dropped.
    pub max_clients: Bounded<1_024, 10_000_000>,
    /// What happens to a request if it cannot be counted, because the store that
    /// replicas share fails: open lets it through, closed rejects it with 503.
    pub on_store_failure: OnStoreFailure,
}

/// What happens to requests that cannot be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnStoreFailure {
    /// They are not limited.
    #[default]
    Open,
    /// They are rejected with 503.
    Closed,
}

impl Default for RateLimitSettings {
    fn default() -> Self {
        Self {
            per_address: Bounded::of::<0>(),
            per_key: Bounded::of::<0>(),
            key_header: String::new(),
            window: Bounded::of::<60>(),
            ipv6_prefix: Bounded::of::<64>(),
            max_clients: Bounded::of::<65_536>(),
            on_store_failure: OnStoreFailure::Open,
        }
    }
}

/// Cross-origin resource sharing: the origins whose pages may call the API from a
/// browser. None by default.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct CorsSettings {
    /// Origins such as `https://app.example.org`; `*` for all.
    #[serde(deserialize_with = "values::origins")]
    pub origins: Vec<String>,
    /// Allowed methods.
    #[serde(deserialize_with = "values::methods")]
    pub methods: Vec<String>,
    /// Allowed request header fields; `*` for all.
    #[serde(deserialize_with = "values::header_names")]
    pub headers: Vec<String>,
    /// Response header fields that scripts may read, beside the safelisted ones.
    #[serde(deserialize_with = "values::header_names")]
    pub exposed_headers: Vec<String>,
    /// Whether requests may carry credentials of the browser, such as cookies.
    pub credentials: bool,
    /// Seconds for which a browser may cache the result of a preflight request.
    pub max_age: Bounded<0, 86_400>,
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
            max_age: Bounded::of::<600>(),
        }
    }
}

/// Security header fields of every response that does not set them itself. An
/// empty text leaves a field out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct SecurityHeaderSettings {
    /// `X-Content-Type-Options`: browsers do not guess another media type.
    #[serde(deserialize_with = "values::header_value")]
    pub content_type_options: String,
    /// `Content-Security-Policy`: a response that is opened as a page loads nothing
    /// and cannot be framed. The documentation page has its own.
    #[serde(deserialize_with = "values::header_value")]
    pub content_security_policy: String,
    /// `Referrer-Policy`, except on JSON, which has no links to follow: the address
    /// of a page is not sent to the sites it links to.
    #[serde(deserialize_with = "values::header_value")]
    pub referrer_policy: String,
    /// `X-Frame-Options`, such as `DENY`: for browsers from before 2016, which
    /// ignore `frame-ancestors` in the policy above.
    #[serde(deserialize_with = "values::header_value")]
    pub frame_options: String,
    /// `Cache-Control` of responses with neither that field nor an `ETag`: caches
    /// do not store what may be personal.
    #[serde(deserialize_with = "values::header_value")]
    pub cache_control: String,
    /// `Strict-Transport-Security`, such as `max-age=31536000`: sent if the request
    /// came over TLS, here or at a trusted proxy.
    #[serde(deserialize_with = "values::header_value")]
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

/// Compression of responses with br or gzip, as `Accept-Encoding` allows, and of
/// requests. OpenAPI documents are always compressed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct CompressionSettings {
    /// Whether responses are compressed. It costs many times as much as a small
    /// request, and a proxy can do it as well.
    pub enabled: bool,
    /// Smallest body in bytes that is compressed.
    pub minimum: Bounded<0, 1_000_000_000>,
    /// Whether bodies of requests may be compressed with gzip or br
    /// (`Content-Encoding`), in registries that do not decide it themselves. Limits
    /// of bodies are limits of what is decoded. Otherwise such requests get a 415.
    pub requests: bool,
}

impl Default for CompressionSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            minimum: Bounded::of::<1024>(),
            requests: false,
        }
    }
}

/// `ETag` and `If-None-Match`: clients that have the current representation get a
/// 304.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ConditionalSettings {
    /// Whether responses get an `ETag`, the hash of their body. The handler runs in
    /// any case; only the transfer is saved.
    pub enabled: bool,
    /// Largest body in bytes that is hashed.
    pub maximum: Bounded<1, 1_000_000_000>,
}

impl Default for ConditionalSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            maximum: Bounded::of::<1_048_576>(),
        }
    }
}

/// `Idempotency-Key`: a POST or PATCH that is sent again with the same key is
/// executed once. The limits of memory are for the responses in this process, or
/// in the store that replicas share (store.url).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct IdempotencySettings {
    /// Whether keys are honoured. Responses are stored in the memory of this
    /// process unless there is a store (store.url).
    pub enabled: bool,
    /// Seconds for which a response is stored.
    pub keep: Bounded<1, 2_592_000>,
    /// Bytes of all stored responses, each of which counts 1024 bytes more. When
    /// they take more, the oldest of the caller that takes most is dropped, of
    /// anonymous callers first.
    pub max_bytes: Bounded<65_536, 4_000_000_000>,
    /// Bytes of the stored responses of one caller, or of one client address where
    /// callers are anonymous. A caller that takes more loses its own oldest.
    pub max_bytes_per_caller: Bounded<65_536, 4_000_000_000>,
    /// Largest stored response in bytes, header fields and body; a larger one is
    /// not stored, and its request would be executed again.
    pub max_response: Bounded<0, 10_000_000>,
}

impl Default for IdempotencySettings {
    fn default() -> Self {
        Self {
            enabled: false,
            keep: Bounded::of::<86_400>(),
            max_bytes: Bounded::of::<33_554_432>(),
            max_bytes_per_caller: Bounded::of::<8_388_608>(),
            max_response: Bounded::of::<65_536>(),
        }
    }
}
