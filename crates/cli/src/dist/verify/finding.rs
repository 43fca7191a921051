//! What does not agree.

use std::fmt::{self, Write as _};

use crate::attest::{EnvelopeError, StatementError};

/// Something that does not agree with the provenance.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The file or image.
    pub subject: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Finding {
    pub(super) fn new(subject: impl Into<String>, problem: impl Into<Problem>) -> Self {
        Self {
            subject: subject.into(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names and values are from files that may not be trustworthy: no control character reaches the terminal.
        for c in format!("{}: {}", self.subject, self.problem).chars() {
            match c.is_control() {
                true => write!(f, "{}", c.escape_debug())?,
                false => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// What is wrong with a file or an image.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A key is demanded, and there is no signature.
    #[error("is missing: a signature is demanded, and the provenance is not signed")]
    NotSigned,
    /// The signature is not accepted.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The provenance is not understood.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The provenance has a parameter that is not known.
    #[error("the external parameter `{0}` is not known")]
    Parameter(String),
    /// The copy of the statement is not what was signed.
    #[error("is not the statement in the signed envelope")]
    Copy,
    /// The file does not exist.
    #[error("is missing")]
    Missing,
    /// The file has other content.
    #[error("has the SHA-256 digest {found}, and the provenance names {expected}")]
    Digest {
        /// The digest of the file.
        found: String,
        /// The digest in the provenance.
        expected: String,
    },
    /// The provenance does not name the file.
    #[error("is not named in the provenance: remove it, or move it elsewhere")]
    NotNamed,
    /// Neither a file nor named with a file's name.
    #[error("is no regular file")]
    NotAFile,
    /// The checksums do not name the file.
    #[error("has no line for {0}")]
    NoChecksum(String),
    /// The checksums have another digest.
    #[error("has another digest for {0}")]
    Checksum(String),
    /// A blob of an archive has other content than its name says.
    #[error("its blob {0} is damaged")]
    Blob(String),
    /// An image of the provenance is in none of the archives.
    #[error("the image {0} is in none of the archives")]
    NoImage(String),
    /// An archive contains an image that the provenance does not name.
    #[error("contains the image {0}, which is not named in the provenance")]
    Image(String),
    /// A value is not the one that is demanded.
    #[error("{what} is {found}, and {expected} is demanded")]
    Demanded {
        /// The name of the value.
        what: &'static str,
        /// The value.
        found: String,
        /// The value that is demanded.
        expected: String,
    },
    /// A value is not that of the provenance.
    #[error("{what} is {found}, and the provenance names {expected}")]
    Claim {
        /// The name of the value.
        what: &'static str,
        /// The value.
        found: String,
        /// The value in the provenance.
        expected: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        let finding = Finding::new("a\u{1b}[2J\n\"é\"", Problem::Missing);
        assert_eq!(finding.to_string(), "a\\u{1b}[2J\\n\"é\": is missing");
    }
}
