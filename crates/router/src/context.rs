//! What an extractor, a reply or an error needs to know about the request and
//! the operation it serves. Outside of a registry (an extractor used in a plain
//! actix handler) there are defaults.

use std::borrow::Cow;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use purlin_schemas::{Location, Schema, Validator, ValidatorErrors};

#[cfg(feature = "multipart")]
use crate::uploads::{DEFAULT_UPLOADS, Uploads};
use crate::{
    compatibility::Compatibility,
    error::{
        BrokenRules, ErrorStyle, Rejection,
        policy::{DEFAULT_POLICY, ErrorPolicy},
    },
    hooks::UnexpectedError,
    operation::data::{MatchedOperation, OperationData},
    path_spans::{PathSpans, decode_segment},
    unknown_parameters::UnknownParameters,
    validators::{ValidatorRef, header_names},
};

/// The largest request body accepted by default: 1 MiB.
pub(crate) const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// A request and what its operation declares.
#[derive(Clone, Copy, Debug)]
pub struct Context<'r> {
    request: &'r HttpRequest,
    operation: Option<&'r OperationData>,
    /// Where the path parameters are, while the operation runs.
    spans: Option<&'r PathSpans>,
}

impl<'r> Context<'r> {
    pub(crate) fn new(request: &'r HttpRequest, operation: &'r OperationData) -> Self {
        Self {
            request,
            operation: Some(operation),
            spans: None,
        }
    }

    /// Adds where the path parameters are.
    pub(crate) fn with_spans(mut self, spans: Option<&'r PathSpans>) -> Self {
        self.spans = spans;
        self
    }

    /// Returns the context of a request, wherever its handler was registered.
    #[must_use]
    pub fn of(request: &'r HttpRequest) -> Self {
        Self {
            request,
            operation: request
                .app_data::<MatchedOperation>()
                .map(|matched| &*matched.0),
            spans: None,
        }
    }

    /// Returns the request.
    #[must_use]
    pub fn request(&self) -> &'r HttpRequest {
        self.request
    }

    /// Returns the style of errors: the registry's, or the default one outside
    /// of a registry.
    #[must_use]
    pub fn error_style(&self) -> &'r ErrorStyle {
        &self.error_policy().style
    }

    /// Returns the registry's behaviour where frameworks differ.
    #[must_use]
    pub fn compatibility(&self) -> Compatibility {
        self.error_policy().compatibility
    }

    pub(crate) fn error_policy(&self) -> &'r ErrorPolicy {
        self.operation.map_or(&DEFAULT_POLICY, |it| &it.errors)
    }

    /// Returns whether parameters of the query that are not declared are ignored.
    pub(crate) fn ignores_unknown_parameters(&self) -> bool {
        self.operation
            .is_some_and(|it| it.unknown_parameters == UnknownParameters::Ignore)
    }

    /// Returns the largest body this operation reads, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.operation.map_or(DEFAULT_BODY_LIMIT, |o| o.body_limit)
    }

    /// Returns whether this operation reads compressed bodies.
    pub(crate) fn accepts_compressed(&self) -> bool {
        self.operation.is_some_and(|it| it.accepts_compressed)
    }

    /// Returns the limits of uploaded files. In a plain actix handler they are
    /// those in the app's data.
    #[cfg(feature = "multipart")]
    #[must_use]
    pub fn uploads(&self) -> &'r Uploads {
        match self.operation {
            Some(operation) => &operation.uploads,
            None => self.request.app_data().unwrap_or(&DEFAULT_UPLOADS),
        }
    }

    /// Returns the values of the path parameters, percent-decoded, with their
    /// names and in the template's order.
    ///
    /// In an operation these are the parameters of its template, without those
    /// of outer scopes; in a plain actix handler, all that actix-web has matched.
    ///
    /// In extractors they are known from dispatch; elsewhere, as in middleware, each call captures them again with a
    /// regular expression.
    #[must_use]
    pub fn path_parameters(&self) -> Vec<(&'r str, Cow<'r, str>)> {
        let info = self.request.match_info();
        match (self.operation, self.spans) {
            (None, _) => info
                .iter()
                .map(|(name, value)| (name, decode_segment(value)))
                .collect(),
            (Some(operation), Some(spans)) => {
                let values = spans.values(info.as_str()).map(decode_segment);
                operation.path.names().zip(values).collect()
            }
            (Some(operation), None) => {
                let values = operation.path.values(self.request).into_iter();
                let values = values.map(|value| Cow::Owned(decode_segment(&value).into_owned()));
                operation.path.names().zip(values).collect()
            }
        }
    }

    /// Returns the media type of JSON replies, where it is not `application/json`.
    pub(crate) fn own_json_type(&self) -> Option<HeaderValue> {
        self.operation.and_then(|o| o.json_type.clone())
    }

    /// Returns the media type of JSON replies.
    pub(crate) fn json_type(&self) -> HeaderValue {
        let own = self.own_json_type();
        own.unwrap_or(HeaderValue::from_static("application/json"))
    }

    /// Returns the input validator of `T`: the one compiled when the registry was
    /// built, or a fresh one outside of a registry.
    pub(crate) fn validator<T: Schema>(
        &self,
        location: Location,
    ) -> Result<ValidatorRef<'r>, ValidatorErrors> {
        match self.operation.and_then(|o| o.validators.get::<T>(location)) {
            Some(entry) => Ok(ValidatorRef::Built(&entry.validator)),
            None => Validator::of::<T>().map(|fresh| ValidatorRef::Fresh(Box::new(fresh))),
        }
    }

    /// Returns the header fields that `T` declares, in its validator's order.
    pub(crate) fn header_names<T: Schema>(&self, validator: &Validator) -> Cow<'r, [HeaderName]> {
        match self
            .operation
            .and_then(|o| o.validators.get::<T>(Location::Header))
        {
            Some(entry) => Cow::Borrowed(&entry.headers),
            None => Cow::Owned(header_names(validator)),
        }
    }

    /// Combines the rejections of all extractors into one.
    pub(crate) fn combine(&self, mut all: Vec<Rejection>) -> Rejection {
        if self.operation.is_some_and(|it| it.is_mocked) {
            // A mock ignores state that is missing, so that does not decide on the status.
            all.sort_by_key(Rejection::is_server_failure);
        }
        Rejection::combine(all)
    }

    /// Returns the response to a rejection, in the style of the registry. Its
    /// hooks are called where no handler declares the failure.
    pub(crate) fn reject(&self, rejection: &Rejection) -> HttpResponse {
        if let Some(message) = rejection.unexpected() {
            self.call_hooks(message);
        }
        let mut response = self.error_policy().render(rejection);
        if let Some(broken) = self.request.extensions_mut().get_mut::<BrokenRules>() {
            let rules = rejection.violations.iter();
            broken
                .0
                .extend(rules.map(|it| (it.location, it.code().to_owned())));
        }
        // Every 401 has a challenge (RFC 9110 section 15.5.2).
        if response.status() == StatusCode::UNAUTHORIZED
            && !response.headers().contains_key(header::WWW_AUTHENTICATE)
        {
            let challenges = self.operation.map_or(&[][..], |it| &it.challenges);
            for challenge in challenges {
                response
                    .headers_mut()
                    .append(header::WWW_AUTHENTICATE, challenge.clone());
            }
        }
        response
    }

    fn call_hooks(&self, message: &str) {
        if let Some(operation) = self.operation {
            operation.hooks.call(&UnexpectedError {
                operation: &operation.info,
                request: self.request,
                message,
            });
        }
    }
}
