//! Bodies that are not JSON: forms, multipart forms, and responses of other media types.

use std::sync::Arc;

use purlin_openapi::{self as openapi, Encoding, MediaType, ParameterStyle, RequestBody};
use purlin_schemas::{
    __router::{ListStyle, ParameterDoc},
    Direction, Location, Schema, SchemaWithDefinitions,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{OperationBuilder, lists};
#[cfg(feature = "multipart")]
use crate::media::{JSON, MULTIPART};
use crate::{extractors::wrong_media_type, media::FORM};

impl OperationBuilder<'_> {
    /// Declares that the operation reads a form, `application/x-www-form-urlencoded`, as a `T`.
    pub fn form_body<T: DeserializeOwned + Schema>(&mut self) {
        self.validator::<T>(Location::Body);
        let fields = self.known.input::<T>().and_then(|input| input.parameters());
        let fields = fields.map_err(|errors| self.error_of_type(errors));
        let lists = comma_separated(&fields.unwrap_or_default());
        self.request_body::<T>(FORM, lists);
    }

    /// Declares that the operation reads a multipart form, `multipart/form-data`, as a `T`.
    #[cfg(feature = "multipart")]
    pub fn multipart_body<T: DeserializeOwned + Schema>(&mut self) {
        let validator = match self.known.validator::<T>() {
            Ok(validator) => validator,
            Err(errors) => return self.error_of_type(errors),
        };
        let sound = validator.check_parts(std::any::type_name::<T>());
        sound.unwrap_or_else(|errors| self.error_of_type(errors));
        let mut encodings = Vec::new();
        let mut stores_files = false;
        for (name, part) in validator.parts() {
            use purlin_schemas::__router::PartContent;
            let media_type = match part.content {
                PartContent::Text => continue,
                PartContent::Json => JSON.to_owned(),
                PartContent::File(rules) => {
                    stores_files |= !rules.in_memory;
                    rules.media_types.join(", ")
                }
            };
            if !media_type.is_empty() {
                encodings.push((name.to_owned(), Encoding::content_type(media_type)));
            }
        }
        for name in validator.comma_separated() {
            let encoding = Encoding::style(ParameterStyle::Form, false);
            encodings.push((name.to_owned(), encoding));
        }
        self.notes.validators.insert::<T>(Location::Body, validator);
        self.request_body::<T>(MULTIPART, encodings);
        self.malformed("The body is not a multipart form.");
        if stores_files {
            self.notes.stores_files = true;
            self.error(507, "There is no room for the files.");
        }
    }

    fn request_body<T: Schema>(&mut self, name: &str, encodings: Vec<(String, Encoding)>) {
        self.notes.bodies += 1;
        if let Some(described) = self.described::<T>(Direction::Input) {
            let in_one_text = |name: &str| {
                let commas = |encoding: &Encoding| encoding.explode == Some(false);
                encodings
                    .iter()
                    .any(|(field, encoding)| field == name && commas(encoding))
            };
            let schema = openapi::Schema(lists::of_form(&described, in_one_text));
            self.notes.inputs.push(described);
            let media_type = MediaType::new(schema.clone());
            let media_type = encodings
                .into_iter()
                .fold(media_type, |media_type, (field, encoding)| {
                    media_type.encoding(field, encoding)
                });
            let mut body = RequestBody::required(name, schema);
            body.content.insert(name.to_owned(), media_type);
            self.notes.body = Some(body);
        }
        self.invalid(Location::Body);
        self.too_large();
        let status = self.notes.policy.media_type_status();
        let rejection = wrong_media_type(status, "`text/plain`", name).into();
        let description = format!("The body is not `{name}`.");
        self.rejection(status.as_u16(), Some(&rejection), &description);
    }

    /// Declares a response with a body of a media type, and a schema that has no references.
    pub fn content(&mut self, status: u16, media_type: &str, schema: Value, description: &str) {
        let response = self.notes.response(status, description);
        response.example = None;
        let schema = Arc::new(SchemaWithDefinitions::inline(schema));
        response.content.insert(media_type.to_owned(), schema);
    }

    /// Declares a response of Server-Sent Events whose data is a `T` as JSON.
    pub(crate) fn events<T: Serialize + Schema>(&mut self, media_type: &str, description: &str) {
        let Some(described) = self.described::<T>(Direction::Output) else {
            return;
        };
        let mut event = SchemaWithDefinitions::clone(&described);
        if let Some(members) = event.root.as_object_mut() {
            let text = "The data of each event, as JSON.";
            members.insert("description".to_owned(), text.into());
        }
        self.notes.outputs.push(described);
        let response = self.notes.response(200, description);
        response
            .content
            .insert(media_type.to_owned(), Arc::new(event));
    }
}

fn comma_separated(fields: &[ParameterDoc]) -> Vec<(String, Encoding)> {
    let lists = fields
        .iter()
        .filter(|field| field.style == ListStyle::Comma);
    lists
        .map(|field| {
            let encoding = Encoding::style(ParameterStyle::Form, false);
            (field.name.clone(), encoding)
        })
        .collect()
}
