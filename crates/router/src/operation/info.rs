//! What is known of an operation without calling it.

use std::borrow::Cow;

use actix_web::http::Method;

/// What is known of an operation without calling it.
#[derive(Clone, Debug)]
pub struct OperationInfo {
    pub(crate) index: u32,
    pub(crate) method: Method,
    pub(crate) template: Cow<'static, str>,
    pub(crate) operation_id: Cow<'static, str>,
    pub(crate) summary: Option<Cow<'static, str>>,
    pub(crate) description: Option<Cow<'static, str>>,
    pub(crate) tags: Vec<Cow<'static, str>>,
    pub(crate) deprecated: bool,
    pub(crate) hidden: bool,
    pub(crate) source: Option<(&'static str, u32)>,
    pub(crate) handler: &'static str,
    pub(crate) authenticators: Vec<Cow<'static, str>>,
    pub(crate) is_authentication_optional: bool,
}

impl OperationInfo {
    /// Returns the position of the operation in its registry's order of
    /// declaration. In a service of `purlin-app` the operations of all
    /// registries are numbered in one sequence.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Returns the HTTP method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the path template, with the registry's prefix: `/todos/{id}`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Returns the operation's name, unique in its registry.
    #[must_use]
    pub fn operation_id(&self) -> &str {
        &self.operation_id
    }

    /// Returns the one line that says what the operation does.
    #[must_use]
    pub fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// Returns the longer description; CommonMark.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns the tags, under which documentation groups the operation.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(AsRef::as_ref)
    }

    /// Returns whether new clients should not use the operation.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        self.deprecated
    }

    /// Returns whether the document leaves the operation out.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Returns the names of the operation's authenticators.
    pub fn authenticators(&self) -> impl Iterator<Item = &str> {
        self.authenticators.iter().map(AsRef::as_ref)
    }

    /// Returns whether the operation has authenticators and accepts requests
    /// without a credential all the same, as with
    /// [`anyone`](crate::auth::anyone).
    #[must_use]
    pub fn is_authentication_optional(&self) -> bool {
        self.is_authentication_optional
    }

    /// Returns the Rust path of the handler: `purlin_greetings::routes::get_index`.
    /// The path of a closure is that of the function around it.
    #[must_use]
    pub fn handler(&self) -> &'static str {
        match self.source {
            // An attribute makes the handler `call`, in a function of the handler's name.
            Some(_) => self.handler.strip_suffix("::call").unwrap_or(self.handler),
            None => self.handler,
        }
    }

    /// Returns the file and the line that declare the operation, where they are known.
    #[must_use]
    pub fn source(&self) -> Option<(&'static str, u32)> {
        self.source
    }

    /// Returns how an error names this operation: by id, method, template and,
    /// where known, the line that declares it.
    pub(crate) fn subject(&self) -> String {
        let Self {
            operation_id,
            method,
            template,
            ..
        } = self;
        match self.source {
            Some((file, line)) => format!("`{operation_id}` ({method} {template}, {file}:{line})"),
            None => format!("`{operation_id}` ({method} {template})"),
        }
    }
}
