//! Request bodies: one `body` parameter, or one `formData` parameter per field.
//! An operation cannot have both; in that case forms are omitted.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    non_body::{CollectionFormat, flattened, non_body_schema},
    parameters::example,
    responses::{preferred, same_schema},
    schema::Schemas,
};
use crate::{Encoding, MediaType, ParameterStyle, RequestBody, references::schema_name};

const MULTIPART: &str = "multipart/form-data";
const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// Returns the media types of a body and its parameters.
pub(super) fn body(body: &RequestBody, schemas: &Schemas) -> (Vec<String>, Vec<Value>) {
    let of_kind = |form: bool| -> BTreeMap<String, MediaType> {
        let content = body
            .content
            .iter()
            .filter(|(name, _)| is_form(name) == form);
        content
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect()
    };
    let whole = of_kind(false);
    if let Some((_, media_type)) = preferred(&whole) {
        let consumes = same_schema(&whole, media_type);
        return (consumes, vec![parameter(body, media_type, schemas)]);
    }
    let forms = of_kind(true);
    let form = forms.iter().find(|(name, _)| essence(name) == MULTIPART);
    let Some((_, form)) = form.or_else(|| forms.first_key_value()) else {
        return (Vec::new(), Vec::new());
    };
    let consumes = same_schema(&forms, form);
    let files = consumes.iter().any(|name| essence(name) == MULTIPART);
    let fields = Fields {
        form,
        required: body.required,
        files,
        schemas,
    };
    (consumes, fields.parameters())
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn is_form(media_type: &str) -> bool {
    [MULTIPART, URL_ENCODED].contains(&essence(media_type))
}

fn parameter(body: &RequestBody, media_type: &MediaType, schemas: &Schemas) -> Value {
    let reference = media_type.schema.0.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(schema_name).unwrap_or("body");
    let mut parameter = json!({
        "name": name,
        "in": "body",
        "schema": schemas.write(&media_type.schema),
    });
    if body.required {
        parameter["required"] = true.into();
    }
    if let Some(description) = &body.description {
        parameter["description"] = description.as_str().into();
    }
    if let Some(example) = example(media_type.example.as_ref(), media_type.examples.values()) {
        parameter["x-example"] = example.clone();
    }
    parameter
}

/// The fields of a form.
struct Fields<'d> {
    form: &'d MediaType,
    required: bool,
    files: bool,
    schemas: &'d Schemas,
}

impl Fields<'_> {
    fn parameters(&self) -> Vec<Value> {
        let lowered = self.schemas.lowered(&self.form.schema);
        let form = lowered.as_object().map(|it| flattened(it, self.schemas));
        let form = form.unwrap_or_default();
        let properties = form.get("properties").and_then(Value::as_object);
        let fields = properties.into_iter().flatten();
        fields
            .filter_map(|(name, schema)| Some((name, flattened(schema.as_object()?, self.schemas))))
            .flat_map(|(name, field)| match self.style(name) {
                Some(ParameterStyle::DeepObject) => self.members(name, &field, &form),
                _ => vec![self.parameter(name, &field, &form)],
            })
            .collect()
    }

    fn style(&self, name: &str) -> Option<ParameterStyle> {
        self.form.encoding.get(name)?.style
    }

    /// Converts an object to a field for each of its properties.
    fn members(
        &self,
        name: &str,
        object: &Map<String, Value>,
        form: &Map<String, Value>,
    ) -> Vec<Value> {
        let own = Map::new();
        let of_object = if is_required(form, name) {
            object
        } else {
            &own
        };
        let properties = object.get("properties").and_then(Value::as_object);
        let properties = properties.into_iter().flatten();
        properties
            .filter_map(|(member, schema)| {
                let field = flattened(schema.as_object()?, self.schemas);
                let mut written = self.parameter(member, &field, of_object);
                written["name"] = format!("{name}[{member}]").into();
                Some(written)
            })
            .collect()
    }

    fn parameter(
        &self,
        name: &str,
        field: &Map<String, Value>,
        form: &Map<String, Value>,
    ) -> Value {
        let mut written = if self.is_file(field) {
            Map::from_iter([("type".to_owned(), "file".into())])
        } else {
            non_body_schema(field, self.schemas, lists(self.form.encoding.get(name)))
        };
        let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
        put("name", name.into());
        put("in", "formData".into());
        if let Some(description) = field.get("description") {
            put("description", description.clone());
        }
        if self.required && is_required(form, name) {
            put("required", true.into());
        }
        Value::Object(written)
    }

    /// Returns whether a field is a file, or an array of files, of which
    /// Swagger 2.0 supports one.
    fn is_file(&self, field: &Map<String, Value>) -> bool {
        let of_bytes =
            |schema: &Map<String, Value>| schema.get("format").is_some_and(|it| it == "binary");
        let items = field.get("items").and_then(Value::as_object);
        let items = items.map(|it| flattened(it, self.schemas));
        self.files && (of_bytes(field) || items.is_some_and(|it| of_bytes(&it)))
    }
}

fn lists(encoding: Option<&Encoding>) -> CollectionFormat {
    encoding.map_or(CollectionFormat::Multi, |encoding| {
        CollectionFormat::of(encoding.style, encoding.explode)
    })
}

fn is_required(object: &Map<String, Value>, member: &str) -> bool {
    let required = object.get("required").and_then(Value::as_array);
    required.is_some_and(|it| it.contains(&member.into()))
}
