//! Entity tags: which state of a thing a client has seen (RFC 9110 section 8.8.3).

use std::{
    fmt,
    hash::{DefaultHasher, Hasher},
};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;

/// A strong entity tag: two answers have the same one if they are the same, byte by byte.
///
/// That of a value is the one its `Json` answer is given by the middleware of `purlin-app`, so that a handler can tell
/// whether a client has seen the state it is about to change:
///
/// ```
/// use purlin_router::{EntityTag, schema};
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

/// What a coding adds to a tag: other bytes are another answer.
const CODINGS: [&str; 2] = ["-br\"", "-gzip\""];

impl EntityTag {
    /// That of a value that is answered as JSON; none where JSON cannot hold it.
    #[must_use]
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Option<Self> {
        let bytes = serde_json::to_vec(value).ok()?;
        Some(Self::of_bytes(&bytes))
    }

    /// That of bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        Self(format!("\"{:016x}\"", hasher.finish()))
    }

    /// A tag as it stands in `ETag`; nothing for a weak one.
    #[must_use]
    pub fn strong(header: &HeaderValue) -> Option<Self> {
        let text = header.to_str().ok()?;
        text.starts_with('"').then(|| Self(text.to_owned()))
    }

    /// The tag with its quotation marks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag of the same answer in a coding, `br` or `gzip`.
    #[must_use]
    pub fn in_coding(&self, coding: &str) -> Self {
        let bare = self.0.trim_end_matches('"');
        Self(format!("{bare}-{coding}\""))
    }

    /// Whether `If-Match` or `If-None-Match` names this tag, or any with `*`; `None` without such a header. A tag that
    /// was sent with a compressed answer counts as that of the answer. Weak ones count where `weakly`
    /// (RFC 9110 section 8.8.3.2).
    #[must_use]
    pub fn is_named(&self, headers: &HeaderMap, name: &HeaderName, weakly: bool) -> Option<bool> {
        if !headers.contains_key(name) {
            return None;
        }
        let values = headers
            .get_all(name)
            .filter_map(|value| value.to_str().ok());
        let mut named = values.flat_map(|value| value.split(',')).map(str::trim);
        Some(named.any(|tag| {
            let tag = match tag.strip_prefix("W/") {
                Some(tag) if weakly => tag,
                _ => tag,
            };
            tag == "*" || tag == self.0 || plain(tag) == plain(&self.0)
        }))
    }
}

/// A tag without its coding and closing mark.
fn plain(tag: &str) -> &str {
    let coded = CODINGS.iter().find_map(|coding| tag.strip_suffix(coding));
    coded.unwrap_or_else(|| tag.strip_suffix('"').unwrap_or(tag))
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
