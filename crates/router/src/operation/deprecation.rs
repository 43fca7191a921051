//! When an operation is deprecated and when it ends, for its responses and the document.

use std::borrow::Cow;

use actix_web::http::header::{self, HeaderName, HeaderValue, HttpDate};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// `Deprecation` (RFC 9745).
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");

/// `Sunset` (RFC 8594).
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// When an operation is deprecated and when it ends, as declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deprecation {
    pub(crate) since: Option<Cow<'static, str>>,
    pub(crate) sunset: Option<Cow<'static, str>>,
    pub(crate) link: Option<Cow<'static, str>>,
}

/// The headers of the responses to an operation, with their descriptions, and the day for the document.
#[derive(Debug, Default)]
pub(crate) struct Announced {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) descriptions: Vec<(&'static str, &'static str)>,
    pub(crate) sunset: Option<String>,
}

impl Deprecation {
    /// Returns what is announced, or what is wrong with the declaration.
    pub(crate) fn announced(&self) -> Result<Announced, Vec<String>> {
        let mut errors = Vec::new();
        let mut announced = Announced::default();
        let mut instant = |text: &Option<Cow<'static, str>>, what| {
            let found = instant(text.as_deref()?);
            if found.is_none() {
                errors.push(format!(
                    "`{what}` is not a date; write one such as `2026-11-30` or `2026-11-30T12:00:00Z` (RFC 3339)"
                ));
            }
            found
        };
        let since = instant(&self.since, "deprecated");
        let sunset = instant(&self.sunset, "sunset");
        if let (Some(since), Some(sunset)) = (since, sunset)
            && sunset < since
        {
            errors.push(
                "it ends before it is deprecated; give `sunset` a later date (RFC 9745 section 4)"
                    .to_owned(),
            );
        }
        if let Some(since) = since {
            let value = HeaderValue::try_from(format!("@{}", since.as_second()));
            announced
                .headers
                .extend(value.ok().map(|value| (DEPRECATION, value)));
            announced.descriptions.push((
                "Deprecation",
                "When the operation became deprecated, or will be: `@` and the seconds since 1970 (RFC 9745).",
            ));
        }
        if let Some(sunset) = sunset {
            let date = HttpDate::from(std::time::SystemTime::from(sunset)).to_string();
            let value = HeaderValue::try_from(date);
            announced
                .headers
                .extend(value.ok().map(|value| (SUNSET, value)));
            announced.descriptions.push((
                "Sunset",
                "When the operation is expected to end, as an HTTP date (RFC 8594).",
            ));
            announced.sunset = Some(sunset.to_zoned(TimeZone::UTC).date().to_string());
        }
        if let Some(link) = &self.link {
            let is_uri = !link.is_empty()
                && link
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte));
            match HeaderValue::try_from(format!("<{link}>; rel=\"deprecation\"")) {
                Ok(value) if is_uri => announced.headers.push((header::LINK, value)),
                _ => errors.push(format!(
                    "the deprecation link `{link}` is not a URI; percent-encode what a URI cannot contain (RFC 3986)"
                )),
            }
            announced.descriptions.push((
                "Link",
                "Where the deprecation is explained, with the relation `deprecation` (RFC 9745 section 3).",
            ));
        }
        if errors.is_empty() {
            Ok(announced)
        } else {
            Err(errors)
        }
    }
}

/// Reads an instant, or a day, which begins at midnight in UTC.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let day = text.parse::<Date>().ok()?;
        let day = day.to_zoned(TimeZone::UTC).ok()?;
        Some(day.timestamp())
    })
}
