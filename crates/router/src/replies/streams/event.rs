//! An event and its serialization (WHATWG HTML, section 9.2.6).

use std::time::Duration;

use serde::Serialize;

use super::body::{Format, Item, WriteError};

/// An event of an [`EventStream`](crate::reply::EventStream): data, a name, an id and a reconnection time.
///
/// ```
/// use std::time::Duration;
/// use purlin_router::reply::Event;
///
/// let event = Event::new(7).name("count").id("41").retry(Duration::from_secs(5));
/// let comment = Event::<u32>::comment("nothing new");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<T> {
    data: Option<T>,
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    comment: Option<String>,
}

impl<T> Event<T> {
    const NOTHING: Self = Self {
        data: None,
        name: None,
        id: None,
        retry: None,
        comment: None,
    };

    /// Returns an event with data, which is written as JSON.
    pub fn new(data: T) -> Self {
        Self {
            data: Some(data),
            ..Self::NOTHING
        }
    }

    /// Returns a comment, which clients ignore.
    pub fn comment(comment: impl Into<String>) -> Self {
        Self {
            comment: Some(comment.into()),
            ..Self::NOTHING
        }
    }

    /// Sets the type of the event; `message` by default.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the id that the client sends as `Last-Event-ID` when it reconnects.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets how long the client waits before it reconnects, in whole milliseconds.
    #[must_use]
    pub fn retry(mut self, wait: Duration) -> Self {
        self.retry = Some(wait);
        self
    }
}

impl<T: Serialize + 'static> Item for Event<T> {
    const FORMAT: Format = Format {
        name: "events",
        comment: b":\n\n",
        farewell: b": the server is shutting down\n\n",
        // Clients reconnect after each end.
        aborts: false,
    };

    fn write(&self, to: &mut Vec<u8>) -> Result<(), WriteError> {
        if let Some(comment) = &self.comment {
            for line in comment.split(['\r', '\n']) {
                to.extend_from_slice(b": ");
                to.extend_from_slice(line.as_bytes());
                to.push(b'\n');
            }
        }
        for (field, what, text) in [("event: ", "name", &self.name), ("id: ", "id", &self.id)] {
            let Some(text) = text else { continue };
            if text.contains(['\r', '\n', '\0']) {
                return Err(WriteError::Line(what));
            }
            to.extend_from_slice(field.as_bytes());
            to.extend_from_slice(text.as_bytes());
            to.push(b'\n');
        }
        if let Some(wait) = self.retry {
            to.extend_from_slice(format!("retry: {}\n", wait.as_millis()).as_bytes());
        }
        if let Some(data) = &self.data {
            to.extend_from_slice(b"data: ");
            // JSON without indentation is one line: line breaks in texts are escaped.
            serde_json::to_writer(&mut *to, data)?;
            to.push(b'\n');
        }
        to.push(b'\n');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Serialize + 'static>(event: &Event<T>) -> String {
        let mut bytes = Vec::new();
        event
            .write(&mut bytes)
            .expect("an event that can be written");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn events_are_written_as_fields_and_an_empty_line() {
        assert_eq!(written(&Event::new("a\nb")), "data: \"a\\nb\"\n\n");
        let all = Event::new([1, 2])
            .name("pair")
            .id("7")
            .retry(Duration::from_millis(1500));
        assert_eq!(
            written(&all),
            "event: pair\nid: 7\nretry: 1500\ndata: [1,2]\n\n"
        );
        assert_eq!(written(&Event::<u8>::comment("a\nb")), ": a\n: b\n\n");
    }

    #[test]
    fn line_breaks_in_fields_are_rejected() {
        for event in [
            Event::new(1).name("a\nb"),
            Event::new(1).id("a\r"),
            Event::new(1).id("\0"),
        ] {
            assert!(event.write(&mut Vec::new()).is_err());
        }
    }
}
