//! The text formats of `/metrics`, and which of them a scraper gets.

use std::{fmt, sync::Arc};

use actix_web::{
    HttpRequest,
    http::header::{Accept, Header as _},
    mime::{self, Mime},
};
use prometheus_client::{
    encoding::{prometheus_text, text},
    registry::Registry,
};

use super::{OpsState, metrics::MetricsCollector, readiness::LatestReadiness};

/// Encodes all metrics.
pub(super) struct Exposition(Registry);

impl Exposition {
    pub(super) fn new(state: &OpsState, readiness: &Arc<LatestReadiness>) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(MetricsCollector::new(state, readiness)));
        Self(registry)
    }

    pub(super) fn encode(&self, format: TextFormat) -> Result<String, fmt::Error> {
        let mut written = String::new();
        match format {
            TextFormat::Prometheus => prometheus_text::encode(&mut written, &self.0),
            TextFormat::OpenMetrics => text::encode(&mut written, &self.0),
        }?;
        Ok(written)
    }
}

/// A text format of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextFormat {
    /// The format of Prometheus, version 0.0.4.
    Prometheus,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

impl TextFormat {
    /// All formats; of two that a client prefers equally it gets the first.
    const ALL: [Self; 2] = [Self::Prometheus, Self::OpenMetrics];

    /// Returns the format that a client prefers by its `Accept` (RFC 9110 section 12.5.1). One that accepts neither gets the
    /// first: a person who looks at the metrics is better off with them than with a 406.
    pub(super) fn preferred_by(request: &HttpRequest) -> Self {
        let accept = Accept::parse(request).map(|accept| accept.0);
        let accept = accept.unwrap_or_default();
        let weight = |format: &Self| {
            let matching = accept.iter().filter_map(|range| {
                let specificity = format.specificity(&range.item)?;
                Some((specificity, range.quality))
            });
            matching.max_by_key(|(specificity, _)| *specificity)
        };
        let mut best = (Self::Prometheus, None);
        for format in Self::ALL {
            let quality = weight(&format).map(|(_, quality)| quality);
            if quality > best.1 {
                best = (format, quality);
            }
        }
        best.0
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Prometheus => prometheus_text::CONTENT_TYPE,
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Returns how exactly a media range names this format; nothing if it is not in the range.
    fn specificity(self, range: &Mime) -> Option<usize> {
        let (kind, subtype, version) = match self {
            Self::Prometheus => ("text", "plain", "0.0.4"),
            Self::OpenMetrics => ("application", "openmetrics-text", "1.0.0"),
        };
        let named = match (range.type_(), range.subtype()) {
            (mime::STAR, mime::STAR) => 0,
            (it, mime::STAR) if it == kind => 1,
            (it, sub) if it == kind && range.suffix().is_none() && sub == subtype => 2,
            _ => return None,
        };
        // A range with a parameter is about representations that have it. `escaping` and others that this format does not
        // define do not change it, since all names are of the characters that every scraper reads.
        let mut parameters = range.params();
        let fits = parameters.all(|(name, value)| match name.as_str() {
            "version" => value == version,
            "charset" => value == mime::UTF_8,
            _ => true,
        });
        fits.then(|| named + range.params().count())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header, test::TestRequest};

    use super::*;

    #[test]
    fn a_scraper_gets_the_format_it_prefers_and_everyone_else_the_text_of_prometheus() {
        use TextFormat::{OpenMetrics, Prometheus};
        for (accept, expected) in [
            // Prometheus 2.42 and 3.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                 text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                 application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
                 text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                OpenMetrics,
            ),
            // Prometheus that is configured to scrape its own format first.
            (
                "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.2",
                Prometheus,
            ),
            // curl, browsers, and what is no header at all.
            ("*/*", Prometheus),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Prometheus,
            ),
            ("", Prometheus),
            ("chunk#;e", Prometheus),
            ("application/*", OpenMetrics),
            ("application/openmetrics-text", OpenMetrics),
            (
                "APPLICATION/OpenMetrics-Text; Version=1.0.0; Charset=UTF-8",
                OpenMetrics,
            ),
            ("application/openmetrics-text, text/plain", Prometheus),
            ("application/openmetrics-text;q=0, */*", Prometheus),
            ("text/plain;q=0, */*;q=0.1", OpenMetrics),
            // Versions that are not written here.
            (
                "application/openmetrics-text;version=2.0.0, text/*;q=0.1",
                Prometheus,
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily",
                Prometheus,
            ),
            ("image/png", Prometheus),
        ] {
            let request = TestRequest::default().insert_header((header::ACCEPT, accept));
            let found = TextFormat::preferred_by(&request.to_http_request());
            assert_eq!(found, expected, "{accept}");
        }
        let none = TestRequest::default().to_http_request();
        assert_eq!(TextFormat::preferred_by(&none), Prometheus);
    }
}
