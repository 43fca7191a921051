//! Where request heads end in the bytes of a connection.

use std::sync::LazyLock;

use memchr::{memchr_iter, memmem::Finder};

/// Looks for the empty lines that end request heads.
#[derive(Debug, Default)]
pub(super) struct HeadScan {
    /// How much of the end of a line and an empty line the last bytes were.
    matched: Matched,
    /// Bytes that were handed over behind the end of a head.
    behind: u64,
    /// Bytes of a head that has not ended.
    length: u64,
}

/// What the last bytes were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Matched {
    /// Nothing has arrived of the head. Empty lines before it are ignored (RFC 9112 section 2.2).
    #[default]
    Start,
    /// Within a line.
    Line,
    /// The end of a line.
    End,
    /// The end of a line, and a carriage return.
    Return,
}

/// The result of a scan.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    /// Bytes that may be handed over: all of them if they have the end of one head at most, and what is behind it is likely to
    /// be its body; otherwise those of the head.
    pub(super) count: usize,
    /// Whether a head ends in them.
    pub(super) is_complete: bool,
}

impl HeadScan {
    /// Begins a request whose head has ended, and returns how many bytes were handed over behind it.
    pub(super) fn begin(&mut self, length_of_body: u64) -> u64 {
        let behind = std::mem::take(&mut self.behind);
        self.matched = match behind > length_of_body {
            true => Matched::Line,
            // All of it belongs to the body.
            false => Matched::Start,
        };
        behind
    }

    /// Returns the length of a head that has not ended.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Returns whether bytes behind a head were handed over, and are not known to be those of its body.
    pub(super) fn is_ahead(&self) -> bool {
        self.behind > 0 || self.matched != Matched::Start
    }

    /// Scans bytes for the end of the head.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Scanned {
        if self.matched == Matched::Start && is_one_head(bytes) {
            self.length = 0;
            return Scanned {
                count: bytes.len(),
                is_complete: true,
            };
        }
        // POST, PUT and PATCH: what is behind the head is its body, which need not wait for the request to begin.
        let has_body =
            self.matched == Matched::Start && bytes.trim_ascii_start().first() == Some(&b'P');
        let Some(first) = self.find(bytes) else {
            self.length = self.length.saturating_add(bytes.len() as u64);
            return Scanned {
                count: bytes.len(),
                is_complete: false,
            };
        };
        self.length = 0;
        let rest = &bytes[first..];
        let count = match rest.last() {
            // The end of a line: of a body, or of an empty line in front of a head. It is handed over when it is known which.
            Some(b'\r' | b'\n') => first,
            // Another head, or a body that looks like one.
            Some(_) if !has_body || Self::default().find(rest).is_some() => first,
            // The last byte is within a body, or within a line of a head.
            _ => {
                self.behind = rest.len() as u64;
                bytes.len()
            }
        };
        Scanned {
            count,
            is_complete: true,
        }
    }

    /// Returns the index behind the first end of a head.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut from = 0;
        // Few bytes decide about what began before them, or about empty lines in front.
        while self.matched != Matched::Line {
            let byte = *bytes.get(from)?;
            from += 1;
            self.matched = match (self.matched, byte) {
                (Matched::Start, b'\r' | b'\n') => Matched::Start,
                (Matched::End, b'\r') => Matched::Return,
                (Matched::End | Matched::Return, b'\n') => {
                    self.matched = Matched::Start;
                    return Some(from);
                }
                _ => Matched::Line,
            };
        }
        // The byte that began the line may end it.
        let from = from.saturating_sub(1);
        for end in memchr_iter(b'\n', &bytes[from..]) {
            let next = from + end + 1;
            match bytes.get(next..) {
                Some([b'\n', ..]) => {
                    self.matched = Matched::Start;
                    return Some(next + 1);
                }
                Some([b'\r', b'\n', ..]) => {
                    self.matched = Matched::Start;
                    return Some(next + 2);
                }
                Some([b'\r']) => self.matched = Matched::Return,
                Some([]) | None => self.matched = Matched::End,
                Some(_) => {}
            }
        }
        None
    }
}

/// Finds the end of a line and an empty line, of either kind.
static EMPTY_LINES: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| [Finder::new(b"\n\r\n"), Finder::new(b"\n\n")]);

