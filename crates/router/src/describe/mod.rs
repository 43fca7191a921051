//! What an operation reads and answers, written down by its arguments and
//! replies while the registry is built. Turning the notes into a document is
//! `build/document.rs`'s business.

mod bodies;
mod headers;
mod known;
mod lists;
mod references;

use std::{any::TypeId, collections::BTreeMap, sync::Arc};

use purlin_openapi as openapi;
use purlin_schemas::{
    __router::{ListStyle, ParameterDoc, PathShape},
    Definition, Direction, Location, Schema, SchemaWithDefinitions, ValidatorErrors,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{context::Validators, error::ErrorStyle, provided_data::RequiredData};
pub(crate) use known::Known;

/// Collects what an operation reads and answers.
///
/// Extractors and replies of your own call these methods from their `describe`.
#[derive(Debug)]
pub struct OperationBuilder<'a> {
    pub(crate) notes: &'a mut Notes,
    pub(crate) known: &'a mut Known,
}

/// The notes of one operation.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) style: ErrorStyle,
    /// The media type of JSON replies, where it is another than JSON's own.
    pub(crate) json_type: Option<String>,
    pub(crate) path: Option<PathShape>,
    pub(crate) parameters: Vec<openapi::Parameter>,
    pub(crate) body: Option<openapi::RequestBody>,
    /// How many arguments read the body.
    pub(crate) bodies: usize,
    /// Files of the body are kept on the disk.
    pub(crate) stores_files: bool,
    /// How many arguments read the path as a type of ours.
    pub(crate) paths: usize,
    /// What each argument reads of the query or the headers.
    pub(crate) sections: Vec<Section>,
    pub(crate) responses: BTreeMap<u16, Answer>,
    pub(crate) validators: Validators,
    pub(crate) inputs: Vec<Arc<SchemaWithDefinitions>>,
    pub(crate) outputs: Vec<Arc<SchemaWithDefinitions>>,
    /// Named schemas the parameters refer to.
    pub(crate) of_parameters: Vec<(String, Definition)>,
    /// Named schemas the headers of answers refer to.
    pub(crate) of_headers: Vec<(String, Definition)>,
    pub(crate) mistakes: Vec<ValidatorErrors>,
    pub(crate) identities: Vec<WantedIdentity>,
    /// The `web::Data` the handler takes.
    pub(crate) required_data: Vec<RequiredData>,
}

/// What a handler wants to know of its caller.
#[derive(Debug)]
pub(crate) struct WantedIdentity {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
    pub(crate) is_required: bool,
}

/// What one argument reads of the query or the headers.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) location: Location,
    pub(crate) names: Vec<String>,
    /// Parameters it does not know are refused.
    pub(crate) is_closed: bool,
}

/// A header of an answer.
#[derive(Clone, Debug)]
pub(crate) struct HeaderNote {
    pub(crate) description: Option<String>,
    pub(crate) schema: serde_json::Value,
    pub(crate) is_required: bool,
}

/// One status of an operation.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Why it is answered; several reasons may share a status.
    pub(crate) descriptions: Vec<String>,
    pub(crate) headers: BTreeMap<String, HeaderNote>,
    pub(crate) content: BTreeMap<String, Arc<SchemaWithDefinitions>>,
}

impl Notes {
    pub(crate) fn new(style: ErrorStyle) -> Self {
        Self {
            style,
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
            if doc.style == ListStyle::Comma && location != openapi::ParameterLocation::Header {
                parameter.explode = Some(false);
            }
            self.parameters.push(parameter);
        }
    }

    fn answer(&mut self, status: u16, description: &str) -> &mut Answer {
        let answer = self.responses.entry(status).or_default();
        let description = description.trim();
        if !answer.descriptions.iter().any(|known| known == description) {
            answer.descriptions.push(description.to_owned());
        }
        answer
    }
}

/// A list written as one parameter an item cannot be written empty: nothing is sent of it, and a required one is missed.
fn close_empty_lists(doc: &mut ParameterDoc) {
    if doc.required
        && doc.style == ListStyle::Repeated
        && lists::may_be_empty(&doc.schema, &doc.definitions)
        && let Some(members) = doc.schema.as_object_mut()
    {
        members.insert("minItems".to_owned(), 1.into());
    }
}

