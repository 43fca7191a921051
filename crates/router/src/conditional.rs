//! Conditional requests (RFC 9110 section 13): entity tags, and whether the client's copy is current.

use std::{fmt, fmt::Write as _, time::SystemTime};

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{self, HeaderMap, HeaderName, HeaderValue, IfModifiedSince, IfRange},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A strong entity tag (RFC 9110 section 8.8.3): two representations have the same one if they are equal byte by byte.
///
/// The tag of bytes is the first half of their SHA-256, so that every process gives the same bytes the same tag.
///
/// The tag of a value is the one its `Json` response gets from the middleware of `purlin-app`, so that a handler can
/// compare it with the state that the client has seen:
///
/// ```
/// use purlin_router::{schema, reply::EntityTag};
///
/// #[schema]
/// struct Todo {
///     title: String,
/// }
///
/// let tag = EntityTag::of(&Todo { title: "Buy some milk".to_owned() });
/// assert_ne!(tag, EntityTag::of(&Todo { title: "Buy some bread".to_owned() }));
/// assert!(tag.is_some_and(|tag| tag.as_str().starts_with('"')));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntityTag(String);

/// What a content coding adds to a tag, since other bytes are another representation.
const CODINGS: [&str; 2] = ["-br\"", "-gzip\""];

impl EntityTag {
    /// Returns the tag of a value that is sent as JSON; `None` where JSON cannot represent it.
    #[must_use]
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Option<Self> {
        let bytes = serde_json::to_vec(value).ok()?;
        Some(Self::of_bytes(&bytes))
    }

    /// Returns the tag of bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let mut tag = String::with_capacity(34);
        tag.push('"');
        for byte in digest.iter().take(16) {
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        Self(tag)
    }

    /// Returns the tag of a file by the time of its last change and its size.
    pub(crate) fn of_file(nanoseconds: u128, size: u64) -> Self {
        Self(format!("\"{nanoseconds:x}-{size:x}\""))
    }

    /// Returns the tag in an `ETag` header; `None` for a weak one.
    #[must_use]
    pub fn strong(header: &HeaderValue) -> Option<Self> {
        let text = header.to_str().ok()?;
        text.starts_with('"').then(|| Self(text.to_owned()))
    }

    /// Returns the tag with its quotation marks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tag of the same representation in a content coding, `br` or `gzip`.
    #[must_use]
    pub fn in_coding(&self, coding: &str) -> Self {
        let bare = self.0.trim_end_matches('"');
        Self(format!("{bare}-{coding}\""))
    }

    /// Returns whether `If-Match` or `If-None-Match` lists this tag, or `*`; `None` without such a header. The tag of a
    /// compressed representation matches that of the plain one. Weak tags match where `weakly` is set
    /// (RFC 9110 section 8.8.3.2).
    #[must_use]
    pub fn is_named(&self, headers: &HeaderMap, name: &HeaderName, weakly: bool) -> Option<bool> {
        if !headers.contains_key(name) {
            return None;
        }
        Some(listed(headers, name).any(|tag| {
            let tag = match tag.strip_prefix("W/") {
                Some(tag) if weakly => tag,
                _ => tag,
            };
            tag == "*" || tag == self.0 || without_coding(tag) == without_coding(&self.0)
        }))
    }
}

/// Returns the tags in a header that lists them.
fn listed<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers
        .get_all(name)
        .filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// Returns a tag without its coding and closing mark.
fn without_coding(tag: &str) -> &str {
    let coded = CODINGS.iter().find_map(|coding| tag.strip_suffix(coding));
    coded.unwrap_or_else(|| tag.strip_suffix('"').unwrap_or(tag))
}

/// Returns whether the client's copy is current, so that the response is 304 (RFC 9110 section 13.2.2): by the exact
/// bytes of the tag where the request lists tags, else by the time of the last change, in whole seconds.
pub(crate) fn is_not_modified(
    request: &HttpRequest,
    tag: Option<&EntityTag>,
    modified: Option<SystemTime>,
) -> bool {
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        return listed(request.headers(), &header::IF_NONE_MATCH).any(|listed| {
            let listed = listed.strip_prefix("W/").unwrap_or(listed);
            listed == "*" || tag.is_some_and(|tag| listed == tag.0)
        });
    }
    let since = request.get_header::<IfModifiedSince>();
    since
        .zip(modified)
        .is_some_and(|(IfModifiedSince(since), modified)| modified <= SystemTime::from(since))
}

/// Returns whether a request's range is to be used: it is not conditional, or its `If-Range` is that of the
/// representation, compared strongly (RFC 9110 section 13.1.5).
pub(crate) fn range_applies(
    request: &HttpRequest,
    tag: Option<&EntityTag>,
    modified: Option<SystemTime>,
) -> bool {
    match request.get_header::<IfRange>() {
        None => true,
        Some(IfRange::EntityTag(wanted)) => {
            tag.is_some_and(|tag| !wanted.weak && tag.0 == wanted.to_string())
        }
        Some(IfRange::Date(date)) => modified == Some(SystemTime::from(date)),
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH};

    use super::EntityTag;

    #[test]
    fn the_tag_of_bytes_is_the_same_in_every_process() {
        let tag = EntityTag::of_bytes(br#"{"id":7}"#);
        assert_eq!(tag.as_str(), "\"a3c90e3b7448d23d9eacebd0ebf15cae\"");
    }

    #[test]
    fn a_tag_is_named_by_itself_its_codings_and_the_star() {
        let tag = EntityTag::of_bytes(b"{}");
        let named = |text: &str, name, weakly| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(text).ok()?);
            tag.is_named(
                &headers,
                if weakly { &IF_NONE_MATCH } else { &IF_MATCH },
                weakly,
            )
        };
        let weak = format!("W/{tag}");
        for (text, strongly, weakly) in [
            (tag.as_str(), true, true),
            (tag.in_coding("br").as_str(), true, true),
            (weak.as_str(), false, true),
            ("*", true, true),
            ("\"other\", \"tags\"", false, false),
            (&format!("\"a\", {tag}"), true, true),
            ("", false, false),
        ] {
            assert_eq!(named(text, IF_MATCH, false), Some(strongly), "{text}");
            assert_eq!(named(text, IF_NONE_MATCH, true), Some(weakly), "{text}");
        }
        assert_eq!(tag.is_named(&HeaderMap::new(), &IF_MATCH, false), None);
    }
}
