//! Escapes text from clients, panics and messages so that it cannot end a log line, colour the terminal, hide, or reorder
//! what is displayed; and truncates text that is too long.

use std::fmt::{self, Write};

/// The most bytes that are written of one value.
const LONGEST: usize = 16 * 1024;

/// Returns whether a character may be displayed as it is.
pub(super) fn is_displayable(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\0'..='\u{9f}' => false,
        // Line and paragraph separators; characters without a width, and those that change the direction of text.
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

/// Where an ASCII character needs no escape, a bit each.
const IN_TEXT: u8 = 1;
const IN_QUOTES: u8 = 2;
const WITHOUT_QUOTES: u8 = 4;

const KEPT: [u8; 256] = {
    let mut kept = [0; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        kept[byte as usize] = match byte {
            b'"' | b'\\' => IN_TEXT,
            b' ' | b'=' => IN_TEXT | IN_QUOTES,
            _ => IN_TEXT | IN_QUOTES | WITHOUT_QUOTES,
        };
        byte += 1;
    }
    kept
};

/// Returns whether all characters of a text are kept somewhere. Without branches it takes half of the time.
fn are_kept(text: &str, place: u8) -> bool {
    let kept = |places, byte| places & KEPT[usize::from(byte)];
    text.bytes().fold(place, kept) == place
}

/// Returns whether a text is ASCII that needs neither quotes nor escapes. Some other texts need none either.
pub(super) fn needs_no_quotes(text: &str) -> bool {
    !text.is_empty() && are_kept(text, WITHOUT_QUOTES)
}

/// Returns whether a text is ASCII that needs no escapes within quotes. Some other texts need none either.
pub(super) fn needs_no_escapes(text: &str) -> bool {
    are_kept(text, IN_QUOTES)
}

/// The syntax of escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Rust's: `\n`, `\u{1b}`.
    Bare,
    /// Rust's within quotes, where quotes and backslashes are escaped as well.
    Quoted,
    /// JSON's, within quotes: `\n`, `\u001b`.
    Json,
}

impl Escapes {
    fn keeps(self, character: char) -> bool {
        is_displayable(character) && (self == Self::Bare || !matches!(character, '"' | '\\'))
    }

    /// Returns whether a text is ASCII without anything to escape: most texts are, and this is a fast check.
    fn keeps_all(self, text: &str) -> bool {
        match self {
            Self::Bare => are_kept(text, IN_TEXT),
            Self::Quoted | Self::Json => needs_no_escapes(text),
        }
    }

    fn push(self, character: char, into: &mut String) {
        match character {
            '\n' | '\r' | '\t' | '"' | '\\' => into.extend(character.escape_default()),
            _ if self == Self::Json => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    into.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => into.extend(character.escape_unicode()),
        }
    }
}

/// Appends text with escapes to a string, and truncates it if it is too long.
pub(super) struct Escaped<'a> {
    into: &'a mut String,
    escapes: Escapes,
    /// Bytes that may still be written; nothing once the text has been truncated.
    left: Option<usize>,
}

impl<'a> Escaped<'a> {
    pub(super) fn new(into: &'a mut String, escapes: Escapes) -> Self {
        Self {
            into,
            escapes,
            left: Some(LONGEST),
        }
    }

    fn escape(&mut self, text: &str) {
        if self.escapes.keeps_all(text) {
            return self.into.push_str(text);
        }
        let mut rest = text;
        let keeps = |c: char| self.escapes.keeps(c);
        while let Some((at, character)) = rest.char_indices().find(|(_, c)| !keeps(*c)) {
            let (before, after) = rest.split_at(at);
            self.into.push_str(before);
            self.escapes.push(character, self.into);
            rest = after.get(character.len_utf8()..).unwrap_or_default();
        }
        self.into.push_str(rest);
    }

    pub(super) fn push(&mut self, text: &str) {
        let Some(left) = self.left else { return };
        if text.len() <= left {
            self.left = Some(left - text.len());
            return self.escape(text);
        }
        self.left = None;
        self.escape(truncated(text, left));
        self.into.push('…');
    }
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// Returns the whole characters within the first `bytes` of a text.
fn truncated(text: &str, bytes: usize) -> &str {
    let boundary = (0..=bytes)
        .rev()
        .find(|&index| text.is_char_boundary(index));
    boundary.and_then(|end| text.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, escapes: Escapes) -> String {
        let mut shown = String::new();
        Escaped::new(&mut shown, escapes).push(text);
        shown
    }

    #[test]
    fn characters_that_end_a_line_or_control_a_terminal_are_escaped() {
        let hostile = "a\r\nb\0\u{1b}[31m\u{7f}\u{85}\u{9b}\u{2028}\u{2029}\u{202e}\u{feff}c";
        assert_eq!(
            written(hostile, Escapes::Bare),
            "a\\r\\nb\\u{0}\\u{1b}[31m\\u{7f}\\u{85}\\u{9b}\\u{2028}\\u{2029}\\u{202e}\\u{feff}c"
        );
        let harmless = "Zoë \"日本\" \\d 🦀";
        assert_eq!(written(harmless, Escapes::Bare), harmless);
    }

    #[test]
    fn quotes_and_backslashes_are_escaped_within_quotes() {
        let text = "a\"\\\n";
        assert_eq!(written(text, Escapes::Quoted), "a\\\"\\\\\\n");
        assert_eq!(written(text, Escapes::Json), "a\\\"\\\\\\n");
    }

    #[test]
    fn json_escapes_are_utf_16_code_units() {
        let text = "\u{1b}\u{e0041}é";
        assert_eq!(written(text, Escapes::Json), "\\u001b\\udb40\\udc41é");
    }

    #[test]
    fn long_texts_are_truncated_between_characters() {
        let long = "é".repeat(LONGEST);
        let shown = written(&long, Escapes::Bare);
        assert!(shown.len() <= LONGEST + '…'.len_utf8());
        assert!(shown.ends_with("é…"));
        let shifted = format!("x{long}");
        assert!(written(&shifted, Escapes::Bare).ends_with("é…"));
        assert_eq!(written("short", Escapes::Bare), "short");
    }
}
