//! Error bodies of the program's own.

use purlin_schemas::{SchemaWithDefinitions, ValidatorErrors};

use super::ErrorParts;

/// Makes the bodies of a registry's errors, where neither problem details nor
/// Flask-Rebar's envelope will do, and the schema that describes them.
///
/// ```
/// use purlin_router::{Registry, error::{ErrorFormat, ErrorParts, ErrorStyle}, schemas::{Direction, SchemaWithDefinitions, ValidatorErrors, describe, schema}};
///
/// /// What went wrong.
/// #[schema(response)]
/// struct Failure {
///     code: String,
///     text: String,
/// }
///
/// struct House {
///     prefix: &'static str,
/// }
///
/// impl ErrorFormat for House {
///     fn body(&self, error: &ErrorParts<'_>) -> Vec<u8> {
///         let failure = Failure { code: format!("{}{}", self.prefix, error.code), text: error.detail.clone() };
///         serde_json::to_vec(&failure).unwrap_or_default()
///     }
///
///     fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
///         describe::<Failure>(Direction::Output)
///     }
/// }
///
/// let registry = Registry::new("T", "1").error_style(ErrorStyle::custom(House { prefix: "house." }));
/// ```
pub trait ErrorFormat: Send + Sync + 'static {
    /// Returns the media type of the bodies.
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    /// Returns the body of an error.
    fn body(&self, error: &ErrorParts<'_>) -> Vec<u8>;

    /// Returns the schema of every body.
    ///
    /// # Errors
    ///
    /// The parts of the schema that the document cannot state.
    fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors>;
}