/// Returns whether bytes that begin a head are exactly that head, as nearly all are. It costs half of a scan line by line.
fn is_one_head(bytes: &[u8]) -> bool {
    let [b'!'..=b'~', .., b'\r', b'\n', b'\r', b'\n'] = bytes else {
        return false;
    };
    // Another head ends before the last byte.
    let before = bytes.get(..bytes.len() - 1).unwrap_or_default();
    EMPTY_LINES.iter().all(|it| it.find(before).is_none())
}

#[cfg(test)]
mod tests {
    use super::{HeadScan, Matched, Scanned, is_one_head};

    const HEAD: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    fn complete(count: usize) -> Scanned {
        Scanned {
            count,
            is_complete: true,
        }
    }

    fn incomplete(count: usize) -> Scanned {
        Scanned {
            count,
            is_complete: false,
        }
    }

    #[test]
    fn a_head_ends_wherever_it_is_cut() {
        for cut in 1..HEAD.len() {
            let mut scan = HeadScan::default();
            let (first, second) = HEAD.as_bytes().split_at(cut);
            assert_eq!(scan.scan(first), incomplete(cut), "{cut}");
            assert_eq!(scan.scan(second), complete(HEAD.len() - cut), "{cut}");
            assert_eq!(scan.begin(0), 0);
        }
    }

    #[test]
    fn every_byte_alone_is_the_same() {
        let mut scan = HeadScan::default();
        for _ in 0..2 {
            let (last, others) = HEAD.as_bytes().split_last().unwrap_or((&0, &[]));
            for byte in others {
                assert_eq!(scan.scan(&[*byte]), incomplete(1));
            }
            assert_eq!(scan.scan(&[*last]), complete(1));
        }
    }

    #[test]
    fn two_heads_are_cut_and_a_body_is_not() {
        let mut scan = HeadScan::default();
        let both = format!("{HEAD}{HEAD}");
        assert_eq!(scan.scan(both.as_bytes()), complete(HEAD.len()));
        assert_eq!(scan.begin(0), 0);
        assert_eq!(scan.scan(HEAD.as_bytes()), complete(HEAD.len()));

        // Where the body ends decides what `\r` is.
        let post = HEAD.replace("GET", "POST");
        let body_and_return = format!("{post}b\n\r");
        assert_eq!(scan.scan(body_and_return.as_bytes()), complete(post.len()));
        assert_eq!(scan.begin(2), 0);
        assert_eq!(scan.scan(b"\r"), incomplete(1));
        assert_eq!(scan.scan(b"\n"), incomplete(1));

        let with_body = format!("{post}{{\"a\":1}}");
        assert_eq!(scan.scan(with_body.as_bytes()), complete(with_body.len()));
        assert_eq!(scan.begin(7), 7);

        let with_part = format!("{HEAD}GET / HT");
        assert_eq!(scan.scan(with_part.as_bytes()), complete(HEAD.len()));
        assert_eq!(scan.begin(0), 0);
    }

    #[test]
    fn one_head_is_found_as_by_the_scan_line_by_line() {
        let parts = [
            "GET / HTTP/1.1",
            "A: b",
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\n\n",
            "",
        ];
        for first in parts {
            for second in parts {
                for third in parts {
                    for last in parts {
                        let bytes = [first, second, third, last].concat();
                        let bytes = bytes.as_bytes();
                        let mut scan = HeadScan::default();
                        let end = scan.find(bytes);
                        let is_head = end == Some(bytes.len()) && bytes.ends_with(b"\r\n\r\n");
                        let is_plain =
                            is_head && !bytes.starts_with(b"\r") && !bytes.starts_with(b"\n");
                        assert_eq!(is_one_head(bytes), is_plain, "{bytes:?}");
                        assert!(!is_head || scan.matched == Matched::Start);
                    }
                }
            }
        }
    }

    #[test]
    fn empty_lines_in_front_are_no_heads() {
        let mut scan = HeadScan::default();
        assert_eq!(scan.scan(b"\r\n\r\n"), incomplete(4));
        assert_eq!(scan.scan(HEAD.as_bytes()), complete(HEAD.len()));
        assert_eq!(scan.scan(b"GET / HTTP/1.1\nHost: a\n\n"), complete(24));
    }
}
