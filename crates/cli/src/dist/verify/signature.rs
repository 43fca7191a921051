//! The statement: from the signed envelope, or from the file without a signature where none is demanded.

use super::{Finding, Problem, files::Folder};
use crate::{
    Result,
    attest::{Envelope, EnvelopeError, PublicKey, Statement, StatementError},
    dist::provenance::{ENVELOPE, STATEMENT},
};

/// Where the statement is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The payload of the envelope.
    Envelope,
    /// The file without a signature.
    File,
}

impl Source {
    /// Returns the name of the file.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Envelope => ENVELOPE,
            Self::File => STATEMENT,
        }
    }
}

/// Returns the statement, once the signature is verified if there is a key.
pub(super) fn statement(
    folder: &Folder,
    key: Option<&PublicKey>,
) -> Result<Result<(Statement, Source), Finding>> {
    let (envelope, copy) = (folder.content(ENVELOPE)?, folder.content(STATEMENT)?);
    let (payload, source) = match (envelope, key) {
        (None, Some(_)) => return Ok(Err(Finding::new(ENVELOPE, Problem::NotSigned))),
        (Some(json), key) => match opened(&json, key) {
            Ok(payload) => (payload, Source::Envelope),
            Err(error) => return Ok(Err(Finding::new(ENVELOPE, error))),
        },
        (None, None) => match &copy {
            Some(payload) => (payload.clone(), Source::File),
            None => return Ok(Err(Finding::new(STATEMENT, Problem::Missing))),
        },
    };
    let problem = match copy {
        None => Some(Problem::Missing),
        Some(copy) if copy != payload => Some(Problem::Copy),
        Some(_) => None,
    };
    if let Some(problem) = problem {
        return Ok(Err(Finding::new(STATEMENT, problem)));
    }
    let statement = Statement::parse(&payload);
    Ok(match statement {
        Ok(statement) => Ok((statement, source)),
        Err(error) => Err(Finding::new(source.file(), error)),
    })
}

/// Returns the payload of an envelope, verified if there is a key.
fn opened(json: &[u8], key: Option<&PublicKey>) -> Result<Vec<u8>, Problem> {
    let envelope = Envelope::parse(json)?;
    key.map_or(Ok::<_, EnvelopeError>(()), |key| envelope.verify(key))?;
    if envelope.payload_type != Statement::MEDIA_TYPE {
        return Err(Problem::Statement(StatementError::Unexpected {
            property: "payloadType",
            found: envelope.payload_type,
            expected: Statement::MEDIA_TYPE.to_owned(),
        }));
    }
    Ok(envelope.payload)
}
