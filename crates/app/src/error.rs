//! Errors of the code that an application adds, and how they are printed.

use std::error::Error;

/// The error of closures that are given to [`App`](crate::App): `?` turns any error into it.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Formats an error and its sources on one line, `outer: inner`. A source whose text is already part of the line is left
/// out: many errors repeat their source in their own text.
pub(crate) fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut line = on_one_line(error);
    let mut source = error.source();
    while let Some(error) = source {
        let text = on_one_line(error);
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        source = error.source();
    }
    line
}

fn on_one_line(error: &dyn Error) -> String {
    let text = error.to_string();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Outer {
        text: &'static str,
        source: io::Error,
    }

    fn outer(text: &'static str) -> Outer {
        let source = io::Error::other("the disk\n is full");
        Outer { text, source }
    }

    #[test]
    fn sources_follow_on_the_same_line() {
        let error = outer("cannot write");
        assert_eq!(error_chain(&error), "cannot write: the disk is full");
    }

    #[test]
    fn a_source_that_is_repeated_is_printed_once() {
        let error = outer("cannot write: the disk is full");
        assert_eq!(error_chain(&error), "cannot write: the disk is full");
    }
}
