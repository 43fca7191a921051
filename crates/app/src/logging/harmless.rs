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

/// What an ASCII character may do unescaped; each kind may do what those before it may.
const IN_TEXT: u8 = 1;
const IN_QUOTES: u8 = 2;
const IN_A_WORD: u8 = 3;

const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        kinds[byte as usize] = match byte {
            b'"' | b'\\' => IN_TEXT,
            b' ' | b'=' => IN_QUOTES,
            _ => IN_A_WORD,
        };
        byte += 1;
    }
    kinds
};

/// Whether a text is told from what stands around it without quotes, and needs no escapes. A few others are as well.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| KINDS[usize::from(byte)] == IN_A_WORD)
}

/// Whether a text can stand in quotes as it is. Others may as well.
pub(super) fn is_quotable(text: &str) -> bool {
    text.bytes()
        .all(|byte| KINDS[usize::from(byte)] >= IN_QUOTES)
}

/// How characters are escaped that do not stand for themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// As Rust writes them: `\n`, `\u{1b}`.
    Bare,
    /// The same within quotes, where a quote and a backslash have to be told from the text's own.
    Quoted,
    /// As JSON writes them, within quotes: `\n`, `\u001b`.
    Json,
}

impl Escapes {
    fn leaves(self, character: char) -> bool {
        is_harmless(character) && (self == Self::Bare || !matches!(character, '"' | '\\'))
    }

    /// Whether all of a text stands for itself and is ASCII: most texts are, and this is quick.
    fn leaves_all(self, text: &str) -> bool {
        match self {
            Self::Bare => text.bytes().all(|byte| KINDS[usize::from(byte)] >= IN_TEXT),
            Self::Quoted | Self::Json => is_quotable(text),
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

/// Writes a text harmlessly, and cuts it where it is too long.
pub(super) struct Harmless<'a> {
    into: &'a mut String,
    escapes: Escapes,
    /// Bytes that may still be written; nothing once it has been cut.
    left: Option<usize>,
}

impl<'a> Harmless<'a> {
    pub(super) fn new(into: &'a mut String, escapes: Escapes) -> Self {
        Self {
            into,
            escapes,
            left: Some(LONGEST),
        }
    }

    fn escape(&mut self, text: &str) {
        if self.escapes.leaves_all(text) {
            return self.into.push_str(text);
        }
        let mut rest = text;
        let leaves = |c: char| self.escapes.leaves(c);
        while let Some((at, character)) = rest.char_indices().find(|(_, c)| !leaves(*c)) {
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
        let end = text.floor_char_boundary(left);
        self.escape(text.get(..end).unwrap_or_default());
        self.into.push('…');
    }
}

impl Write for Harmless<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, escapes: Escapes) -> String {
        let mut shown = String::new();
        Harmless::new(&mut shown, escapes).push(text);
        shown
    }

    #[test]
    fn what_could_end_a_line_or_colour_it_is_escaped() {
        let evil = "a\r\nb\0\u{1b}[31m\u{7f}\u{85}\u{9b}\u{2028}\u{2029}\u{202e}\u{feff}c";
        assert_eq!(
            written(evil, Escapes::Bare),
            "a\\r\\nb\\u{0}\\u{1b}[31m\\u{7f}\\u{85}\\u{9b}\\u{2028}\\u{2029}\\u{202e}\\u{feff}c"
        );
        let fine = "Zoë \"日本\" \\d 🦀";
        assert_eq!(written(fine, Escapes::Bare), fine);
    }

    #[test]
    fn in_quotes_a_quote_and_a_backslash_are_escaped_as_well() {
        let text = "a\"\\\n";
        assert_eq!(written(text, Escapes::Quoted), "a\\\"\\\\\\n");
        assert_eq!(written(text, Escapes::Json), "a\\\"\\\\\\n");
    }

    #[test]
    fn in_json_characters_are_escaped_by_their_utf_16_units() {
        let text = "\u{1b}\u{e0041}é";
        assert_eq!(written(text, Escapes::Json), "\\u001b\\udb40\\udc41é");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(LONGEST);
        let shown = written(&long, Escapes::Bare);
        assert!(shown.len() <= LONGEST + '…'.len_utf8());
        assert!(shown.ends_with("é…"));
        assert_eq!(written("short", Escapes::Bare), "short");
    }
}
