//! DSSE envelopes (Dead Simple Signing Envelope, version 1): a payload with its type and signatures of both.

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{
        DecodePaddingMode,
        general_purpose::{GeneralPurpose, GeneralPurposeConfig},
    },
};
use serde_json::{Value, json};

use super::{PublicKey, SigningKey};

/// Verifiers have to accept both alphabets.
const BASE64: [GeneralPurpose; 2] = {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [
        GeneralPurpose::new(&STANDARD, config),
        GeneralPurpose::new(&URL_SAFE, config),
    ]
};

/// Why an envelope cannot be trusted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The envelope is not JSON.
    #[error("is not JSON: {0}")]
    NotJson(String),
    /// A required property is missing, or not of its type.
    #[error("is no DSSE envelope: the property `{0}` is missing or invalid")]
    Property(&'static str),
    /// No signature is by the key.
    #[error("is not signed with the key {expected}{}", signed_with(.found))]
    OtherKey {
        /// The id of the key that was expected.
        expected: String,
        /// The ids of the keys that the envelope names.
        found: Vec<String>,
    },
    /// A signature names the key and is not by it.
    #[error("has an invalid signature: it names the key {0}, and was changed after it was signed")]
    Changed(String),
}

fn signed_with(keys: &[String]) -> String {
    match keys {
        [] => ": it has no signature that names its key".to_owned(),
        keys => format!(": it names the key {}", keys.join(" and ")),
    }
}

/// A payload with signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Envelope {
    /// How to interpret the payload.
    pub payload_type: String,
    /// The payload. It is not to be used before [`Envelope::verify`] succeeded.
    pub payload: Vec<u8>,
    signatures: Vec<Signed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signed {
    /// A hint; it proves nothing.
    key_id: String,
    signature: Vec<u8>,
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(payload_type: &str, payload: Vec<u8>, key: &SigningKey) -> Self {
        let signed = Signed {
            key_id: key.public().id(),
            signature: key.sign(&encoded(payload_type, &payload)),
        };
        Self {
            payload_type: payload_type.to_owned(),
            payload,
            signatures: vec![signed],
        }
    }

    /// Returns the envelope in JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let [standard, _] = BASE64;
        let signatures = self.signatures.iter().map(
            |signed| json!({"keyid": signed.key_id, "sig": standard.encode(&signed.signature)}),
        );
        let envelope = json!({
            "payloadType": self.payload_type,
            "payload": standard.encode(&self.payload),
            "signatures": signatures.collect::<Vec<_>>(),
        });
        format!("{envelope:#}\n").into_bytes()
    }

    /// Parses an envelope.
    ///
    /// # Errors
    /// Fails for anything that is not an envelope.
    pub fn parse(json: &[u8]) -> Result<Self, EnvelopeError> {
        let envelope: Value = serde_json::from_slice(json)
            .map_err(|error| EnvelopeError::NotJson(error.to_string()))?;
        let text = |value: &Value, name| {
            let text = value[name].as_str().map(str::to_owned);
            text.ok_or(EnvelopeError::Property(name))
        };
        let bytes =
            |value: &Value, name| decoded(&text(value, name)?).ok_or(EnvelopeError::Property(name));
        let (payload_type, payload) = (
            text(&envelope, "payloadType")?,
            bytes(&envelope, "payload")?,
        );
        let signatures = envelope["signatures"].as_array();
        let signatures = signatures.ok_or(EnvelopeError::Property("signatures"))?;
        let signatures = signatures.iter().map(|signed| {
            Ok(Signed {
                key_id: signed["keyid"].as_str().unwrap_or_default().to_owned(),
                signature: bytes(signed, "sig")?,
            })
        });
        Ok(Self {
            payload_type,
            payload,
            signatures: signatures.collect::<Result<_, EnvelopeError>>()?,
        })
    }

    /// Checks that one of the signatures is by `key` and of this payload and type.
    ///
    /// # Errors
    /// Fails when none is.
    pub fn verify(&self, key: &PublicKey) -> Result<(), EnvelopeError> {
        let message = encoded(&self.payload_type, &self.payload);
        let mut signatures = self.signatures.iter();
        if signatures.any(|signed| key.verifies(&message, &signed.signature)) {
            return Ok(());
        }
        let expected = key.id();
        let named = self.signatures.iter().map(|signed| signed.key_id.clone());
        let found: Vec<_> = named.filter(|id| !id.is_empty()).collect();
        Err(match found.contains(&expected) {
            true => EnvelopeError::Changed(expected),
            false => EnvelopeError::OtherKey { expected, found },
        })
    }
}

