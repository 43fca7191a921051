//! A look of the program's own.

use std::{any::Any, fmt};

use purlin_schemas::{SchemaWithDefinitions, ValidatorErrors};

use super::ErrorParts;

/// How errors of a registry look, where neither problem details nor
/// Flask-Rebar's envelope will do: the body, and the schema that describes it.
///
/// ```
/// use purlin_router::{
///     ErrorFormat, ErrorParts, ErrorStyle, Registry,
///     schemas::{ValidatorErrors, SchemaWithDefinitions, Direction, describe, schema},
/// };
///
/// /// What went wrong.
/// #[schema(response)]
/// struct Failure {
///     code: String,
///     text: String,
/// }
///
/// struct House;
///
/// impl ErrorFormat for House {
///     fn body(&self, error: &ErrorParts<'_>) -> Vec<u8> {
///         let failure = Failure { code: error.code.to_owned(), text: error.detail.clone() };
///         serde_json::to_vec(&failure).unwrap_or_default()
///     }
///
///     fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
///         describe::<Failure>(Direction::Output)
///     }
/// }
///
/// let registry = Registry::new("T", "1").error_style(ErrorStyle::custom(&House));
/// ```
pub trait ErrorFormat: Any + Send + Sync {
    /// The media type of the bodies.
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    /// The body of an error.
    fn body(&self, error: &ErrorParts<'_>) -> Vec<u8>;

    /// The schema that every body keeps.
    ///
    /// # Errors
    ///
    /// What about it the document cannot say truthfully.
    fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors>;
}

/// A format, as an error style holds it.
#[derive(Clone, Copy)]
pub struct CustomStyle(pub(super) &'static dyn ErrorFormat);

impl PartialEq for CustomStyle {
    /// Whether both are the same format.
    fn eq(&self, other: &Self) -> bool {
        let (one, other): (&dyn Any, &dyn Any) = (self.0, other.0);
        one.type_id() == other.type_id() && std::ptr::addr_eq(one, other)
    }
}

impl Eq for CustomStyle {}

impl fmt::Debug for CustomStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomStyle")
            .field(&self.0.media_type())
            .finish()
    }
}
