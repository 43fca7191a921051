//! Error responses, with the headers and the additional members that errors declare.

use std::{collections::BTreeMap, sync::Arc};

use purlin_schemas::{Definition, Location, SchemaWithDefinitions, Validator, example};
use serde_json::{Map, Value, json};

use super::{HeaderNote, Notes, OperationBuilder, examples, headers, references};
use crate::error::{Carried, ErrorResponse, Rejection};

/// What the errors of one status carry.
#[derive(Debug, Default)]
pub(crate) struct ErrorNotes {
    /// How many errors have the status.
    count: usize,
    headers: BTreeMap<String, CarriedNote>,
    /// The additional members of the bodies.
    members: BTreeMap<String, CarriedNote>,
}

/// A header or member that one or several errors of a status have.
#[derive(Debug, Default)]
struct CarriedNote {
    description: Option<String>,
    schemas: Vec<Value>,
    definitions: BTreeMap<String, Definition>,
    /// How many errors always have it.
    required: usize,
}

impl OperationBuilder<'_> {
    /// Declares an error response, in the registry's style. Its example has the reason phrase of the status as message.
    pub fn error(&mut self, status: u16, description: &str) {
        let rejection = examples::of_status(status, None);
        self.rejection(status, rejection.as_ref(), description);
    }

    /// Declares the response to a rejection, of which the first one of a status is the example.
    pub(crate) fn rejection(
        &mut self,
        status: u16,
        rejection: Option<&Rejection>,
        description: &str,
    ) {
        let policy = Arc::clone(&self.notes.policy);
        match self.known.error(&policy.style) {
            Ok(described) => {
                let media_type = policy.style.media_type();
                let response = self.body_of(status, media_type, description, described);
                response.errors.count += 1;
                if response.example.is_none() {
                    response.example = rejection.and_then(|it| policy.example(it));
                }
            }
            Err(errors) => self.error_of_type(errors),
        }
    }

    /// Declares an error response with its headers and the additional members of its body, in the registry's style.
    pub fn error_response(&mut self, response: &ErrorResponse) {
        let status = response.status;
        let rejection = examples::of_response(response);
        self.rejection(status, rejection.as_ref(), &response.description);
        for header in &response.headers {
            match self.carried(header) {
                None => self.response_header(status, &header.name, &header.description),
                Some(described) => self.error_header(status, header, described),
            }
        }
        // A format of the program's own decides itself what becomes of them.
        if self.notes.policy.style.writes_members() {
            for member in &response.members {
                if let Some(described) = self.carried(member) {
                    self.error_member(status, member, described);
                }
            }
        }
    }

    /// Returns the schema of a header or member, if it has one.
    fn carried(&mut self, carried: &Carried) -> Option<SchemaWithDefinitions> {
        let described = (carried.schema?)();
        described.map_err(|errors| self.error_of_type(errors)).ok()
    }

    fn error_header(&mut self, status: u16, header: &Carried, described: SchemaWithDefinitions) {
        let name = &header.name;
        let schema = references::target(&described.root, &described.definitions);
        if let Some(kind) = headers::structure(schema.unwrap_or(&described.root)) {
            self.notes.unfit.push(format!(
                "the header `{name}` of an error with the status {status} is {kind}, which a header cannot have; declare a text, a number, or a list of them"
            ));
            return;
        }
        let response = self.notes.responses.entry(status).or_default();
        let note = response.errors.headers.entry(name.to_string());
        note.or_default().add(header, described);
    }

    fn error_member(&mut self, status: u16, member: &Carried, described: SchemaWithDefinitions) {
        let name = &member.name;
        if self.is_member_of_the_style(name) {
            self.notes.unfit.push(format!(
                "an error with the status {status} adds the member `{name}`, which the error style writes itself; name it differently, with `#[member(\"…\")]`"
            ));
            return;
        }
        let response = self.notes.responses.entry(status).or_default();
        let note = response.errors.members.entry(name.to_string());
        note.or_default().add(member, described);
    }

    fn is_member_of_the_style(&mut self, name: &str) -> bool {
        let policy = Arc::clone(&self.notes.policy);
        let Ok(described) = self.known.error(&policy.style) else {
            return false;
        };
        let schema = references::target(&described.root, &described.definitions);
        let properties = schema.unwrap_or(&described.root).get("properties");
        properties.is_some_and(|properties| properties.get(name).is_some())
    }
}