impl OperationBuilder<'_> {
    /// The operation reads the query string as a `T`.
    pub fn query<T: DeserializeOwned + Schema>(&mut self) {
        self.section::<T>(Location::Query, openapi::ParameterLocation::Query);
    }

    /// The operation reads request headers as a `T`.
    pub fn headers<T: DeserializeOwned + Schema>(&mut self) {
        self.section::<T>(Location::Header, openapi::ParameterLocation::Header);
    }

    fn section<T: Schema>(&mut self, location: Location, documented: openapi::ParameterLocation) {
        self.validator::<T>(location);
        match self.known.input::<T>().and_then(|input| input.parameters()) {
            Ok(docs) => {
                let is_closed = location == Location::Query && self.refuses_unknown_fields::<T>();
                self.notes.sections.push(Section {
                    location,
                    names: docs.iter().map(|doc| doc.name.clone()).collect(),
                    is_closed,
                });
                self.notes.parameters(docs, documented);
            }
            Err(errors) => self.mistake(errors),
        }
        self.invalid(location);
    }

    fn refuses_unknown_fields<T: Schema>(&mut self) -> bool {
        let Some(described) = self.described::<T>(Direction::Input) else {
            return false;
        };
        let named = described.root.get("$ref").and_then(|to| {
            let name = to.as_str()?.rsplit('/').next()?;
            described.definitions.get(name)
        });
        let schema = named.map_or(&described.root, |definition| &definition.schema);
        ["additionalProperties", "unevaluatedProperties"]
            .iter()
            .any(|key| schema.get(key).is_some_and(|rest| rest == false))
    }

    fn validator<T: Schema>(&mut self, location: Location) {
        match self.known.validator::<T>() {
            Ok(validator) => {
                let sound = validator.check_without_files(std::any::type_name::<T>());
                self.notes.validators.insert::<T>(location, validator);
                sound.unwrap_or_else(|errors| self.mistake(errors));
            }
            Err(errors) => self.mistake(errors),
        }
    }

    fn described<T: Schema>(&mut self, direction: Direction) -> Option<Arc<SchemaWithDefinitions>> {
        let described = self.known.described::<T>(direction);
        described.map_err(|errors| self.mistake(errors)).ok()
    }

    /// A mistake of a type is told once, of the operation that comes first.
    fn mistake(&mut self, errors: ValidatorErrors) {
        if self.known.is_news(&errors) {
            self.notes.mistakes.push(errors);
        }
    }

    /// The operation reads the parameters of its path template as a `T`.
    pub fn path<T: DeserializeOwned + Schema>(&mut self) {
        self.validator::<T>(Location::Path);
        self.notes.paths += 1;
        match self.known.input::<T>().and_then(|input| input.path_shape()) {
            Ok(shape) => self.notes.path = Some(shape),
            Err(errors) => self.mistake(errors),
        }
        self.invalid(Location::Path);
    }

    /// The operation reads a JSON body as a `T`.
    pub fn json_body<T: DeserializeOwned + Schema>(&mut self) {
        self.validator::<T>(Location::Body);
        self.notes.bodies += 1;
        if let Some(described) = self.described::<T>(Direction::Input) {
            let schema = openapi::Schema(described.root.clone());
            self.notes.inputs.push(described);
            self.notes.body = Some(openapi::RequestBody::required("application/json", schema));
        }
        self.invalid(Location::Body);
        self.too_large();
        let media_type = self.notes.style.media_type_status().as_u16();
        self.error(media_type, "The body is not `application/json`.");
    }

    /// The operation reads the body in a way of its own: which media types it
    /// takes (`text/csv`, `*/*`), and a schema that refers to nothing.
    ///
    /// The errors this can cause are described beside it, with
    /// [`error`](Self::error). One argument of an operation may read the body.
    pub fn body(&mut self, media_type: &str, schema: openapi::Schema) {
        self.notes.bodies += 1;
        let mut body = openapi::RequestBody::required(media_type, schema);
        body.required = false;
        self.notes.body = Some(body);
    }

    /// The body is read up to the operation's limit.
    pub(crate) fn too_large(&mut self) {
        self.error(413, "The body is larger than this operation reads.");
    }

    /// The section may break rules.
    pub(crate) fn invalid(&mut self, location: Location) {
        let status = self.notes.style.violation_status(location).as_u16();
        let description = if status == 404 {
            "There is nothing at this path."
        } else {
            "The request breaks the rules declared for it; every violation is listed."
        };
        self.error(status, description);
    }

    /// The operation wants to know who calls.
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
    /// use purlin_router::{Context, Extractor, OperationBuilder, Rejection};
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

    /// The operation answers a status without a body.
    pub fn response(&mut self, status: u16, description: &str) {
        self.notes.answer(status, description);
    }

    /// The operation answers a status with a `T` as JSON. Without a description
    /// of its own the response bears that of the type.
    pub fn json_response<T: Serialize + Schema>(&mut self, status: u16, description: &str) {
        if let Some(described) = self.described::<T>(Direction::Output) {
            let media_type = self.notes.json_type.clone();
            let media_type = media_type.as_deref().unwrap_or("application/json");
            self.answer(status, media_type, description, described);
        }
    }

    fn answer(
        &mut self,
        status: u16,
        media_type: &str,
        description: &str,
        described: Arc<SchemaWithDefinitions>,
    ) {
        let answer = self.notes.answer(status, description);
        let content = Arc::clone(&described);
        answer.content.insert(media_type.to_owned(), content);
        self.notes.outputs.push(described);
    }

    /// A response header, on a status described before or after.
    pub fn response_header(&mut self, status: u16, name: &str, description: &str) {
        let answer = self.notes.responses.entry(status).or_default();
        let note = HeaderNote {
            description: Some(description.to_owned()),
            schema: serde_json::json!({"type": "string"}),
            is_required: false,
        };
        answer.headers.insert(name.to_owned(), note);
    }

    /// Every answer below 400 described so far has the fields of a type as its
    /// headers.
    pub(crate) fn typed_headers<T: Serialize + Schema>(&mut self) {
        let Some(described) = self.described::<T>(Direction::Output) else {
            return;
        };
        let notes = headers::of(&described);
        for (_, answer) in self.notes.responses.range_mut(..400) {
            answer.headers.extend(notes.clone());
        }
        self.notes.of_headers.extend(headers::referred(&described));
    }

    /// The operation answers an error, in the registry's style.
    pub fn error(&mut self, status: u16, description: &str) {
        let style = self.notes.style;
        match self.known.error(style) {
            Ok(described) => self.answer(status, style.media_type(), description, described),
            Err(errors) => self.mistake(errors),
        }
    }
}
