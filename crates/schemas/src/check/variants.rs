//! Reading untagged enums: the code that `#[schema]` generates asks for one variant after the other.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use serde_json::Value;

use crate::{Schema, decode};

/// Reads the content of a tagged variant, which serde may have buffered, like a whole body.
///
/// # Errors
///
/// Those of the type, and those of the deserializer.
pub fn content<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut value = Value::deserialize(deserializer)?;
    decode::read_whole(&mut value).map_err(D::Error::custom)
}

/// Reads the content of a variant that has its tag beside it. What is no object elsewhere is one here: a unit without members, and a
/// unit variant as a member that is null.
///
/// # Errors
///
/// Those of the type, and those of the deserializer.
pub fn content_beside_tag<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut value = Value::deserialize(deserializer)?;
    let elsewhere = value.as_object().and_then(|members| {
        let mut members = members.iter();
        match (members.next(), members.next()) {
            (None, _) => Some(Value::Null),
            (Some((name, Value::Null)), None) => Some(Value::from(name.as_str())),
            _ => None,
        }
    });
    decode::read_whole(&mut value).or_else(|error| {
        let read = elsewhere.and_then(|mut value| decode::read_whole(&mut value).ok());
        read.ok_or_else(|| D::Error::custom(error))
    })
}

/// A value of which the variant is not known yet.
#[derive(Debug)]
pub struct Undecided {
    value: Value,
    /// Why the first variant whose schema accepts the value could not be read.
    refusal: Option<String>,
}

impl Undecided {
    /// Reads any value.
    ///
    /// # Errors
    ///
    /// Those of the deserializer.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            value: Value::deserialize(deserializer)?,
            refusal: None,
        })
    }

    /// Returns whether the value is null: a unit variant.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// Returns the content of a variant, if its schema accepts the value and serde reads it.
    pub fn accepted<T: Schema + DeserializeOwned>(&mut self) -> Option<T> {
        match decode::accepted(&self.value)? {
            Ok(content) => Some(content),
            Err(refusal) => {
                self.refusal.get_or_insert_with(|| refusal.to_string());
                None
            }
        }
    }

    /// Returns the error of a value that is none of the variants: that of the variant whose schema accepts it, which
    /// only the program knows, or this message.
    pub fn refuse<E: Error>(self, message: &str) -> E {
        match self.refusal {
            Some(refusal) => E::custom(refusal),
            None => E::custom(message),
        }
    }
}