impl ErrorNotes {
    /// Adds the errors of another part of the description.
    pub(super) fn append(&mut self, other: Self) {
        self.count += other.count;
        for (own, others) in [
            (&mut self.headers, other.headers),
            (&mut self.members, other.members),
        ] {
            for (name, note) in others {
                own.entry(name).or_default().append(note);
            }
        }
    }
}

impl CarriedNote {
    fn append(&mut self, other: Self) {
        self.required += other.required;
        for schema in other.schemas {
            if !self.schemas.contains(&schema) {
                self.schemas.push(schema);
            }
        }
        self.definitions.extend(other.definitions);
        self.description = self.description.take().or(other.description);
    }

    fn add(&mut self, carried: &Carried, described: SchemaWithDefinitions) {
        self.required += usize::from(!may_be_null(&described));
        let mut schema = described.root;
        without_null(&mut schema);
        if !self.schemas.contains(&schema) {
            self.schemas.push(schema);
        }
        self.definitions.extend(described.definitions);
        if self.description.is_none() && !carried.description.is_empty() {
            self.description = Some(carried.description.to_string());
        }
    }

    /// Returns the schema of all values.
    fn schema(&mut self) -> Value {
        match self.schemas.len() {
            1 => self.schemas.remove(0),
            _ => json!({"anyOf": self.schemas}),
        }
    }
}

impl Notes {
    /// Adds what errors carry to the responses. Called when everything that may cause an error is noted: a header or
    /// member that only some errors of a status have is optional.
    pub(crate) fn add_carried_by_errors(&mut self) {
        let media_type = self.policy.style.media_type();
        for response in self.responses.values_mut() {
            let ErrorNotes {
                count,
                headers,
                members,
            } = std::mem::take(&mut response.errors);
            for (name, mut note) in headers {
                self.of_headers
                    .extend(std::mem::take(&mut note.definitions));
                let is_repeated = headers::is_repeated(&name);
                if is_repeated {
                    let of_lines = note.schemas.drain(..).map(headers::of_line);
                    note.schemas = of_lines.collect();
                }
                response.headers.entry(name).or_insert(HeaderNote {
                    schema: note.schema(),
                    is_required: note.required == count,
                    description: note.description,
                    is_repeated,
                });
            }
            let Some(content) = response.content.get_mut(media_type) else {
                continue;
            };
            if !members.is_empty() {
                if let Some(example) = &mut response.example {
                    add_examples(example, &members, count);
                }
                *content = Arc::new(with_members(content, members, count));
                self.outputs.push(Arc::clone(content));
            }
        }
    }
}

/// Adds the members that every error has to the example of a body, and those of the only error.
fn add_examples(body: &mut Value, members: &BTreeMap<String, CarriedNote>, count: usize) {
    let Some(body) = body.as_object_mut() else {
        return;
    };
    for (name, note) in members {
        let Some(schema) = note
            .schemas
            .first()
            .filter(|_| note.required == count || count == 1)
        else {
            continue;
        };
        let mut described = SchemaWithDefinitions::inline(schema.clone());
        described.definitions.clone_from(&note.definitions);
        if let Ok(value) = example(&described) {
            body.insert(name.clone(), value);
        }
    }
}

/// Returns the schema of error bodies with additional members.
fn with_members(
    base: &SchemaWithDefinitions,
    members: BTreeMap<String, CarriedNote>,
    count: usize,
) -> SchemaWithDefinitions {
    let required = members.iter().filter(|(_, note)| note.required == count);
    let required: Vec<String> = required.map(|(name, _)| name.clone()).collect();
    let mut definitions = base.definitions.clone();
    let mut properties = Map::new();
    for (name, mut note) in members {
        definitions.append(&mut note.definitions);
        let mut schema = note.schema();
        if let (Some(members), Some(text)) = (schema.as_object_mut(), note.description) {
            members.insert("description".to_owned(), text.into());
        }
        properties.insert(name, schema);
    }
    let mut added = json!({"type": "object", "properties": properties});
    if let Some(added) = added.as_object_mut().filter(|_| !required.is_empty()) {
        added.insert("required".to_owned(), required.into());
    }
    let mut described = SchemaWithDefinitions::inline(json!({"allOf": [base.root, added]}));
    described.definitions = definitions;
    described
}

/// Returns whether null is a value of a schema.
fn may_be_null(described: &SchemaWithDefinitions) -> bool {
    let validator = Validator::from_schema(described);
    validator.is_ok_and(|validator| validator.validate(Location::Body, &Value::Null).is_empty())
}

/// Removes null from the values of a schema, as what is null is left out.
fn without_null(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    headers::without_null(members);
}
