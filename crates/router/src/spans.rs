//! Spans of `tracing` around the steps of an operation, behind the feature `tracing`.
//!
//! | span | what happens in it |
//! |---|---|
//! | `authentication` | the authenticators of the operation |
//! | `validation` | the arguments of the handler are read and validated |
//! | `handler` | the handler |
//!
//! Their level is `INFO` and their target `purlin::operation`. They have no fields, so that nothing a client sends is in them.

/// Returns a future that runs within the span of a step; without the feature, the future itself.
#[cfg(feature = "tracing")]
macro_rules! in_span {
    ($name:literal, $future:expr) => {
        tracing::Instrument::instrument($future, $crate::spans::span!($name))
    };
}

#[cfg(not(feature = "tracing"))]
macro_rules! in_span {
    ($name:literal, $future:expr) => {
        $future
    };
}

/// Makes the span of a step.
///
/// Without a subscriber there is none. `tracing` would write it to the `log` instead, if some crate of the program enables
/// that: a line for each step of each request.
#[cfg(feature = "tracing")]
macro_rules! span {
    ($name:literal) => {
        if tracing::level_filters::LevelFilter::current() < tracing::level_filters::LevelFilter::INFO {
            tracing::Span::none()
        } else {
            tracing::info_span!(target: "purlin::operation", $name)
        }
    };
}

pub(crate) use in_span;
#[cfg(feature = "tracing")]
pub(crate) use span;
