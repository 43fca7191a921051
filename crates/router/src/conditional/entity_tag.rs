//! Entity tags (RFC 9110 section 8.8.3).

use std::{fmt, fmt::Write as _};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::tag_list::{Member, TagList};

/// An entity tag (RFC 9110 section 8.8.3). Two representations have the same strong tag if they are equal byte by byte, and
/// the same weak one if either can be used in place of the other.
///
/// The tag of bytes is strong: the first half of their SHA-256, so that every process gives the same bytes the same tag.
///
/// The tag of a value is the one its `Json` response gets from the middleware of `purlin-app`, so that a handler can
/// compare it with the state that the client has seen, by [`Preconditions`](crate::extract::Preconditions):
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
const CODINGS: [&[u8]; 2] = [b"-br\"", b"-gzip\""];

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

    /// Parses the value of an `ETag` header, such as `"7"` or `W/"7"`; `None` for anything else.
    #[must_use]
    pub fn parse(header: &HeaderValue) -> Option<Self> {
        let text = header.to_str().ok()?.trim();
        let opaque = text.strip_prefix("W/").unwrap_or(text);
        let inner = opaque.strip_prefix('"')?.strip_suffix('"')?;
        let is_valid = inner.bytes().all(|byte| byte > b' ' && byte != b'"');
        is_valid.then(|| Self(text.to_owned()))
    }

    /// Returns the weak form of the tag, for representations that are equivalent and may differ in some bytes.
    #[must_use]
    pub fn weak(self) -> Self {
        if self.is_weak() {
            self
        } else {
            Self(format!("W/{}", self.0))
        }
    }

    /// Returns whether the tag is weak.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.0.starts_with("W/")
    }

    /// Returns the tag with its quotation marks, and `W/` before a weak one.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tag of the same representation in a content coding, `br` or `gzip`. A weak tag is that of all codings.
    #[must_use]
    pub fn in_coding(&self, coding: &str) -> Self {
        if self.is_weak() {
            return self.clone();
        }
        let bare = self.0.trim_end_matches('"');
        Self(format!("{bare}-{coding}\""))
    }

    /// Returns the tag with its quotation marks, without `W/`.
    fn opaque(&self) -> &[u8] {
        self.0.strip_prefix("W/").unwrap_or(&self.0).as_bytes()
    }

    /// Compares the tag with one of a request.
    pub(super) fn matches(&self, listed: Member<'_>, comparison: Comparison) -> bool {
        let Member::Tag { is_weak, opaque } = listed else {
            return true;
        };
        match comparison {
            Comparison::Exact => !is_weak && !self.is_weak() && opaque == self.opaque(),
            Comparison::Strong => !is_weak && !self.is_weak() && is_same(opaque, self.opaque()),
            Comparison::Weak => is_same(opaque, self.opaque()),
        }
    }

    /// Returns whether `If-None-Match` lists the tag or `*`; `None` without the header. Tags are compared weakly (RFC 9110
    /// section 13.1.2), and that of a compressed representation matches that of the plain one.
    #[must_use]
    pub fn is_in_if_none_match(&self, headers: &HeaderMap) -> Option<bool> {
        let name = actix_web::http::header::IF_NONE_MATCH;
        is_listed(headers, &name, Some(self), true, Comparison::Weak)
    }
}

/// How tags are compared (RFC 9110 section 8.8.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Strongly, where the content coding counts: for a part of a representation.
    Exact,
    /// Strongly; the tag of a compressed representation matches that of the plain one.
    Strong,
    /// Weakly.
    Weak,
}

/// Returns whether a header lists the tag, or `*` where there is a representation; `None` without the header.
pub(super) fn is_listed(
    headers: &HeaderMap,
    name: &HeaderName,
    tag: Option<&EntityTag>,
    exists: bool,
    comparison: Comparison,
) -> Option<bool> {
    if !headers.contains_key(name) {
        return None;
    }
    let mut listed = headers.get_all(name).flat_map(TagList::of);
    Some(listed.any(|member| match member {
        Member::Any => exists,
        member @ Member::Tag { .. } => tag.is_some_and(|tag| tag.matches(member, comparison)),
    }))
}

/// Returns whether two opaque tags are equal, apart from their content codings.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one == other || without_coding(one) == without_coding(other)
}

/// Returns a tag without its coding and closing mark.
fn without_coding(tag: &[u8]) -> &[u8] {
    let coded = CODINGS.iter().find_map(|coding| tag.strip_suffix(*coding));
    coded.unwrap_or_else(|| tag.strip_suffix(b"\"").unwrap_or(tag))
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};

    use super::*;

    #[test]
    fn the_tag_of_bytes_is_the_same_in_every_process() {
        let tag = EntityTag::of_bytes(br#"{"id":7}"#);
        assert_eq!(tag.as_str(), "\"a3c90e3b7448d23d9eacebd0ebf15cae\"");
    }

    #[test]
    fn tags_of_headers_are_parsed_with_their_strength() {
        let parse = |text| EntityTag::parse(&HeaderValue::from_static(text));
        for (text, is_weak) in [("\"v1,2\"", false), ("W/\"v1\"", true), ("\"\"", false)] {
            let tag = parse(text).expect("a tag");
            assert_eq!((tag.as_str(), tag.is_weak()), (text, is_weak));
        }
        for text in ["v1", "\"v1", "w/\"v1\"", "\"a\"b\"", "\"a b\"", "*", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_tag_is_listed_by_itself_its_codings_and_the_star() {
        let tag = EntityTag::of_bytes(b"{}");
        let coded = tag.in_coding("br");
        let weak = tag.clone().weak();
        let is_in = |text: &str, own: &EntityTag, name: HeaderName, comparison| {
            let mut headers = HeaderMap::new();
            headers.insert(name.clone(), HeaderValue::from_str(text).ok()?);
            is_listed(&headers, &name, Some(own), true, comparison)
        };
        for (text, exactly, strongly, weakly) in [
            (tag.as_str(), true, true, true),
            (coded.as_str(), false, true, true),
            (weak.as_str(), false, false, true),
            ("*", true, true, true),
            ("\"other\", \"tags\"", false, false, false),
            (&format!("\"a,b\",, {tag}"), true, true, true),
            ("", false, false, false),
        ] {
            let strong = |comparison| is_in(text, &tag, IF_MATCH, comparison);
            assert_eq!(strong(Comparison::Exact), Some(exactly), "{text}");
            assert_eq!(strong(Comparison::Strong), Some(strongly), "{text}");
            let weak = is_in(text, &tag, IF_NONE_MATCH, Comparison::Weak);
            assert_eq!(weak, Some(weakly), "{text}");
        }
        let own_is_weak = is_in(weak.as_str(), &weak, IF_MATCH, Comparison::Strong);
        assert_eq!(own_is_weak, Some(false));
        assert_eq!(tag.is_in_if_none_match(&HeaderMap::new()), None);
    }
}
