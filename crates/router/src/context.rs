//! What an extractor, a reply or an error needs to know about the operation it
//! serves. Outside a registry (an extractor used in a plain actix handler) the
//! defaults of this module stand in.

use std::{any::TypeId, borrow::Cow, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest,
    http::header::{HeaderName, HeaderValue},
};
use purlin_schemas::{Location, Schema, Validator, ValidatorErrors};

use crate::{
    defaults::HeaderRule,
    error::ErrorStyle,
    extract::{DEFAULT_UPLOADS, Uploads},
    hooks::{Hooks, UnexpectedError},
    mock::Mock,
    operation::OperationInfo,
    verify::{Replies, ResponseChecks},
};

/// Largest request body accepted unless a registry or operation says otherwise: 1 MiB.
pub(crate) const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// Everything about one operation that is known before the first request.
#[derive(Debug)]
pub(crate) struct OperationData {
    pub(crate) info: OperationInfo,
    pub(crate) style: ErrorStyle,
    pub(crate) body_limit: usize,
    /// How long it may take.
    pub(crate) time_limit: Option<Duration>,
    pub(crate) uploads: Uploads,
    pub(crate) validators: Validators,
    pub(crate) parameter_names: Vec<&'static str>,
    /// What a 401 says of how to authenticate.
    pub(crate) challenges: Vec<HeaderValue>,
    pub(crate) hooks: Hooks,
    pub(crate) replies: Replies,
    /// Headers to be checked beside what the handler reads.
    pub(crate) header_rule: Option<HeaderRule>,
    /// The media type of JSON replies, where it is another than JSON's own.
    pub(crate) json_type: Option<HeaderValue>,
    pub(crate) response_checks: ResponseChecks,
    /// Answers in the handler's stead.
    pub(crate) mock: Option<Box<Mock>>,
}

/// The input contracts of an operation's extractors, by section and type.
#[derive(Debug, Default)]
pub(crate) struct Validators(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    id: TypeId,
    section: Location,
    validator: Arc<Validator>,
    headers: Vec<HeaderName>,
}

impl Validators {
    pub(crate) fn insert<T: 'static>(&mut self, section: Location, validator: Arc<Validator>) {
        let headers = match section {
            Location::Header => header_names(&validator),
            _ => Vec::new(),
        };
        self.0.push(Entry {
            id: TypeId::of::<T>(),
            section,
            validator,
            headers,
        });
    }

    /// That of the body, whatever its type.
    pub(crate) fn of_body(&self) -> Option<&Validator> {
        self.of(Location::Body).next()
    }

    /// The contracts of a section, whatever their types.
    pub(crate) fn of(&self, section: Location) -> impl Iterator<Item = &Validator> {
        let found = self.0.iter().filter(move |entry| entry.section == section);
        found.map(|entry| &*entry.validator)
    }

    fn get<T: 'static>(&self, section: Location) -> Option<&Entry> {
        let wanted = TypeId::of::<T>();
        let mut entries = self.0.iter();
        entries.find(|entry| entry.id == wanted && entry.section == section)
    }
}

/// The headers a type declares. A name that is none is found when the registry is
/// built; outside of one nobody can send such a header.
fn header_names(validator: &Validator) -> Vec<HeaderName> {
    let none = HeaderName::from_static("x-no-name");
    let names = validator.names().iter();
    names
        .map(|name| HeaderName::try_from(name.as_str()).unwrap_or_else(|_| none.clone()))
        .collect()
}

/// The operation that was matched; in the request's data for handlers,
/// middleware and logs.
///
/// Unlike [`HttpRequest::match_pattern`] it costs nothing to read, and it is
/// there for every operation of every registry.
///
/// ```
/// use actix_web::HttpRequest;
/// use purlin_router::MatchedOperation;
///
/// fn label(request: &HttpRequest) -> &str {
///     request
///         .app_data::<MatchedOperation>()
///         .map_or("unmatched", |operation| operation.operation_id())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct MatchedOperation(pub(crate) Arc<OperationData>);

impl std::ops::Deref for MatchedOperation {
    type Target = OperationInfo;

    fn deref(&self) -> &OperationInfo {
        &self.0.info
    }
}

