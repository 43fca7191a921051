//! in-toto statements, version 1: what is claimed of which files.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::oci::Digest;

/// The type of a statement.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";

/// Why a payload is no statement that can be checked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// The payload is not JSON.
    #[error("is not JSON: {0}")]
    NotJson(String),
    /// A property has another value than the one that is understood.
    #[error("{property} is {found}, and {expected} is expected")]
    Unexpected {
        /// The property.
        property: &'static str,
        /// Its value.
        found: String,
        /// The value that is understood.
        expected: String,
    },
    /// A subject has no name, or no SHA-256 digest.
    #[error("subject {0} has no name or no SHA-256 digest")]
    Subject(usize),
    /// Two subjects have the same name.
    #[error("there are two subjects named {0}")]
    Duplicate(String),
}

/// What a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subject {
    /// The name: of a file, or of an image.
    pub name: String,
    /// The digest of the file, or of the manifest of the image.
    pub digest: Digest,
    /// The media type; only images have one.
    pub media_type: Option<String>,
    /// The package URL; only images have one.
    pub uri: Option<String>,
}

impl Subject {
    /// Returns a file as a subject.
    pub fn file(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            digest: Digest::of(bytes),
            media_type: None,
            uri: None,
        }
    }

    /// Whether it is an image.
    pub fn is_image(&self) -> bool {
        self.media_type.is_some()
    }

    fn to_json(&self) -> Value {
        let mut subject = json!({"name": self.name, "digest": {"sha256": self.digest.hex()}});
        if let Some(media_type) = &self.media_type {
            subject["mediaType"] = media_type.as_str().into();
        }
        if let Some(uri) = &self.uri {
            subject["uri"] = uri.as_str().into();
        }
        subject
    }

    fn parse(subject: &Value) -> Option<Self> {
        let text = |name: &str| subject[name].as_str().map(str::to_owned);
        let hex = subject["digest"]["sha256"].as_str()?;
        Some(Self {
            name: text("name")?,
            digest: Digest::parse(&format!("sha256:{hex}"))?,
            media_type: text("mediaType"),
            uri: text("uri"),
        })
    }
}

/// A claim about subjects.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statement {
    /// What the claim is about.
    pub subjects: Vec<Subject>,
    /// The type of the claim.
    pub predicate_type: String,
    /// The claim.
    pub predicate: Value,
}

impl Statement {
    /// The media type of a statement, which is the payload type of its envelope.
    pub const MEDIA_TYPE: &'static str = "application/vnd.in-toto+json";

    /// Creates a statement.
    pub fn new(subjects: Vec<Subject>, predicate_type: &str, predicate: Value) -> Self {
        Self {
            subjects,
            predicate_type: predicate_type.to_owned(),
            predicate,
        }
    }

    /// Returns the statement in JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let subjects: Vec<_> = self.subjects.iter().map(Subject::to_json).collect();
        let statement = json!({
            "_type": STATEMENT,
            "subject": subjects,
            "predicateType": self.predicate_type,
            "predicate": self.predicate,
        });
        format!("{statement:#}\n").into_bytes()
    }

    /// Parses a statement.
    ///
    /// # Errors
    /// Fails for anything that is not a statement of this version.
    pub fn parse(json: &[u8]) -> Result<Self, StatementError> {
        let mut statement: Value = serde_json::from_slice(json)
            .map_err(|error| StatementError::NotJson(error.to_string()))?;
        expect(&statement["_type"], "_type", STATEMENT)?;
        let subjects = statement["subject"].as_array().into_iter().flatten();
        let subjects = subjects.enumerate().map(|(index, subject)| {
            Subject::parse(subject).ok_or(StatementError::Subject(index + 1))
        });
        let subjects = subjects.collect::<Result<Vec<_>, _>>()?;
        let mut names = BTreeSet::new();
        if let Some(twice) = subjects.iter().find(|it| !names.insert(&it.name)) {
            return Err(StatementError::Duplicate(twice.name.clone()));
        }
        Ok(Self {
            subjects,
            predicate_type: statement["predicateType"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            predicate: statement["predicate"].take(),
        })
    }
}

/// Checks that a property has the only value that is understood.
pub(crate) fn expect(
    found: &Value,
    property: &'static str,
    expected: &str,
) -> Result<(), StatementError> {
    match found.as_str() == Some(expected) {
        true => Ok(()),
        false => Err(StatementError::Unexpected {
            property,
            found: found.to_string(),
            expected: expected.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        let image = Subject {
            media_type: Some("application/vnd.oci.image.manifest.v1+json".to_owned()),
            uri: Some("pkg:oci/a@sha256%3A00".to_owned()),
            ..Subject::file("a", b"manifest")
        };
        let subjects = vec![Subject::file("a.tar", b"abc"), image];
        Statement::new(subjects, "https://example.com/claim", json!({"a": 1}))
    }

    #[test]
    fn statement_is_read_back() {
        let statement = statement();
        let parsed = Statement::parse(&statement.to_json()).unwrap();
        assert_eq!(parsed, statement);
        assert!(parsed.subjects[1].is_image() && !parsed.subjects[0].is_image());
    }

    #[test]
    fn other_versions_are_rejected() {
        let text = String::from_utf8(statement().to_json()).unwrap();
        let other = text.replace("Statement/v1", "Statement/v9");
        let error = Statement::parse(other.as_bytes()).unwrap_err().to_string();
        let expected = "_type is \"https://in-toto.io/Statement/v9\", and https://in-toto.io/Statement/v1 is expected";
        assert_eq!(error, expected);
    }

    #[test]
    fn subjects_need_distinct_names_and_digests() {
        let parse = |subjects: Value| {
            let statement = json!({"_type": STATEMENT, "subject": subjects});
            Statement::parse(statement.to_string().as_bytes()).unwrap_err()
        };
        let good = json!({"name": "a", "digest": {"sha256": "ab".repeat(32)}});
        let short = json!({"name": "a", "digest": {"sha256": "ab"}});
        let other = json!({"name": "a", "digest": {"sha512": "ab".repeat(64)}});
        let unnamed = json!({"digest": {"sha256": "ab".repeat(32)}});
        for bad in [short, other, unnamed] {
            assert_eq!(parse(json!([good, bad])), StatementError::Subject(2));
        }
        let twice = StatementError::Duplicate("a".to_owned());
        assert_eq!(parse(json!([good, good])), twice);
    }
}
