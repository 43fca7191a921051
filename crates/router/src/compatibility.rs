//! Behaviours in which frameworks differ, as one value that a registry chooses.

/// How a registry behaves where Flask-Rebar differs from the default.
///
/// [`ErrorStyle::Rebar`](crate::error::ErrorStyle::Rebar) brings
/// [`Compatibility::FLASK_REBAR`] with it; any other combination is set with
/// [`Registry::compatibility`](crate::Registry::compatibility).
///
/// Flask's routing by the types of path parameters, with problem details as errors:
///
/// ```
/// use purlin_router::{Compatibility, Operation, Registry, extract::Path, reply::Text, testing::TestClient};
///
/// async fn get_todo(id: Path<u64>) -> Text {
///     Text::new(id.to_string())
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let router = Registry::new("Todos", "1.0.0")
///     .compatibility(Compatibility::new().route_by_type(true))
///     .operation(Operation::get("/todos/{id}", get_todo))
///     .build()?;
/// let client = TestClient::new(&router);
/// assert_eq!(client.get("/todos/7").send().status(), 200);
/// assert_eq!(client.get("/todos/seven").send().status(), 404);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compatibility {
    routes_by_type: bool,
    lenient_content_type: bool,
    media_type_is_bad_request: bool,
    scalar_is_malformed: bool,
    literal_percent: bool,
    options_has_200: bool,
    redirect_has_body: bool,
}

impl Compatibility {
    /// The behaviour of Flask-Rebar 3.4.1, in every point.
    pub const FLASK_REBAR: Self = Self {
        routes_by_type: true,
        lenient_content_type: true,
        media_type_is_bad_request: true,
        scalar_is_malformed: true,
        literal_percent: true,
        options_has_200: true,
        redirect_has_body: true,
    };

    /// Returns the default behaviour, in every point.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            routes_by_type: false,
            lenient_content_type: false,
            media_type_is_bad_request: false,
            scalar_is_malformed: false,
            literal_percent: false,
            options_has_200: false,
            redirect_has_body: false,
        }
    }

    /// Sets whether the types of path parameters take part in routing, as
    /// Flask's URL converters do: a path whose values do not have the types of
    /// an operation is not that operation's. Another operation of the path may
    /// match; else the status is 404, before authentication. By default the
    /// status is 400 with the violations, after authentication.
    #[must_use]
    pub const fn route_by_type(mut self, on: bool) -> Self {
        self.routes_by_type = on;
        self
    }

    /// Sets whether the `Content-Type` of a JSON body is accepted wherever it
    /// contains `application/json`, with any charset, and the body with any
    /// `Content-Encoding`. By default the media type is
    /// `application/json` or `application/…+json` in UTF-8, not compressed.
    #[must_use]
    pub const fn lenient_content_type(mut self, on: bool) -> Self {
        self.lenient_content_type = on;
        self
    }

    /// Sets whether a body of another media type is rejected with 400 instead of 415.
    #[must_use]
    pub const fn media_type_as_bad_request(mut self, on: bool) -> Self {
        self.media_type_is_bad_request = on;
        self
    }

    /// Sets whether a JSON body that is a bare string, number, boolean or null is
    /// rejected as malformed, where its type does not match. By default it is a violation of the schema.
    #[must_use]
    pub const fn scalar_body_as_malformed(mut self, on: bool) -> Self {
        self.scalar_is_malformed = on;
        self
    }

    /// Sets whether broken percent-encoding in a query is read literally:
    /// `100%` is the text `100%`. By default it is a violation.
    #[must_use]
    pub const fn literal_percent_in_query(mut self, on: bool) -> Self {
        self.literal_percent = on;
        self
    }

    /// Sets whether the status of OPTIONS is 200 instead of 204.
    #[must_use]
    pub const fn options_as_ok(mut self, on: bool) -> Self {
        self.options_has_200 = on;
        self
    }

    /// Sets whether a redirect to a path with another trailing slash has a JSON
    /// body, `{"message": …, "new_url": …}`. By default it has none.
    #[must_use]
    pub const fn redirect_body(mut self, on: bool) -> Self {
        self.redirect_has_body = on;
        self
    }

    pub(crate) const fn routes_by_type(self) -> bool {
        self.routes_by_type
    }

    pub(crate) const fn has_lenient_content_type(self) -> bool {
        self.lenient_content_type
    }

    pub(crate) const fn media_type_is_bad_request(self) -> bool {
        self.media_type_is_bad_request
    }

    pub(crate) const fn scalar_is_malformed(self) -> bool {
        self.scalar_is_malformed
    }

    pub(crate) const fn has_literal_percent(self) -> bool {
        self.literal_percent
    }

    pub(crate) const fn options_has_200(self) -> bool {
        self.options_has_200
    }

    pub(crate) const fn redirect_has_body(self) -> bool {
        self.redirect_has_body
    }
}