/// The request in hand and what its operation declares.
#[derive(Clone, Copy, Debug)]
pub struct Context<'r> {
    request: &'r HttpRequest,
    operation: Option<&'r OperationData>,
}

impl<'r> Context<'r> {
    pub(crate) fn new(request: &'r HttpRequest, operation: &'r OperationData) -> Self {
        Self {
            request,
            operation: Some(operation),
        }
    }

    /// The context of a request, wherever its handler was registered.
    #[must_use]
    pub fn of(request: &'r HttpRequest) -> Self {
        Self {
            request,
            operation: request
                .app_data::<MatchedOperation>()
                .map(|matched| &*matched.0),
        }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &'r HttpRequest {
        self.request
    }

    /// The style errors are answered in: the registry's, or the default one
    /// outside a registry.
    #[must_use]
    pub fn error_style(&self) -> ErrorStyle {
        self.operation.map_or_else(ErrorStyle::default, |o| o.style)
    }

    /// The largest body this operation reads, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.operation.map_or(DEFAULT_BODY_LIMIT, |o| o.body_limit)
    }

    /// The media type of JSON replies.
    pub(crate) fn json_type(&self) -> HeaderValue {
        let own = self.operation.and_then(|o| o.json_type.clone());
        own.unwrap_or(HeaderValue::from_static("application/json"))
    }

    /// What a 401 of this operation says of how to authenticate.
    pub(crate) fn challenges(&self) -> &'r [HeaderValue] {
        self.operation.map_or(&[], |o| &o.challenges)
    }

    /// Tells whoever wants to hear of errors nobody expected.
    pub(crate) fn tell_hooks(&self, message: &str) {
        if let Some(operation) = self.operation {
            operation.hooks.tell(&UnexpectedError {
                operation: &operation.info,
                request: self.request,
                message,
            });
        }
    }

    /// What this operation takes of files. In a plain actix handler it is what
    /// is in the app's data.
    #[must_use]
    pub fn uploads(&self) -> &'r Uploads {
        match self.operation {
            Some(operation) => &operation.uploads,
            None => self.request.app_data().unwrap_or(&DEFAULT_UPLOADS),
        }
    }

    /// The path parameters of the matched template, as they stand in the
    /// (partly decoded) path. Parameters of outer scopes come first in actix's
    /// list and are left out, unless the handler is a plain actix one.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = (&'r str, &'r str)> {
        let all = self.request.match_info();
        let own = self
            .operation
            .map_or(all.segment_count(), |o| o.parameter_names.len());
        let outer = all.segment_count().saturating_sub(own);
        all.iter().skip(outer)
    }

    /// The input contract of `T`: the one made when the registry was built, or
    /// a fresh one outside a registry.
    pub(crate) fn validator<T: Schema>(
        &self,
        location: Location,
    ) -> Result<ValidatorRef<'r>, ValidatorErrors> {
        match self.operation.and_then(|o| o.validators.get::<T>(location)) {
            Some(entry) => Ok(ValidatorRef::Kept(&entry.validator)),
            None => Validator::of::<T>().map(|fresh| ValidatorRef::Fresh(Box::new(fresh))),
        }
    }

    /// The headers that `T` declares, in the order its contract asks for them.
    pub(crate) fn header_names<T: Schema>(&self, validator: &Validator) -> Cow<'r, [HeaderName]> {
        match self
            .operation
            .and_then(|o| o.validators.get::<T>(Location::Header))
        {
            Some(entry) => Cow::Borrowed(&entry.headers),
            None => Cow::Owned(header_names(validator)),
        }
    }
}

/// A contract kept by the operation, or made for this one request.
pub(crate) enum ValidatorRef<'r> {
    Kept(&'r Validator),
    Fresh(Box<Validator>),
}

impl std::ops::Deref for ValidatorRef<'_> {
    type Target = Validator;

    fn deref(&self) -> &Validator {
        match self {
            Self::Kept(validator) => validator,
            Self::Fresh(validator) => validator,
        }
    }
}

/// Decodes what actix left encoded in a path segment (`%25`, `%2B`, `%2F`).
pub(crate) fn decode_segment(raw: &str) -> Cow<'_, str> {
    if raw.contains('%') {
        percent_encoding::percent_decode_str(raw).decode_utf8_lossy()
    } else {
        Cow::Borrowed(raw)
    }
}
