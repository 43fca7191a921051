//! Rejects regular expressions that mean something else in ECMA 262, the dialect
//! of JSON Schema, than in Rust. Patterns that are not literals are checked against
//! the same list when the validator is compiled.

use syn::LitStr;

use crate::diagnostics::Diagnostics;

/// Escapes that differ, each with the remedy.
const ESCAPES: [(char, &str); 13] = [
    (
        'd',
        "write [0-9]: \\d means Unicode digits here and ASCII digits to OpenAPI readers",
    ),
    (
        'D',
        "write [^0-9]: \\D leaves out Unicode digits here and ASCII digits for OpenAPI readers",
    ),
    (
        'w',
        "write [A-Za-z0-9_]: \\w means Unicode letters here and ASCII letters to OpenAPI readers",
    ),
    (
        'W',
        "write [^A-Za-z0-9_]: \\W leaves out Unicode letters here and ASCII letters for OpenAPI readers",
    ),
    (
        's',
        "write the spaces you mean, such as [ \\t]: \\s is a different set to OpenAPI readers",
    ),
    (
        'S',
        "write the set you mean, such as [^ \\t]: \\S is a different set to OpenAPI readers",
    ),
    (
        'b',
        "remove \\b: word boundaries mean Unicode here and ASCII to OpenAPI readers",
    ),
    (
        'B',
        "remove \\B: word boundaries mean Unicode here and ASCII to OpenAPI readers",
    ),
    ('A', "write ^: OpenAPI readers do not know \\A"),
    ('z', "write $: OpenAPI readers do not know \\z"),
    ('a', "write \\x07: OpenAPI readers do not know \\a"),
    ('<', "remove \\<: OpenAPI readers do not know it"),
    ('>', "remove \\>: OpenAPI readers do not know it"),
];

/// Reports constructs that differ between Rust and ECMA 262.
pub(super) fn reject_ambiguous(text: &LitStr, diagnostics: &mut Diagnostics) {
    for message in ambiguities(&text.value()) {
        diagnostics.push(text, message);
    }
}

fn ambiguities(pattern: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        let mut taken = character.len_utf8();
        let mut add = |message| {
            if !found.contains(&message) {
                found.push(message);
            }
        };
        match character {
            '\\' => {
                let escaped = after.chars().next();
                taken += escaped.map_or(0, char::len_utf8);
                let known = ESCAPES.iter().find(|(letter, _)| Some(*letter) == escaped);
                if let Some((_, message)) = known {
                    add(message);
                }
                if escaped == Some('x') && after[1..].starts_with('{') {
                    add("write \\u{…}: OpenAPI readers do not know \\x{…}");
                }
                if escaped == Some('U') {
                    add("write \\u{…}: OpenAPI readers do not know \\U");
                }
            }
            '[' if in_class => {
                add(
                    "write \\[: a class within a class, such as [[:alpha:]], means something else to OpenAPI readers",
                );
            }
            '[' => {
                in_class = true;
                let inside = after.strip_prefix('^').unwrap_or(after);
                taken += after.len() - inside.len();
                if inside.starts_with(']') {
                    add("write \\]: a class that begins with ] is empty to OpenAPI readers");
                    taken += 1;
                }
            }
            ']' => in_class = false,
            '&' | '~' | '-' if in_class && after.starts_with(character) => {
                add("escape &&, -- and ~~ in a class: OpenAPI readers have no set operations");
                taken += 1;
            }
            '(' if !in_class && after.starts_with('?') && !after.starts_with("?:") => {
                add(
                    "remove flags, group names and look-around: Rust and OpenAPI readers write them differently or not at all",
                );
            }
            '{' if !in_class && after.starts_with(',') => {
                add("write {0,…}: {,…} means something else to OpenAPI readers");
            }
            _ => {}
        }
        rest = &rest[taken..];
    }
    found
}

/// Escapes text so that it matches itself as a regular expression in both dialects.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if "\\.+*?()|[]{}^$/".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{ambiguities, escape};

    #[test]
    fn patterns_with_one_meaning_are_accepted() {
        for pattern in [
            "",
            "^[0-9]{5}$",
            "^(?:a|b)+$",
            r"^\\d$",
            r"^[a-z\-&]+\.[^\]]*$",
            r"^\u{1F600}\x41\n$",
            "é[ß-ü]",
        ] {
            assert_eq!(ambiguities(pattern), Vec::<&str>::new(), "{pattern}");
        }
    }

    #[test]
    fn each_ambiguous_construct_is_reported_once() {
        for (pattern, count) in [
            (r"^\d\d$", 1),
            (r"\D\w\W\s\S\b\B", 7),
            (r"\Aa\z", 2),
            ("(?i)a(?P<b>c)(?=d)", 1),
            ("[[:alpha:]]", 1),
            ("[]a]", 1),
            ("[^]a]", 1),
            ("[a-z&&b]", 1),
            ("a{,3}", 1),
            (r"\x{41}\U00000041", 2),
            (r"[\d]", 1),
            (r"\", 0),
        ] {
            assert_eq!(ambiguities(pattern).len(), count, "{pattern}");
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a.b/c-é"), "a\\.b\\/c-é");
    }
}
