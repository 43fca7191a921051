//! The lists of entity tags in `If-Match` and `If-None-Match` (RFC 9110 sections 13.1.1, 13.1.2). A tag may contain commas,
//! so that the list cannot be split at them.

use actix_web::http::header::HeaderValue;

/// A member of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member<'h> {
    /// `*`: any representation.
    Any,
    /// An entity tag.
    Tag {
        is_weak: bool,
        /// The tag with its quotation marks, without `W/`.
        opaque: &'h [u8],
    },
}

/// The members of a list; what is neither a tag nor `*` is left out.
pub(super) struct TagList<'h>(&'h [u8]);

impl<'h> TagList<'h> {
    pub(super) fn of(header: &'h HeaderValue) -> Self {
        Self(header.as_bytes())
    }

    /// Skips everything up to the next comma.
    fn skip_member(&mut self) {
        let end = self.0.iter().position(|byte| *byte == b',');
        self.0 = end.map_or(&[], |end| &self.0[end..]);
    }
}

impl<'h> Iterator for TagList<'h> {
    type Item = Member<'h>;

    fn next(&mut self) -> Option<Member<'h>> {
        loop {
            let start = self.0.iter();
            let start = start
                .take_while(|byte| matches!(byte, b' ' | b'\t' | b','))
                .count();
            self.0 = &self.0[start..];
            if self.0.is_empty() {
                return None;
            }
            let found = match self.0 {
                [b'*', rest @ ..] => Some((Member::Any, rest)),
                [b'W', b'/', rest @ ..] => quoted(rest, true),
                rest => quoted(rest, false),
            };
            if let Some((member, rest)) = found {
                self.0 = rest;
                // What is left of the member belongs to none.
                self.skip_member();
                return Some(member);
            }
            self.skip_member();
        }
    }
}

/// Splits a tag in quotation marks off.
fn quoted(text: &[u8], is_weak: bool) -> Option<(Member<'_>, &[u8])> {
    let inner = text.strip_prefix(b"\"")?;
    let length = inner.iter().position(|byte| *byte == b'"')? + 2;
    let (opaque, rest) = text.split_at_checked(length)?;
    Some((Member::Tag { is_weak, opaque }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_split_outside_of_quotation_marks() {
        let parse = |text: &str| -> Vec<String> {
            let header = HeaderValue::from_bytes(text.as_bytes()).expect("a value");
            let members = TagList::of(&header).map(|member| match member {
                Member::Any => "*".to_owned(),
                Member::Tag { is_weak, opaque } => {
                    let weak = if is_weak { "W/" } else { "" };
                    format!("{weak}{}", String::from_utf8_lossy(opaque))
                }
            });
            members.collect()
        };
        for (text, expected) in [
            ("\"a\"", &["\"a\""][..]),
            ("\"v1,2\", W/\"b\"", &["\"v1,2\"", "W/\"b\""]),
            ("  ,, \"\",\t\"ä\\\" ,", &["\"\"", "\"ä\\\""]),
            ("*", &["*"]),
            ("a, \"b\", W/c, w/\"d\"", &["\"b\""]),
            ("\"open", &[]),
            ("\"open, \"b\"", &["\"open, \""]),
            ("", &[]),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
