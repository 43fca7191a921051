//! Text that a client, a panic or a message brings, with every character escaped that could end the line, colour the
//! terminal, hide, or change the order others are shown in; and cut where it is longer than anybody reads.

use std::fmt::{self, Write};

/// The longest text that is written of one value, in bytes.
const LONGEST: usize = 16 * 1024;

/// Whether the character stands for itself wherever it is shown.
pub(super) fn is_harmless(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\0'..='\u{9f}' => false,
        // Line and paragraph separators; marks that have no width or turn the direction of what follows.
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => false,
        _ => true,
    }
}

/// Writes harmful characters as Rust's escapes: `\n`, `\u{1b}`.
pub(super) struct Escaping<W> {
    into: W,
    /// Whether what is written stands in quotes, where a quote and a backslash have to be told from the text's own.
    quoted: bool,
}

impl<W: Write> Escaping<W> {
    pub(super) fn new(into: W) -> Self {
        Self {
            into,
            quoted: false,
        }
    }

    pub(super) fn quoted(into: W) -> Self {
        Self { into, quoted: true }
    }
}

impl<W: Write> Write for Escaping<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let quoted = self.quoted;
        let stands = |c: char| is_harmless(c) && !(quoted && matches!(c, '"' | '\\'));
        let mut rest = text;
        while let Some((at, character)) = rest.char_indices().find(|(_, c)| !stands(*c)) {
            let (before, after) = rest.split_at(at);
            self.into.write_str(before)?;
            match character {
                '\n' | '\r' | '\t' | '"' | '\\' => {
                    write!(self.into, "{}", character.escape_default())
                }
                other => write!(self.into, "{}", other.escape_unicode()),
            }?;
            rest = after.get(character.len_utf8()..).unwrap_or_default();
        }
        self.into.write_str(rest)
    }
}

/// Something to be shown, cut where it is too long.
pub(super) struct Cut<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Cut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cutting = Cutting {
            into: f,
            left: Some(LONGEST),
        };
        write!(cutting, "{}", self.0)
    }
}

struct Cutting<'a, 'f> {
    into: &'a mut fmt::Formatter<'f>,
    /// Bytes that may still be written; nothing once it has been cut.
    left: Option<usize>,
}

impl Write for Cutting<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let Some(left) = self.left else {
            return Ok(());
        };
        if text.len() <= left {
            self.left = Some(left - text.len());
            return self.into.write_str(text);
        }
        self.left = None;
        let end = text.floor_char_boundary(left);
        self.into.write_str(text.get(..end).unwrap_or_default())?;
        self.into.write_char('…')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut shown = String::new();
        Escaping::new(&mut shown).write_str(text).unwrap();
        shown
    }

    #[test]
    fn what_could_end_a_line_or_colour_it_is_escaped() {
        let evil = "a\r\nb\0\u{1b}[31m\u{7f}\u{85}\u{9b}\u{2028}\u{2029}\u{202e}\u{feff}c";
        assert_eq!(
            escaped(evil),
            "a\\r\\nb\\u{0}\\u{1b}[31m\\u{7f}\\u{85}\\u{9b}\\u{2028}\\u{2029}\\u{202e}\\u{feff}c"
        );
        assert_eq!(escaped("Zoë \"日本\" \\d 🦀"), "Zoë \"日本\" \\d 🦀");
    }

    #[test]
    fn in_quotes_a_quote_and_a_backslash_are_escaped_as_well() {
        let mut shown = String::new();
        Escaping::quoted(&mut shown).write_str("a\"\\\n").unwrap();
        assert_eq!(shown, "a\\\"\\\\\\n");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(LONGEST);
        let shown = Cut(&long).to_string();
        assert!(shown.len() <= LONGEST + '…'.len_utf8());
        assert!(shown.ends_with("é…"));
        assert_eq!(Cut("short").to_string(), "short");
    }
}
