//! A type, seen by the judge: its functions, without the type.

use purlin_schemas::{
    DecodeError, Direction, Schema, SchemaWithDefinitions, Validator, ValidatorErrors, describe,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The functions of one type.
pub(crate) struct Shape {
    name: fn() -> &'static str,
    pub(crate) describe: fn(Direction) -> Result<SchemaWithDefinitions, ValidatorErrors>,
    pub(crate) validator: fn() -> Result<Validator, ValidatorErrors>,
    /// Decodes a body as the server does, and writes the value again.
    pub(crate) copy: fn(&Validator, &[u8]) -> Result<Result<Value, serde_json::Error>, DecodeError>,
}

impl Shape {
    pub(crate) const fn of<T: Schema + DeserializeOwned + Serialize>() -> Self {
        Self {
            name: std::any::type_name::<T>,
            describe: describe::<T>,
            validator: Validator::of::<T>,
            copy: |validator, body| {
                let value: T = validator.decode(body)?;
                Ok(serde_json::to_value(value))
            },
        }
    }

    /// Returns the type without the paths: `Flat<Boxed<Leaf>>`.
    pub(crate) fn name(&self) -> String {
        let mut short = String::new();
        for part in (self.name)().split_inclusive(['<', '>', ',', ' ', '[', ';']) {
            short.push_str(part.rsplit("::").next().unwrap_or(part));
        }
        short
    }
}
