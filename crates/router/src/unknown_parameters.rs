//! What happens to parameters of the query that an operation does not declare.

/// What happens to parameters of the query that the operation's [`Query<T>`](crate::extract::Query) does not declare.
///
/// It is set for a [registry](crate::Registry::unknown_parameters) or an
/// [operation](crate::Operation::unknown_parameters). It applies to queries alone: OpenAPI says nothing about undeclared
/// parameters, whereas the schema of a body states whether it may have undeclared members, and so the type of the body
/// decides (`#[schema(unknown_fields = "ignore")]`). A type of a query may ignore them as well, and a type with a flattened map
/// collects them. Undeclared headers and cookies are always ignored.
///
/// The target of an OAuth redirect, whose unknown parameters a client "MUST ignore" (RFC 6749 section 4.1.2):
///
/// ```
/// use purlin_router::{Operation, Registry, UnknownParameters, extract::Query, reply::NoContent, schema, testing::TestClient};
///
/// #[schema(request)]
/// struct Redirect {
///     code: String,
///     state: String,
/// }
///
/// async fn redirected(redirect: Query<Redirect>) -> NoContent {
///     let _ = (&redirect.code, &redirect.state);
///     NoContent
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let operation = Operation::get("/redirected", redirected).unknown_parameters(UnknownParameters::Ignore);
/// let client = TestClient::new(&Registry::new("Log in", "1.0.0").operation(operation).build()?);
/// assert_eq!(client.get("/redirected?code=a&state=b&authuser=0").send().status(), 204);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownParameters {
    /// They are violations of the code `unknown_field`: a misspelt parameter is found by the client that sends it.
    #[default]
    Reject,
    /// They are ignored, whatever they contain.
    Ignore,
}
