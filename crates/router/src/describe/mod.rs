//! What an operation reads and answers, written down by its arguments and
//! replies while the registry is built. Turning the notes into a document is
//! `build/document.rs`'s business.

mod bodies;
mod known;

use std::{any::TypeId, collections::BTreeMap, rc::Rc};

use purlin_openapi as openapi;
use purlin_schemas::{
    self as schemas, ContractErrors, Definition, Described, Direction, ListStyle, Location,
    ParameterDoc, PathShape, Schema,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{context::Contracts, error::ErrorStyle};
pub(crate) use known::Known;

/// Collects what an operation reads and answers.
///
/// Arguments and replies of your own call these methods from their `describe`.
#[derive(Debug)]
pub struct Describe<'a> {
    pub(crate) notes: &'a mut Notes,
    pub(crate) known: &'a mut Known,
}

/// The notes of one operation.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) style: ErrorStyle,
    pub(crate) path: Option<PathShape>,
    pub(crate) parameters: Vec<openapi::Parameter>,
    pub(crate) body: Option<openapi::RequestBody>,
    /// More than one argument reads the body.
    pub(crate) bodies: usize,
    pub(crate) responses: BTreeMap<u16, Answer>,
    pub(crate) contracts: Contracts,
    pub(crate) inputs: Vec<Rc<Described>>,
    pub(crate) outputs: Vec<Rc<Described>>,
    /// Named schemas the parameters refer to.
    pub(crate) of_parameters: Vec<(String, Definition)>,
    pub(crate) mistakes: Vec<ContractErrors>,
    pub(crate) identities: Vec<WantedIdentity>,
}

/// What a handler wants to know of its caller.
#[derive(Debug)]
pub(crate) struct WantedIdentity {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
    pub(crate) is_required: bool,
}

/// One status of an operation.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Why it is answered; several reasons may share a status.
    pub(crate) descriptions: Vec<String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) content: BTreeMap<String, serde_json::Value>,
}

impl Notes {
    pub(crate) fn new(style: ErrorStyle) -> Self {
        Self {
            style,
            ..Self::default()
        }
    }

    fn parameters(&mut self, docs: Vec<ParameterDoc>, location: openapi::ParameterLocation) {
        for doc in docs {
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

impl Describe<'_> {
    /// The operation reads the query string as a `T`.
    pub fn query<T: DeserializeOwned + Schema>(&mut self) {
        self.section::<T>(Location::Query, openapi::ParameterLocation::Query);
    }

    /// The operation reads request headers as a `T`.
    pub fn headers<T: DeserializeOwned + Schema>(&mut self) {
        self.section::<T>(Location::Header, openapi::ParameterLocation::Header);
    }

    fn section<T: Schema>(&mut self, location: Location, documented: openapi::ParameterLocation) {
        self.contract::<T>(location);
        match schemas::parameters::<T>() {
            Ok(docs) => self.notes.parameters(docs, documented),
            Err(errors) => self.mistake(errors),
        }
        self.invalid(location);
    }

    fn contract<T: Schema>(&mut self, location: Location) {
        match self.known.contract::<T>() {
            Ok(contract) => {
                let sound = contract.check_without_files(std::any::type_name::<T>());
                self.notes.contracts.insert::<T>(location, contract);
                sound.unwrap_or_else(|errors| self.mistake(errors));
            }
            Err(errors) => self.mistake(errors),
        }
    }

    fn described<T: Schema>(&mut self, direction: Direction) -> Option<Rc<Described>> {
        let described = self.known.described::<T>(direction);
        described.map_err(|errors| self.mistake(errors)).ok()
    }

    /// A mistake of a type is told once, of the operation that comes first.
    fn mistake(&mut self, errors: ContractErrors) {
        if self.known.is_news(&errors) {
            self.notes.mistakes.push(errors);
        }
    }

    /// The operation reads the parameters of its path template as a `T`.
    pub fn path<T: DeserializeOwned + Schema>(&mut self) {
        self.contract::<T>(Location::Path);
        match schemas::path_shape::<T>() {
            Ok(shape) => self.notes.path = Some(shape),
            Err(errors) => self.mistake(errors),
        }
        self.invalid(Location::Path);
    }

    /// The operation reads a JSON body as a `T`.
    pub fn json_body<T: DeserializeOwned + Schema>(&mut self) {
        self.contract::<T>(Location::Body);
        self.notes.bodies += 1;
        if let Some(described) = self.described::<T>(Direction::Input) {
            let schema = openapi::Schema(described.root.clone());
            self.notes.inputs.push(described);
            self.notes.body = Some(openapi::RequestBody::required("application/json", schema));
        }
        self.invalid(Location::Body);
        self.error(413, "The body is larger than this operation reads.");
        let media_type = self.notes.style.media_type_status().as_u16();
        self.error(media_type, "The body is not `application/json`.");
    }

    fn invalid(&mut self, location: Location) {
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

    /// The operation answers a status without a body.
    pub fn response(&mut self, status: u16, description: &str) {
        self.notes.answer(status, description);
    }

    /// The operation answers a status with a `T` as JSON. Without a description
    /// of its own the response bears that of the type.
    pub fn json_response<T: Serialize + Schema>(&mut self, status: u16, description: &str) {
        self.body::<T>(status, "application/json", description);
    }

    fn body<T: Schema>(&mut self, status: u16, media_type: &str, description: &str) {
        if let Some(described) = self.described::<T>(Direction::Output) {
            let answer = self.notes.answer(status, description);
            let root = described.root.clone();
            answer.content.insert(media_type.to_owned(), root);
            self.notes.outputs.push(described);
        }
    }

    /// A response header, on a status described before or after.
    pub fn response_header(&mut self, status: u16, name: &str, description: &str) {
        let answer = self.notes.responses.entry(status).or_default();
        answer
            .headers
            .insert(name.to_owned(), description.to_owned());
    }

    /// The operation answers an error, in the registry's style.
    pub fn error(&mut self, status: u16, description: &str) {
        let style = self.notes.style;
        let media_type = style.media_type();
        match style {
            ErrorStyle::Problem => self.body::<schemas::Problem>(status, media_type, description),
            ErrorStyle::Rebar => self.body::<schemas::RebarError>(status, media_type, description),
        }
    }
}
