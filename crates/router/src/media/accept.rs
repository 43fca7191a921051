//! The media types that a client accepts (RFC 9110 section 12.5.1).

use actix_web::http::header::{self, HeaderMap};

use super::{
    parse::{is_name, is_utf8, split_outside_quotes},
    weight::thousandths,
};

/// The `Accept` of a request.
#[derive(Debug)]
pub(crate) struct Accept<'h>(Vec<Range<'h>>);

/// A range of media types, and how much the client prefers it.
#[derive(Debug)]
struct Range<'h> {
    essence: &'h str,
    /// Whether it has parameters, which none of our media types have.
    has_parameters: bool,
    /// In thousandths.
    weight: u16,
}

impl<'h> Accept<'h> {
    /// Reads the header; `None` where it is missing, or lists no media type: every media type is accepted then.
    pub(crate) fn of(headers: &'h HeaderMap) -> Option<Self> {
        let lines = headers.get_all(header::ACCEPT);
        let lines = lines.filter_map(|line| line.to_str().ok());
        let items = lines.flat_map(|line| split_outside_quotes(line, ','));
        let ranges: Vec<_> = items.filter_map(Range::parse).collect();
        (!ranges.is_empty()).then_some(Self(ranges))
    }

    /// Returns the position of the media type that the client prefers, of equals the first; `None` if it accepts none.
    pub(crate) fn choose(
        &self,
        available: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Option<usize> {
        let mut best = (None, 0);
        for (position, media_type) in available.into_iter().enumerate() {
            let weight = self.weight(media_type.as_ref());
            if weight > best.1 {
                best = (Some(position), weight);
            }
        }
        best.0
    }

    /// Returns the weight of the most specific range that a media type is in.
    fn weight(&self, media_type: &str) -> u16 {
        let in_range = self.0.iter().filter_map(|range| {
            let specificity = range.specificity(media_type)?;
            Some((specificity, range.weight))
        });
        in_range.max().map_or(0, |(_, weight)| weight)
    }
}

impl<'h> Range<'h> {
    fn parse(item: &'h str) -> Option<Self> {
        let mut parts = split_outside_quotes(item, ';').map(str::trim);
        let essence = parts.next().filter(|name| is_name(name))?;
        let mut range = Self {
            essence,
            has_parameters: false,
            weight: 1000,
        };
        for parameter in parts.filter(|it| !it.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if name.trim().eq_ignore_ascii_case("q") {
                range.weight = thousandths(value.trim());
                // What follows is about the preference, and not about the media type.
                break;
            }
            // All our text is UTF-8.
            let is_charset = name.trim().eq_ignore_ascii_case("charset");
            range.has_parameters |= !is_charset || !is_utf8(&format!(";{parameter}"));
        }
        Some(range)
    }

    /// Returns how exactly the range names a media type; `None` if that is not in it.
    fn specificity(&self, media_type: &str) -> Option<u8> {
        if self.has_parameters {
            return None;
        }
        if self.essence == "*/*" {
            return Some(0);
        }
        if self.essence.eq_ignore_ascii_case(media_type) {
            return Some(2);
        }
        let kind = self.essence.strip_suffix("/*")?;
        let (own, _) = media_type.split_once('/')?;
        own.eq_ignore_ascii_case(kind).then_some(1)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const AVAILABLE: [&str; 4] = [
        "application/json",
        "text/csv",
        "text/html",
        "application/vnd.x.v2+json",
    ];

    fn chosen(lines: &[&'static str]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT, HeaderValue::from_static(line));
        }
        let position = match Accept::of(&headers) {
            Some(accept) => accept.choose(AVAILABLE)?,
            None => 0,
        };
        AVAILABLE.get(position).copied()
    }

    #[test]
    fn the_media_type_is_chosen_by_weight_and_specificity() {
        let [json, csv, html, vendor] = AVAILABLE.map(Some);
        for (accept, expected) in [
            ("", json),
            ("*/*", json),
            ("text/csv", csv),
            ("TEXT/CSV", csv),
            ("text/*", csv),
            ("text/*, text/csv;q=0.1", html),
            ("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", html),
            ("text/csv;q=0.5, application/json;q=0.4", csv),
            ("application/vnd.x.v2+json, application/json;q=0.9", vendor),
            // The suffix is no range.
            ("application/*+json", None),
            ("application/json;q=0, */*", csv),
            ("*/*;q=0", None),
            ("image/png", None),
            ("image/png, */*;q=0.001", json),
            // Parameters that no representation has.
            ("application/json;profile=\"a, text/csv\"", None),
            ("application/json; charset=utf-8", json),
            ("text/html; charset=\"UTF-8\"; q=0.5", html),
            ("text/html; charset=latin1", None),
            ("text/html;q=odd, text/csv;q=0.001", csv),
            ("text/html;q=1;level=1", html),
            // What is no media type is ignored.
            ("html", json),
            ("text/html/5, text/csv", csv),
            (" , ,text/html,", html),
        ] {
            assert_eq!(chosen(&[accept]), expected, "{accept}");
        }
        assert_eq!(chosen(&[]), json);
        assert_eq!(chosen(&["image/png", "text/html"]), html);
    }
}
