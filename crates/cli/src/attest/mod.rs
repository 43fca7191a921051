//! Signed statements about files: in-toto statements in DSSE envelopes, signed with Ed25519.
//!
//! The formats are those of the specifications, so that other tools can read and verify what is written here:
//! the [statement](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) and the
//! [envelope](https://github.com/secure-systems-lab/dsse).

mod envelope;
mod key;
mod statement;

pub use self::{
    envelope::{Envelope, EnvelopeError},
    key::{KeyError, PublicKey, SigningKey},
    statement::{Statement, StatementError, Subject},
};