/// Returns what is signed: the pre-authentication encoding of type and payload.
fn encoded(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let (type_length, length) = (payload_type.len(), payload.len());
    let mut encoded = format!("DSSEv1 {type_length} {payload_type} {length} ").into_bytes();
    encoded.extend_from_slice(payload);
    encoded
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64.iter().find_map(|engine| engine.decode(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::of_bytes([byte; 32])
    }

    fn envelope() -> Envelope {
        let payload = b"hello world".to_vec();
        Envelope::sign("http://example.com/HelloWorld", payload, &key(1))
    }

    #[test]
    fn encoding_is_that_of_the_specification() {
        let encoded = encoded("http://example.com/HelloWorld", b"hello world");
        let expected = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(encoded, expected.as_bytes());
        assert_eq!(super::encoded("é", b""), "DSSEv1 2 é 0 ".as_bytes());
    }

    #[test]
    fn signed_envelope_is_read_back_and_verified() {
        let envelope = envelope();
        let json: Value = serde_json::from_slice(&envelope.to_json()).unwrap();
        assert_eq!(json["payload"], "aGVsbG8gd29ybGQ=");
        let read = Envelope::parse(&envelope.to_json()).unwrap();
        assert_eq!(read, envelope);
        assert_eq!(read.verify(&key(1).public()), Ok(()));
        // The same key signs the same bytes alike.
        assert_eq!(envelope, self::envelope());
    }

    #[test]
    fn both_alphabets_are_read_with_and_without_padding() {
        for text in ["-_8=", "+/8=", "-_8", "+/8"] {
            assert_eq!(decoded(text), Some(vec![0xfb, 0xff]), "{text}");
        }
        assert_eq!(decoded("a b"), None);
    }

    #[test]
    fn another_key_is_named() {
        let error = envelope().verify(&key(2).public()).unwrap_err();
        let (expected, found) = (key(2).public().id(), key(1).public().id());
        assert_eq!(
            error.to_string(),
            format!("is not signed with the key {expected}: it names the key {found}")
        );
    }

    #[test]
    fn key_id_proves_nothing() {
        let mut forged = Envelope::sign("a", b"b".to_vec(), &key(2));
        forged.signatures[0].key_id = key(1).public().id();
        let error = forged.verify(&key(1).public());
        assert_eq!(error, Err(EnvelopeError::Changed(key(1).public().id())));
        // Nor does a wrong one matter where the signature is right.
        let mut hint = envelope();
        hint.signatures[0].key_id = "hint".to_owned();
        assert_eq!(hint.verify(&key(1).public()), Ok(()));
    }

    #[test]
    fn changed_payload_or_type_is_rejected() {
        let changed = Err(EnvelopeError::Changed(key(1).public().id()));
        let mut payload = envelope();
        payload.payload.push(b'!');
        assert_eq!(payload.verify(&key(1).public()), changed);
        let mut kind = envelope();
        kind.payload_type.push('!');
        assert_eq!(kind.verify(&key(1).public()), changed);
    }

    #[test]
    fn envelope_without_signatures_is_rejected() {
        let mut unsigned = envelope();
        unsigned.signatures.clear();
        let error = unsigned.verify(&key(1).public()).unwrap_err().to_string();
        assert!(error.ends_with("it has no signature that names its key"));
    }

    #[test]
    fn one_valid_signature_among_others_suffices() {
        let mut both = Envelope::sign("a", b"b".to_vec(), &key(2));
        let first = Envelope::sign("a", b"b".to_vec(), &key(1));
        both.signatures.extend(first.signatures);
        assert_eq!(both.verify(&key(1).public()), Ok(()));
    }

    #[test]
    fn anything_else_is_no_envelope() {
        let parse = |text: &str| Envelope::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(parse("{"), EnvelopeError::NotJson(_)));
        let good = json!({"payloadType": "a", "payload": "YQ==", "signatures": [{"sig": ""}]});
        assert!(Envelope::parse(good.to_string().as_bytes()).is_ok());
        for (pointer, value, property) in [
            ("", json!([]), "payloadType"),
            ("/payloadType", json!(1), "payloadType"),
            ("/payload", json!("a b"), "payload"),
            ("/signatures", json!({}), "signatures"),
            ("/signatures/0", json!({}), "sig"),
            ("/signatures/0/sig", json!("a b"), "sig"),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).unwrap() = value;
            let error = parse(&bad.to_string());
            assert_eq!(error, EnvelopeError::Property(property), "{bad}");
        }
    }
}
