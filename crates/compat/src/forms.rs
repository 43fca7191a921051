//! The forms of Swagger 2.0.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::pointer::escaped;

/// The forms of a Swagger 2.0 document, where they are lists of parameters, as
/// schemas.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    schemas: BTreeMap<String, Value>,
    /// The pointers of the parameters that declare the fields, by form and name.
    fields: BTreeMap<(String, String), String>,
}

impl Forms {
    /// Collects the `formData` parameters of every operation of a Swagger 2.0
    /// document.
    pub(crate) fn read(root: &Value) -> Self {
        let mut forms = Self::default();
        let paths = root.get("paths").and_then(Value::as_object);
        for (template, item) in paths.into_iter().flatten() {
            let path = format!("/paths/{}", escaped(template));
            let (path, item) = followed(root, path, item);
            let shared = parameters(root, &path, item);
            for (method, operation) in item.as_object().into_iter().flatten() {
                if method == "parameters" || !operation.is_object() {
                    continue;
                }
                let pointer = format!("{path}/{}", escaped(method));
                let own = parameters(root, &pointer, operation);
                let all = shared.iter().chain(&own);
                let of_form = all.filter(|(it, _)| it.get("in").is_some_and(|it| it == "formData"));
                forms.add(
                    &pointer,
                    of_form.map(|(it, pointer)| (*it, pointer.clone())),
                );
            }
        }
        forms
    }

    /// Adds a form: the parameters that are its fields, each with its pointer.
    fn add<'p>(&mut self, operation: &str, fields: impl IntoIterator<Item = (&'p Value, String)>) {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (field, pointer) in fields {
            let Some(name) = field.get("name").and_then(Value::as_str) else {
                continue;
            };
            if field.get("required") == Some(&Value::Bool(true)) {
                required.push(name.to_owned());
            }
            let mut schema = field.clone();
            if let Value::Object(schema) = &mut schema {
                schema.remove("required");
            }
            properties.insert(name.to_owned(), schema);
            self.fields
                .insert((Self::pointer(operation), name.to_owned()), pointer);
        }
        if !properties.is_empty() {
            let schema = json!({"type": "object", "properties": properties, "required": required});
            self.schemas.insert(operation.to_owned(), schema);
        }
    }

    /// Returns the schema of the form of the operation at this pointer.
    pub(crate) fn schema(&self, operation: &str) -> Option<&Value> {
        self.schemas.get(operation)
    }

    /// Returns where a field of the form at this pointer is declared.
    pub(crate) fn field_pointer(&self, form: &str, field: &str) -> Option<&str> {
        let key = (form.to_owned(), field.to_owned());
        self.fields.get(&key).map(String::as_str)
    }

    /// Returns the pointer of an operation's form: that of its parameters.
    pub(crate) fn pointer(operation: &str) -> String {
        format!("{operation}/parameters")
    }
}

fn parameters<'v>(root: &'v Value, pointer: &str, parent: &'v Value) -> Vec<(&'v Value, String)> {
    let list = parent.get("parameters").and_then(Value::as_array);
    let list = list.into_iter().flatten().enumerate();
    let resolved =
        list.map(|(index, it)| followed(root, format!("{pointer}/parameters/{index}"), it));
    resolved.map(|(pointer, it)| (it, pointer)).collect()
}

/// Follows a reference once. One without a target is reported when the
/// operations are read.
fn followed<'v>(root: &'v Value, pointer: String, value: &'v Value) -> (String, &'v Value) {
    let reference = value.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|it| it.strip_prefix('#'));
    match target.and_then(|target| Some((target.to_owned(), root.pointer(target)?))) {
        Some(found) => found,
        None => (pointer, value),
    }
}
