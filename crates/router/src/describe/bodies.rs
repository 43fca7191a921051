//! Bodies that are not JSON: forms, multipart forms, and responses of other media types.

use std::sync::Arc;

use purlin_openapi::{self as openapi, Encoding, MediaType, ParameterStyle, RequestBody};
use purlin_schemas::{
    __router::{Delimiter, ParameterDoc, TextStyle},
    Direction, Location, Schema, SchemaWithDefinitions, Validator,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    OperationBuilder, examples,
    lists::{self, Written},
    references,
};
#[cfg(feature = "multipart")]
use crate::media::{JSON, MULTIPART};
use crate::{
    extractors::{body_error::listed, content_type::another_type},
    media::{self, FORM},
};

impl OperationBuilder<'_> {
    /// Declares that the operation reads a form, `application/x-www-form-urlencoded`, as a `T`.
    pub fn form_body<T: DeserializeOwned + Schema>(&mut self) {
        let validator = self.validator::<T>(Location::Body);
        self.check_satisfiable::<T>();
        let fields = self.known.input::<T>();
        let fields = fields.and_then(|input| input.parameters(Location::Body));
        let fields = fields.map_err(|errors| self.error_of_type(errors));
        let fields = fields.unwrap_or_default();
        let written_as = |name: &str| {
            let object = fields
                .iter()
                .find(|field| field.name == name && field.style == TextStyle::DeepObject);
            object.map_or(Written::Text, |object| Written::Object(&object.schema))
        };
        self.request_body::<T>(FORM, validator, encodings(&fields), written_as);
    }

    /// Declares that the body that was declared last may be absent.
    pub fn optional_body(&mut self) {
        if let Some(body) = &mut self.notes.body {
            body.required = false;
        }
    }

    /// Declares that the operation reads one of several bodies, each of which one of these describes.
    pub fn one_of_bodies(&mut self, alternatives: &[fn(&mut OperationBuilder<'_>)]) {
        let before = self.notes.bodies;
        let mut all: Option<RequestBody> = None;
        for describe in alternatives {
            describe(self);
            match (&mut all, self.notes.body.take()) {
                (Some(all), Some(body)) => all.content.extend(body.content),
                (all, body) => *all = all.take().or(body),
            }
        }
        self.notes.body = all;
        self.notes.bodies = self.notes.bodies.min(before + 1);
    }

    /// Declares what holds for all bodies of the operation, once each is declared.
    pub(crate) fn finish_body(&mut self) {
        let code = self.notes.policy.media_type_status();
        let status = code.as_u16();
        let types = self.notes.media_types.iter();
        let types: Vec<_> = types.map(|(media_type, _)| *media_type).collect();
        let rejection = match types.as_slice() {
            [media::JSON] => examples::unsupported_media_type(),
            types => another_type(code, "`text/plain`", types).into(),
        };
        match types.as_slice() {
            [] => {}
            [only] => {
                let description = format!("The body is not `{only}`.");
                self.rejection(status, Some(&rejection), &description);
            }
            several => {
                let description = format!("The body is neither {}.", listed(several, "nor"));
                self.rejection(status, Some(&rejection), &description);
            }
        }
        let accepts_compressed = self.notes.accepts_compressed && self.notes.body.is_some();
        if accepts_compressed {
            let text = "The body may be compressed: `Content-Encoding: gzip` or `br`.";
            if let Some(body) = &mut self.notes.body {
                let description = body.description.get_or_insert_default();
                if !description.is_empty() {
                    description.push_str("\n\n");
                }
                description.push_str(text);
            }
            self.error(status, "The body is in another content coding.");
            let unreadable = self.notes.policy.violation_status(Location::Body).as_u16();
            self.error(unreadable, "The body cannot be decompressed.");
        }
        if status == 415 && (accepts_compressed || !types.is_empty()) {
            let description = "The content codings that are accepted, where the body has another.";
            self.response_header(status, "Accept-Encoding", description);
        }
    }

    /// Declares that the operation reads a multipart form, `multipart/form-data`, as a `T`.
    #[cfg(feature = "multipart")]
    pub fn multipart_body<T: DeserializeOwned + Schema>(&mut self) {
        use purlin_schemas::__router::PartContent;

        let validator = match self.known.validator::<T>() {
            Ok(validator) => validator,
            Err(errors) => return self.error_of_type(errors),
        };
        let sound = validator.check_parts(std::any::type_name::<T>());
        sound.unwrap_or_else(|errors| self.error_of_type(errors));
        self.check_satisfiable::<T>();
        let mut encodings = Vec::new();
        let mut stores_files = false;
        for (name, part) in validator.parts() {
            let media_type = match &part.content {
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
        for (name, delimiter) in validator.delimited() {
            encodings.extend(encoding(name, TextStyle::Delimited(delimiter)));
        }
        let kept = Arc::clone(&validator);
        self.notes.validators.insert::<T>(Location::Body, kept);
        let parts = Arc::clone(&validator);
        let parts = parts.parts();
        let written_as = |name: &str| match parts.get(name).map(|part| &part.content) {
            Some(PartContent::Text) => Written::Text,
            Some(PartContent::File(_)) => Written::File,
            Some(PartContent::Json) | None => Written::Json,
        };
        self.request_body::<T>(MULTIPART, Some(validator), encodings, written_as);
        self.malformed("The body is not a multipart form.");
        if stores_files {
            self.notes.stores_files = true;
            self.error(507, "There is no room for the files.");
        }
    }

    fn request_body<'s, T: Schema>(
        &mut self,
        name: &'static str,
        validator: Option<Arc<Validator>>,
        encodings: Vec<(String, Encoding)>,
        written_as: impl Fn(&str) -> Written<'s>,
    ) {
        self.notes.media_types.push((name, validator));
        self.notes.bodies += 1;
        if let Some(described) = self.described::<T>(Direction::Input) {
            let commas = |encoding: &Encoding| encoding.explode == Some(false);
            let in_one_text = |name: &str| {
                let mut encodings = encodings.iter();
                encodings.any(|(field, encoding)| field == name && commas(encoding))
            };
            let schema = lists::of_form(&described, |name| match in_one_text(name) {
                true => Written::OneText,
                false => written_as(name),
            });
            if schema == described.root {
                self.notes.inputs.push(described);
            } else {
                let reachable = references::reachable(&schema, &described.definitions);
                self.notes.of_parameters.extend(reachable);
            }
            let schema = openapi::Schema(schema);
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
    }

    /// Declares a response with a body of a media type, and a schema that has no references.
    pub fn content(&mut self, status: u16, media_type: &str, schema: Value, description: &str) {
        let response = self.notes.response(status, description);
        response.example = None;
        let schema = Arc::new(SchemaWithDefinitions::inline(schema));
        response.add_content(media_type, schema);
    }

    /// Declares a response that is a stream of items, each a `T` as JSON. OpenAPI 3.1 has no keyword for items: the schema is
    /// that of each, which its description states.
    pub(crate) fn items<T: Serialize + Schema>(
        &mut self,
        media_type: &str,
        description: &str,
        of_item: &str,
    ) {
        let Some(described) = self.described::<T>(Direction::Output) else {
            return;
        };
        let mut item = SchemaWithDefinitions::clone(&described);
        if let Some(members) = item.root.as_object_mut() {
            members.insert("description".to_owned(), of_item.into());
        }
        self.notes.outputs.push(described);
        let response = self.notes.response(200, description);
        response.add_content(media_type, Arc::new(item));
    }
}

/// Returns the encodings of fields that are not written by the default rules of forms.
fn encodings(fields: &[ParameterDoc]) -> Vec<(String, Encoding)> {
    let encodings = fields.iter();
    let encodings = encodings.filter_map(|field| encoding(&field.name, field.style));
    encodings.collect()
}

fn encoding(name: &str, style: TextStyle) -> Option<(String, Encoding)> {
    let encoding = match style {
        TextStyle::Delimited(Delimiter::Space) => {
            Encoding::style(ParameterStyle::SpaceDelimited, false)
        }
        TextStyle::Delimited(Delimiter::Pipe) => {
            Encoding::style(ParameterStyle::PipeDelimited, false)
        }
        TextStyle::Delimited(_) => Encoding::style(ParameterStyle::Form, false),
        TextStyle::DeepObject => Encoding::style(ParameterStyle::DeepObject, true),
        _ => return None,
    };
    Some((name.to_owned(), encoding))
}
