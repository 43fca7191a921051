//! Whether a type has a value that document and server accept: agreement between the two is not enough, as they may agree to reject
//! every value.
//!
//! Only what is proved is reported. That no value exists is proved by the schema; that the server rejects a value of the document, by
//! reading examples. Rules that only the program knows prove nothing, and neither does a schema for which no example can be made up.

use serde::de::DeserializeOwned;

use crate::{
    Location, Rule, Schema, SchemaWithDefinitions, Validator, ValidatorError, ValidatorErrors,
    example, instance::Instance,
};

impl Validator {
    /// Checks that there is a value that the document allows and the server accepts, as far as that can be decided.
    ///
    /// `described` is the schema of the same type.
    ///
    /// # Errors
    ///
    /// When there is provably none, with the violation of an example.
    #[doc(hidden)]
    pub fn check_satisfiable<T: DeserializeOwned + Schema>(
        &self,
        described: &SchemaWithDefinitions,
    ) -> Result<(), ValidatorErrors> {
        let error = |reason: String| {
            let subject = format!("`{}`", std::any::type_name::<T>());
            Err(ValidatorErrors::new(vec![ValidatorError::Schema {
                subject,
                reason,
            }]))
        };
        if let Some(reason) = self.contradiction() {
            return error(reason);
        }
        // Files are not part of a JSON value.
        if self.wants_files() {
            return Ok(());
        }
        let mut rejected = None;
        for made in example::candidates(described) {
            if !self.validate(Location::Body, &made).is_empty() {
                continue;
            }
            let Some(violation) = self.why_rejected::<T>(&Instance::from(&made)) else {
                return Ok(());
            };
            if matches!(violation.rule, Rule::Custom { .. }) {
                return Ok(());
            }
            rejected.get_or_insert((made.to_string(), violation));
        }
        let Some((text, violation)) = rejected else {
            return Ok(());
        };
        let at = match violation.pointer.as_str() {
            "" => "the whole value".to_owned(),
            pointer => format!("`{pointer}`"),
        };
        error(format!(
            "the document allows {text}, which cannot be read as this type: {at} {} ({}); change the type, or its handwritten schema, so that both describe the same values",
            violation.rule.message(),
            violation.code(),
        ))
    }
}
