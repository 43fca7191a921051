//! What an operation reads and how it responds, noted by its extractors and
//! replies while the registry is built. `build/document.rs` makes the document of
//! the notes.

mod bodies;
mod errors;
pub(crate) mod examples;
pub(crate) mod headers;
mod known;
mod lists;
mod references;
mod responses;

use std::{any::TypeId, collections::BTreeMap, sync::Arc};

use actix_web::http::{Method, StatusCode};
use purlin_openapi as openapi;
use purlin_schemas::{
    __router::{Delimiter, ParameterDoc, PathShape, TextStyle},
    Definition, Direction, Location, Schema, SchemaWithDefinitions, Validator, ValidatorErrors,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::policy::ErrorPolicy, media::JSON, provided_data::RequiredData,
    selection::SelectedVersion, unknown_parameters::UnknownParameters, validators::Validators,
};
pub(crate) use known::Known;

/// Collects what an operation reads and how it responds.
///
/// Extractors and replies of your own call these methods in their `describe`.
#[derive(Debug)]
pub struct OperationBuilder<'a> {
    pub(crate) notes: &'a mut Notes,
    pub(crate) known: &'a mut Known,
}

/// The notes of one operation.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) policy: Arc<ErrorPolicy>,
    pub(crate) method: Method,
    pub(crate) unknown_parameters: UnknownParameters,
    /// The media type of JSON replies, where it is another than JSON's own.
    pub(crate) json_type: Option<String>,
    pub(crate) path: Option<PathShape>,
    pub(crate) parameters: Vec<openapi::Parameter>,
    pub(crate) body: Option<openapi::RequestBody>,
    /// How many extractors read the body.
    pub(crate) bodies: usize,
    /// The largest body that is read, in bytes.
    pub(crate) body_limit: usize,
    /// The sections of the request that may have violations.
    pub(crate) invalid: Vec<Location>,
    /// The media types of which the body is read as a declared type, each with its validator.
    pub(crate) media_types: Vec<(&'static str, Option<Arc<Validator>>)>,
    /// Whether compressed bodies are decoded.
    pub(crate) accepts_compressed: bool,
    /// Files of the body are stored on the disk.
    #[cfg(feature = "multipart")]
    pub(crate) stores_files: bool,
    /// How many extractors read the path as a declared type.
    pub(crate) paths: usize,
    /// What each extractor reads of the query or the headers.
    pub(crate) sections: Vec<Section>,
    pub(crate) responses: BTreeMap<u16, ResponseNotes>,
    pub(crate) validators: Validators,
    pub(crate) inputs: Vec<Arc<SchemaWithDefinitions>>,
    pub(crate) outputs: Vec<Arc<SchemaWithDefinitions>>,
    /// Named schemas the parameters, and forms that are written out, refer to.
    pub(crate) of_parameters: Vec<(String, Definition)>,
    /// Named schemas the response headers refer to.
    pub(crate) of_headers: Vec<(String, Definition)>,
    /// What the document cannot state.
    pub(crate) errors: Vec<ValidatorErrors>,
    /// What else is declared and cannot be sent, with the remedies.
    pub(crate) unfit: Vec<String>,
    pub(crate) identities: Vec<WantedIdentity>,
    /// An extractor may read the path parameters as actix-web captures them.
    pub(crate) reads_match_info: bool,
    /// The `web::Data` the handler takes.
    pub(crate) required_data: Vec<RequiredData>,
}

/// The identity that a handler takes.
#[derive(Debug)]
pub(crate) struct WantedIdentity {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
    pub(crate) is_required: bool,
}

/// What one extractor reads of the query or the headers.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) location: Location,
    pub(crate) names: Vec<String>,
    /// Unknown parameters are rejected.
    pub(crate) is_closed: bool,
}

/// A response header.
#[derive(Clone, Debug)]
pub(crate) struct HeaderNote {
    pub(crate) description: Option<String>,
    pub(crate) schema: serde_json::Value,
    pub(crate) is_required: bool,
    /// The header may occur on several lines, each of them a value of the schema.
    pub(crate) is_repeated: bool,
}

