//! What a regular expression may hold: nothing that Rust and ECMA 262, in whose
//! terms the document is read, understand differently. What is no literal is
//! held against the same list when the contract is built.

use syn::LitStr;

use crate::mistakes::Mistakes;

/// Escapes that differ, each with its mend.
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
        "write the spaces you mean, such as [ \\t]: \\s is not the same set to OpenAPI readers",
    ),
    (
        'S',
        "write what you mean, such as [^ \\t]: \\S is not the same set to OpenAPI readers",
    ),
    (
        'b',
        "leave \\b out: word boundaries mean Unicode here and ASCII to OpenAPI readers",
    ),
    (
        'B',
        "leave \\B out: word boundaries mean Unicode here and ASCII to OpenAPI readers",
    ),
    ('A', "write ^: \\A means nothing to OpenAPI readers"),
    ('z', "write $: \\z means nothing to OpenAPI readers"),
    ('a', "write \\x07: \\a means nothing to OpenAPI readers"),
    (
        '<',
        "leave \\< out: word boundaries mean nothing to OpenAPI readers",
    ),
    (
        '>',
        "leave \\> out: word boundaries mean nothing to OpenAPI readers",
    ),
];

/// Reports what reads differently in Rust and in ECMA 262.
pub(super) fn refuse_ambiguous(text: &LitStr, mistakes: &mut Mistakes) {
    for words in ambiguities(&text.value()) {
        mistakes.add(text, words);
    }
}

fn ambiguities(pattern: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        let mut taken = character.len_utf8();
        let mut add = |words| {
            if !found.contains(&words) {
                found.push(words);
            }
        };
        match character {
            '\\' => {
                let escaped = after.chars().next();
                taken += escaped.map_or(0, char::len_utf8);
                let known = ESCAPES.iter().find(|(letter, _)| Some(*letter) == escaped);
                if let Some((_, words)) = known {
                    add(words);
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
                add("escape &&, -- and ~~ in a class: OpenAPI readers do not reckon with sets");
                taken += 1;
            }
            '(' if !in_class && after.starts_with('?') && !after.starts_with("?:") => {
                add(
                    "leave flags, names of groups and looking around out: OpenAPI readers write them otherwise, or Rust does not know them",
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

/// Text as a regular expression that matches it, in every dialect.
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
    fn what_everybody_reads_alike_is_let_through() {
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
    fn what_is_read_differently_is_named_once_each() {
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
