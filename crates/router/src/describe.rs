//! What an operation reads and answers, written down by its arguments and
//! replies while the registry is built. Turning the notes into a document is
//! `build/document.rs`'s business.

use std::collections::BTreeMap;

use purlin_openapi as openapi;
use purlin_schemas::{
    self as schemas, Contract, ContractErrors, Definition, Described, Direction, ListStyle,
    Location, ParameterDoc, PathShape, Schema,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{context::Contracts, error::ErrorStyle};

/// Collects what an operation reads and answers.
///
/// Arguments and replies of your own call these methods from their `describe`.
#[derive(Debug)]
pub struct Describe<'a> {
    pub(crate) notes: &'a mut Notes,
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
    pub(crate) inputs: Vec<(String, Definition)>,
    pub(crate) outputs: Vec<(String, Definition)>,
    pub(crate) mistakes: Vec<ContractErrors>,
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

    fn keep<T>(&mut self, result: Result<T, ContractErrors>) -> Option<T> {
        result.map_err(|errors| self.mistakes.push(errors)).ok()
    }

    fn contract<T: Schema>(&mut self, location: Location) {
        let contract = Contract::of::<T>();
        if let Some(contract) = self.keep(contract) {
            self.contracts.insert::<T>(location, contract);
        }
    }

    fn parameters(&mut self, docs: Vec<ParameterDoc>, location: openapi::ParameterLocation) {
        for doc in docs {
            self.inputs.extend(doc.definitions);
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
        self.notes.contract::<T>(location);
        if let Some(docs) = self.notes.keep(schemas::parameters::<T>()) {
            self.notes.parameters(docs, documented);
        }
        self.invalid(location);
    }

    /// The operation reads the parameters of its path template as a `T`.
    pub fn path<T: DeserializeOwned + Schema>(&mut self) {
        self.notes.contract::<T>(Location::Path);
        self.notes.path = self.notes.keep(schemas::path_shape::<T>());
        self.invalid(Location::Path);
    }

    /// The operation reads a JSON body as a `T`.
    pub fn json_body<T: DeserializeOwned + Schema>(&mut self) {
        self.notes.contract::<T>(Location::Body);
        self.notes.bodies += 1;
        if let Some(described) = self.notes.keep(schemas::describe::<T>(Direction::Input)) {
            let Described {
                root, definitions, ..
            } = described;
            self.notes.inputs.extend(definitions);
            let schema = openapi::Schema(root);
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

    /// The operation answers a status without a body.
    pub fn response(&mut self, status: u16, description: &str) {
        self.notes.answer(status, description);
    }

    /// The operation answers a status with a `T` as JSON. Without a description
    /// of its own the response bears that of the type.
    pub fn json_response<T: Serialize + Schema>(&mut self, status: u16, description: &str) {
        if let Some(described) = self.notes.keep(schemas::describe::<T>(Direction::Output)) {
            let Described {
                root, definitions, ..
            } = described;
            self.notes.outputs.extend(definitions);
            let answer = self.notes.answer(status, description);
            answer.content.insert("application/json".to_owned(), root);
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
        let described = match style {
            ErrorStyle::Problem => schemas::describe::<schemas::Problem>(Direction::Output),
            ErrorStyle::Rebar => schemas::describe::<schemas::RebarError>(Direction::Output),
        };
        if let Some(described) = self.notes.keep(described) {
            self.notes.outputs.extend(described.definitions);
            let answer = self.notes.answer(status, description);
            answer
                .content
                .insert(style.media_type().to_owned(), described.root);
        }
    }
}
