//! Reading untagged enums: the code that `#[schema]` generates asks for one variant after the other.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};

use crate::{
    Schema, decode,
    instance::{Instance, ReadError},
};

/// Reads the content of a tagged variant, which serde may have buffered, like a whole body.
///
/// # Errors
///
/// Those of the type, and those of the deserializer.
pub fn content<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let content = Instance::deserialize(deserializer)?;
    content.read().map_err(D::Error::custom)
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
    let content = Instance::deserialize(deserializer)?;
    read_beside_tag(&content).map_err(D::Error::custom)
}

pub(super) fn read_beside_tag<T: DeserializeOwned>(content: &Instance<'_>) -> Result<T, ReadError> {
    content.read().or_else(|error| {
        let elsewhere = match content {
            Instance::Object(members) => members.elsewhere(),
            _ => None,
        };
        let read = elsewhere.and_then(|elsewhere| elsewhere.read().ok());
        read.ok_or(error)
    })
}

/// A value of which the variant is not known yet.
#[derive(Debug)]
pub struct Undecided<'de> {
    value: Instance<'de>,
    /// Why the first variant whose schema accepts the value could not be read.
    refusal: Option<String>,
}

impl<'de> Undecided<'de> {
    /// Reads any value.
    ///
    /// # Errors
    ///
    /// Those of the deserializer.
    pub fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            value: Instance::deserialize(deserializer)?,
            refusal: None,
        })
    }

    /// Returns whether the value is null: a unit variant.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Instance::Null)
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