/// One status of an operation.
#[derive(Debug, Default)]
pub(crate) struct ResponseNotes {
    /// One for each reason to respond with the status.
    pub(crate) descriptions: Vec<String>,
    pub(crate) headers: BTreeMap<String, HeaderNote>,
    pub(crate) content: BTreeMap<String, Arc<SchemaWithDefinitions>>,
    /// The body of an error, as the registry writes it.
    pub(crate) example: Option<serde_json::Value>,
    /// What the errors of the status carry, until everything is noted.
    pub(crate) errors: errors::ErrorNotes,
}

impl ResponseNotes {
    /// Adds headers that a response may have, by name and description.
    pub(crate) fn describe_headers(&mut self, headers: &[(&'static str, &'static str)]) {
        for (name, description) in headers {
            let note = || HeaderNote::text(description);
            self.headers.entry((*name).to_owned()).or_insert_with(note);
        }
    }
}

impl Notes {
    pub(crate) fn new(policy: &Arc<ErrorPolicy>) -> Self {
        Self {
            policy: Arc::clone(policy),
            ..Self::default()
        }
    }

    fn parameters(&mut self, docs: Vec<ParameterDoc>, location: openapi::ParameterLocation) {
        for mut doc in docs {
            if location == openapi::ParameterLocation::Query {
                close_empty_lists(&mut doc);
            }
            self.of_parameters.extend(doc.definitions);
            let mut parameter =
                openapi::Parameter::new(doc.name, location, openapi::Schema(doc.schema));
            parameter.required = doc.required;
            parameter.description = doc.description;
            parameter.deprecated = doc.deprecated;
            if let Some((style, explode)) = style(doc.style) {
                parameter.style = style;
                parameter.explode = Some(explode);
            }
            self.parameters.push(parameter);
        }
    }

    fn response(&mut self, status: u16, description: &str) -> &mut ResponseNotes {
        let response = self.responses.entry(status).or_default();
        let description = description.trim();
        if !response
            .descriptions
            .iter()
            .any(|known| known == description)
        {
            response.descriptions.push(description.to_owned());
        }
        response
    }
}

/// Returns the style of a parameter and its `explode`, where they are not the defaults of its location.
fn style(style: TextStyle) -> Option<(Option<openapi::ParameterStyle>, bool)> {
    use openapi::ParameterStyle;
    Some(match style {
        TextStyle::Delimited(Delimiter::Space) => (Some(ParameterStyle::SpaceDelimited), false),
        TextStyle::Delimited(Delimiter::Pipe) => (Some(ParameterStyle::PipeDelimited), false),
        TextStyle::Delimited(_) => (None, false),
        TextStyle::DeepObject => (Some(ParameterStyle::DeepObject), true),
        TextStyle::Others => (Some(ParameterStyle::Form), true),
        _ => return None,
    })
}

/// A list that is written as one parameter an item cannot be written empty: it is missing then, and a required one is
/// reported.
fn close_empty_lists(doc: &mut ParameterDoc) {
    if doc.required
        && doc.style == TextStyle::Plain
        && lists::may_be_empty(&doc.schema, &doc.definitions)
        && let Some(members) = doc.schema.as_object_mut()
    {
        members.insert("minItems".to_owned(), 1.into());
    }
}

/// Returns whether an object, or each of its alternatives, allows no undeclared members.
fn is_closed(described: &SchemaWithDefinitions, schema: &serde_json::Value) -> bool {
    let named = schema.get("$ref").and_then(|to| {
        let name = to.as_str()?.rsplit('/').next()?;
        described.definitions.get(name)
    });
    let schema = named.map_or(schema, |definition| &definition.schema);
    let states = |key: &str| schema.get(key).is_some_and(|rest| rest == false);
    let alternatives = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| schema.get(*key)?.as_array());
    states("additionalProperties")
        || states("unevaluatedProperties")
        || alternatives.is_some_and(|all| all.iter().all(|one| is_closed(described, one)))
}

