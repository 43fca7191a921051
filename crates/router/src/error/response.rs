//! One status of a failure, as the document describes it.

use std::{borrow::Cow, fmt};

use purlin_schemas::{Direction, Schema, SchemaWithDefinitions, ValidatorErrors, describe};
use serde::Serialize;

/// One status an [`ApiError`](super::ApiError) can have, with what it carries.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ErrorResponse {
    /// The HTTP status, 400 to 599.
    pub status: u16,
    /// The stable, machine-readable code of the failure, in snake case.
    pub code: Cow<'static, str>,
    /// Its description in the document.
    pub description: Cow<'static, str>,
    pub(crate) headers: Vec<Carried>,
    pub(crate) members: Vec<Carried>,
}

/// A header of an error response, or a member of its body.
#[derive(Clone)]
pub(crate) struct Carried {
    pub(crate) name: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
    /// Generates the schema of its type; `None` for a header that is any text, and may be missing.
    pub(crate) schema: Option<SchemaOf>,
}

type SchemaOf = fn() -> Result<SchemaWithDefinitions, ValidatorErrors>;

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carried")
            .field("name", &self.name)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

impl ErrorResponse {
    /// An error response of a status, with its code and description.
    pub fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            description: description.into(),
            headers: Vec::new(),
            members: Vec::new(),
        }
    }

    /// Adds a header it may have, for the document: any text.
    #[must_use]
    pub fn header(
        mut self,
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.headers.push(Carried {
            name: name.into(),
            description: description.into(),
            schema: None,
        });
        self
    }

    /// Adds a header whose values are those of `T`, for the document. It is missing where the value is null, and required
    /// if that cannot be.
    #[must_use]
    pub fn typed_header<T: Serialize + Schema>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.headers
            .push(Carried::of::<T>(name.into(), description.into()));
        self
    }

    /// Adds a member of the body whose values are those of `T`, for the document. It is missing where the value is null,
    /// and required if that cannot be.
    #[must_use]
    pub fn member<T: Serialize + Schema>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.members
            .push(Carried::of::<T>(name.into(), description.into()));
        self
    }
}

impl Carried {
    fn of<T: Serialize + Schema>(name: Cow<'static, str>, description: Cow<'static, str>) -> Self {
        Self {
            name,
            description,
            schema: Some(|| describe::<T>(Direction::Output)),
        }
    }
}
