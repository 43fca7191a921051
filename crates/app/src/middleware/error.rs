//! Errors in the configuration of middleware.

/// An error in the configuration of middleware. The settings of a program report these at start-up, with their origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MiddlewareError {
    /// A text is not the name of a header field.
    #[error("{setting}: `{}` is not the name of a header field", value.escape_debug())]
    HeaderName {
        /// The setting it is in.
        setting: &'static str,
        /// The text.
        value: String,
    },
    /// A text is not the value of a header field.
    #[error("{setting}: `{}` is not the value of a header field", value.escape_debug())]
    HeaderValue {
        /// The setting it is in.
        setting: &'static str,
        /// The text.
        value: String,
    },
    /// A text is neither a network nor an address.
    #[error("proxies.trusted: `{}` is neither a network such as 10.0.0.0/8 nor an address", value.escape_debug())]
    Network {
        /// The text.
        value: String,
    },
    /// A text is not an origin that a browser could send.
    #[error("cors.origins: {reason}")]
    Origin {
        /// What is wrong, how to correct it, and the text.
        reason: String,
    },
    /// A text is not a method.
    #[error("cors.methods: `{}` is not a method", value.escape_debug())]
    Method {
        /// The text.
        value: String,
    },
    /// Credentials are allowed for every origin.
    #[error("cors.credentials: credentials cannot be allowed for all origins; list the origins")]
    CredentialsForAllOrigins,
    /// Keys are limited, but no header is named.
    #[error("rate_limit.per_key: set rate_limit.key_header to the header that has the key")]
    MissingKeyHeader,
    /// A rate limit without a limit.
    #[error("rate_limit: set per_address or per_key")]
    NoRateLimit,
}