impl OperationBuilder<'_> {
    /// Declares that the operation reads the query string as a `T`.
    pub fn query<T: DeserializeOwned + Schema>(&mut self) {
        self.section::<T>(Location::Query, openapi::ParameterLocation::Query);
        self.check_satisfiable::<T>();
    }

    /// Declares that the operation reads request headers as a `T`.
    pub fn headers<T: DeserializeOwned + Schema>(&mut self) {
        self.section::<T>(Location::Header, openapi::ParameterLocation::Header);
        self.check_satisfiable::<T>();
    }

    /// Declares that the operation reads cookies as a `T`.
    pub fn cookies<T: DeserializeOwned + Schema>(&mut self) {
        self.section::<T>(Location::Cookie, openapi::ParameterLocation::Cookie);
    }

    fn section<T: Schema>(&mut self, location: Location, documented: openapi::ParameterLocation) {
        self.validator::<T>(location);
        match self
            .known
            .input::<T>()
            .and_then(|input| input.parameters(location))
        {
            Ok(docs) => {
                let is_closed = location == Location::Query
                    && self.notes.unknown_parameters == UnknownParameters::Reject
                    && self.rejects_unknown_fields::<T>();
                self.notes.sections.push(Section {
                    location,
                    names: docs
                        .iter()
                        .filter(|doc| doc.style != TextStyle::Others)
                        .map(|doc| doc.name.clone())
                        .collect(),
                    is_closed,
                });
                self.notes.parameters(docs, documented);
            }
            Err(errors) => self.error_of_type(errors),
        }
        self.invalid(location);
    }

    fn rejects_unknown_fields<T: Schema>(&mut self) -> bool {
        let Some(described) = self.described::<T>(Direction::Input) else {
            return false;
        };
        is_closed(&described, &described.root)
    }

    /// A type without values is reported once, for the first operation that reads it.
    fn check_satisfiable<T: DeserializeOwned + Schema>(&mut self) {
        let checked = self.known.check_satisfiable::<T>();
        checked.unwrap_or_else(|errors| self.error_of_type(errors));
    }

    fn validator<T: Schema>(&mut self, location: Location) -> Option<Arc<Validator>> {
        match self.known.validator::<T>() {
            Ok(validator) => {
                let sound = validator.check_without_files(std::any::type_name::<T>());
                let kept = Arc::clone(&validator);
                self.notes.validators.insert::<T>(location, kept);
                sound.unwrap_or_else(|errors| self.error_of_type(errors));
                Some(validator)
            }
            Err(errors) => {
                self.error_of_type(errors);
                None
            }
        }
    }

    fn described<T: Schema>(&mut self, direction: Direction) -> Option<Arc<SchemaWithDefinitions>> {
        let described = self.known.described::<T>(direction);
        described.map_err(|errors| self.error_of_type(errors)).ok()
    }

    /// An error of a type is reported once, for the first operation.
    fn error_of_type(&mut self, errors: ValidatorErrors) {
        if self.known.is_new(&errors) {
            self.notes.errors.push(errors);
        }
    }

    /// Declares that the operation reads the parameters of its path template as a `T`.
    pub fn path<T: DeserializeOwned + Schema>(&mut self) {
        self.validator::<T>(Location::Path);
        self.check_satisfiable::<T>();
        self.notes.paths += 1;
        match self.known.input::<T>().and_then(|input| input.path_shape()) {
            Ok(shape) => self.notes.path = Some(shape),
            Err(errors) => self.error_of_type(errors),
        }
        self.invalid(Location::Path);
    }

    /// Declares that the operation reads a JSON body as a `T`.
    pub fn json_body<T: DeserializeOwned + Schema>(&mut self) {
        let validator = self.validator::<T>(Location::Body);
        self.notes.media_types.push((JSON, validator));
        self.check_satisfiable::<T>();
        self.notes.bodies += 1;
        if let Some(described) = self.described::<T>(Direction::Input) {
            let schema = openapi::Schema(described.root.clone());
            self.notes.inputs.push(described);
            self.notes.body = Some(openapi::RequestBody::required(JSON, schema));
        }
        self.invalid(Location::Body);
        self.malformed("The body is not JSON.");
        self.too_large();
    }

    /// Declares that the operation reads a body of a media type (`text/csv`,
    /// `*/*`), with a schema that has no references.
    ///
    /// The errors this can cause are declared beside it, with
    /// [`error`](Self::error). One extractor of an operation may read the body.
    pub fn body(&mut self, media_type: &str, schema: openapi::Schema) {
        self.notes.bodies += 1;
        let mut body = openapi::RequestBody::required(media_type, schema);
        body.required = false;
        self.notes.body = Some(body);
    }

    /// Declares that the body is read up to the operation's limit.
    pub(crate) fn too_large(&mut self) {
        let rejection = examples::too_large(self.notes.body_limit);
        let description = "The body is larger than this operation reads.";
        self.rejection(413, Some(&rejection), description);
    }

    /// Declares that the section may have violations.
    pub(crate) fn invalid(&mut self, location: Location) {
        let status = self.notes.policy.violation_status(location);
        let description = if location == Location::Path && status == StatusCode::NOT_FOUND {
            "There is nothing at this path."
        } else {
            "The request breaks the rules declared for it; every violation is listed."
        };
        self.violation(location, description);
    }

    /// Declares that the section may have the violations that are described.
    pub(crate) fn violation(&mut self, location: Location, description: &str) {
        let status = self.notes.policy.violation_status(location);
        let rejection = examples::violation_of(location);
        self.rejection(status.as_u16(), Some(&rejection), description);
        if !self.notes.invalid.contains(&location) {
            self.notes.invalid.push(location);
        }
    }

    /// Declares that the body may be malformed, where that has another status than violations of the body.
    pub(crate) fn malformed(&mut self, description: &str) {
        let statuses = &self.notes.policy.statuses;
        let status = statuses.malformed_body;
        if status != statuses.of_violations(Location::Body) {
            let rejection = examples::malformed_body();
            self.rejection(status.as_u16(), Some(&rejection), description);
        }
    }

    /// Declares how a request selects this version of the API.
    pub(crate) fn version(&mut self, version: &SelectedVersion) {
        let parameter = version.parameter();
        let is_by_header = parameter.is_some();
        self.notes.parameters.extend(parameter);
        if version.is_fallback() {
            match is_by_header {
                true => self.invalid(Location::Header),
                false => self.error(406, "The client accepts no version of the API."),
            }
        }
    }

    /// Declares that the handler may read the path parameters from the request, so that actix-web has to capture them.
    pub(crate) fn match_info(&mut self) {
        self.notes.reads_match_info = true;
    }

    /// Declares that the operation takes the identity of its caller.
    pub(crate) fn identity<T: 'static>(&mut self, is_required: bool) {
        self.notes.identities.push(WantedIdentity {
            id: TypeId::of::<T>(),
            name: std::any::type_name::<T>(),
            is_required,
        });
    }

    /// Declares that the operation reads `web::Data<T>`. A registry that does not provide it is rejected by `build()`.
    ///
    /// ```
    /// use std::future::{Ready, ready};
    /// use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
    /// use purlin_router::{Context, OperationBuilder, error::Rejection, extract::Extractor};
    ///
    /// struct Pool;
    ///
    /// /// The pool of the tenant that the request is for.
    /// struct TenantPool(web::Data<Pool>);
    ///
    /// impl FromRequest for TenantPool {
    ///     type Error = actix_web::Error;
    ///     type Future = Ready<Result<Self, Self::Error>>;
    ///     fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
    ///         ready(web::Data::from_request(request, payload).into_inner().map(Self))
    ///     }
    /// }
    ///
    /// impl Extractor for TenantPool {
    ///     fn describe(describe: &mut OperationBuilder<'_>) {
    ///         describe.requires_data::<Pool>();
    ///     }
    ///
    ///     async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
    ///         web::Data::read(context, payload).await.map(Self)
    ///     }
    /// }
    /// ```
    pub fn requires_data<T: ?Sized + 'static>(&mut self) {
        let required = RequiredData::of::<T>();
        if !self.notes.required_data.contains(&required) {
            self.notes.required_data.push(required);
        }
    }

    /// Declares a response without a body.
    pub fn response(&mut self, status: u16, description: &str) {
        self.notes.response(status, description);
    }

    /// Declares a response with a `T` as JSON. Without a description of its own
    /// it has that of the type.
    pub fn json_response<T: Serialize + Schema>(&mut self, status: u16, description: &str) {
        let media_type = self.notes.json_type.clone();
        let media_type = media_type.as_deref().unwrap_or(JSON);
        self.json_response_as::<T>(status, media_type, description);
    }

    /// Declares a response with a `T` as JSON of another media type, such as `application/vnd.example+json`.
    pub fn json_response_as<T: Serialize + Schema>(
        &mut self,
        status: u16,
        media_type: &str,
        description: &str,
    ) {
        if let Some(described) = self.described::<T>(Direction::Output) {
            self.body_of(status, media_type, description, described)
                .example = None;
        }
    }

    fn body_of(
        &mut self,
        status: u16,
        media_type: &str,
        description: &str,
        described: Arc<SchemaWithDefinitions>,
    ) -> &mut ResponseNotes {
        self.notes.outputs.push(Arc::clone(&described));
        let response = self.notes.response(status, description);
        response.add_content(media_type, described);
        response
    }

    /// Declares a response header, on a status declared before or after.
    pub fn response_header(&mut self, status: u16, name: &str, description: &str) {
        self.header_note(status, name, HeaderNote::text(description));
    }

    /// Declares a response header, on a status declared before or after.
    pub(crate) fn header_note(&mut self, status: u16, name: &str, note: HeaderNote) {
        let response = self.notes.responses.entry(status).or_default();
        response.headers.insert(name.to_owned(), note);
    }

    /// Declares `Retry-After` in seconds, on a status whose handler does not declare it.
    pub(crate) fn retry_after(&mut self, status: u16) {
        let response = self.notes.responses.entry(status).or_default();
        let known = response.headers.entry("Retry-After".to_owned());
        known.or_insert_with(|| HeaderNote {
            description: Some("When to try again, in seconds.".to_owned()),
            schema: serde_json::json!({"type": "integer", "minimum": 0}),
            is_required: false,
            is_repeated: false,
        });
    }

    /// Declares the fields of a type as headers of every response below 400 among these.
    pub(crate) fn typed_headers<T: Serialize + Schema>(
        &mut self,
        responses: &mut BTreeMap<u16, ResponseNotes>,
    ) {
        let Some(described) = self.described::<T>(Direction::Output) else {
            return;
        };
        let notes = headers::of(&described);
        for (_, response) in responses.range_mut(..400) {
            response.headers.extend(notes.clone());
        }
        self.notes.of_headers.extend(headers::referred(&described));
    }

    /// Returns the method of the operation.
    pub(crate) fn method(&self) -> &Method {
        &self.notes.method
    }

    /// Declares an optional header of the request that is any text, unless an extractor reads it as a declared type.
    pub(crate) fn optional_header(&mut self, name: &str, description: &str) {
        let is_declared = self.notes.parameters.iter().any(|it| {
            it.location == openapi::ParameterLocation::Header && it.name.eq_ignore_ascii_case(name)
        });
        if is_declared {
            return;
        }
        let schema = openapi::Schema(serde_json::json!({"type": "string"}));
        let location = openapi::ParameterLocation::Header;
        let mut parameter = openapi::Parameter::new(name, location, schema);
        parameter.description = Some(description.to_owned());
        self.notes.parameters.push(parameter);
    }
}
