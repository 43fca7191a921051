//! Error bodies of the program's own.

use actix_web::http::StatusCode;
use purlin_schemas::{Location, SchemaWithDefinitions, ValidatorErrors};

use super::ErrorParts;

/// Makes the bodies of a registry's errors, where neither problem details nor
/// Flask-Rebar's envelope will do, and the schema that describes them.
///
/// It also chooses the statuses of requests that are not as declared. They are read once, when the registry is built: the
/// document, the responses, mocks and [`Coverage`](crate::testing::Coverage) have the same ones. `build()` rejects a status
/// that is not from 400 to 499. A [`Compatibility`](crate::Compatibility) of the registry that asks for another status
/// takes precedence.
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

    /// Returns whether [`body`](Self::body) writes [`ErrorParts::additional`] as members at the root of the body. If so, the
    /// document describes the members that an error type declares with `#[member]`.
    fn writes_members(&self) -> bool {
        false
    }

    /// Returns the status of a request whose values break the rules declared for a section of it; forms are in
    /// [`Location::Body`]. By default it is 400.
    ///
    /// A request that breaks rules in several sections has the status of the first in the order path, query, headers,
    /// cookies, body; one with a body that cannot be read has the status of that. A path with the status 404 comes before
    /// all of these, and is reported as an unknown path.
    fn violation_status(&self, location: Location) -> StatusCode {
        let _ = location;
        StatusCode::BAD_REQUEST
    }

    /// Returns the status of a body that cannot be parsed, such as JSON with a syntax error, or that is missing. By default
    /// it is 400.
    fn malformed_body_status(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }

    /// Returns the status of a body whose media type the operation does not read. By default it is 415.
    fn media_type_status(&self) -> StatusCode {
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    }
}
