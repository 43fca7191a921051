//! Where the values of path parameters are in the path of a request.

use std::borrow::Cow;

/// The largest number of parameters of a path template.
pub(crate) const MAX_PARAMETERS: usize = 16;

/// Start and length of the value of each path parameter, in the template's order; 16 bits each, as actix-web rejects
/// longer targets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PathSpans {
    /// Where the looked-up path starts in the whole path.
    base: u16,
    count: u8,
    spans: [(u16, u16); MAX_PARAMETERS],
}

impl PathSpans {
    /// Adds the next parameter. Returns `None` where it has no place.
    pub(crate) fn push(&mut self, start: usize, length: usize) -> Option<()> {
        let span = self.spans.get_mut(usize::from(self.count))?;
        *span = (u16::try_from(start).ok()?, u16::try_from(length).ok()?);
        self.count += 1;
        Some(())
    }

    /// Moves the spans into the whole path, of which `base` bytes precede the looked-up part.
    pub(crate) fn set_base(&mut self, base: usize) {
        self.base = u16::try_from(base).unwrap_or(u16::MAX);
    }

    /// Returns the values in the path, percent-encoded as far as actix-web leaves them so.
    pub(crate) fn values<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        let path = path.get(usize::from(self.base)..).unwrap_or_default();
        let spans = self.spans.iter().take(usize::from(self.count));
        spans.map(move |&(start, length)| {
            let start = usize::from(start);
            path.get(start..start + usize::from(length))
                .unwrap_or_default()
        })
    }
}

/// Decodes what actix-web leaves encoded in a path segment (`%25`, `%2B`, `%2F`).
pub(crate) fn decode_segment(raw: &str) -> Cow<'_, str> {
    if raw.contains('%') {
        percent_encoding::percent_decode_str(raw).decode_utf8_lossy()
    } else {
        Cow::Borrowed(raw)
    }
}
