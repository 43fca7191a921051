//! Bodies, answers and headers of any dialect in OpenAPI 3.1's terms: schemas
//! by media type. Swagger 2.0 has one schema for all of `consumes` and
//! `produces`.

use std::collections::BTreeMap;

use purlin_openapi::Dialect;
use serde_json::Value;

use crate::source::{DocumentError, Forms, Node, Source, escaped};

/// A request's body.
#[derive(Debug)]
pub(crate) struct Body<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) required: bool,
    pub(crate) content: Content<'d>,
}

/// What a body may look like.
#[derive(Debug, Default)]
pub(crate) struct Content<'d> {
    /// Schemas by media type, in lower case and without `charset`.
    pub(crate) media: BTreeMap<String, Node<'d>>,
    /// Swagger 2.0 lists the media types of all answers in one place: which of
    /// them this answer has is not said.
    pub(crate) is_vague: bool,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) content: Content<'d>,
    /// By name in lower case.
    pub(crate) headers: BTreeMap<String, Header<'d>>,
}

/// A header of an answer.
#[derive(Debug)]
pub(crate) struct Header<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) name: &'d str,
    /// None in Swagger 2.0, which cannot say it.
    pub(crate) required: Option<bool>,
    pub(crate) schema: Node<'d>,
}

impl<'d> Body<'d> {
    /// OpenAPI 3.
    pub(crate) fn read(
        source: &Source<'d>,
        operation: &Node<'d>,
    ) -> Result<Option<Self>, DocumentError> {
        let Some(node) = source.child(operation, "requestBody") else {
            return Ok(None);
        };
        let node = source.resolve(&node)?;
        Ok(Some(Self {
            required: node.is_true("required"),
            content: Content::of_3(source, &node)?,
            node,
        }))
    }

    /// Swagger 2.0: the parameter `in: body`, or those `in: formData`.
    pub(crate) fn of_parameters<'p>(
        source: &Source<'d>,
        operation: &Node<'d>,
        parameters: impl Iterator<Item = &'p Node<'d>>,
    ) -> Result<Option<Self>, DocumentError>
    where
        'd: 'p,
    {
        let parameters: Vec<&Node<'d>> = parameters.collect();
        let of = |location| {
            let mut all = parameters.iter();
            all.find(|it| it.text("in") == Some(location)).copied()
        };
        let (node, schema, required, usual) = if let Some(body) = of("body") {
            let anything = || Node::anything(&body.pointer);
            let schema = source.child(body, "schema").unwrap_or_else(anything);
            (body.clone(), schema, body.is_true("required"), "*/*")
        } else if let Some(form) = source.form(operation) {
            let fields = parameters
                .iter()
                .filter(|it| it.text("in") == Some("formData"));
            let is_multipart = fields.clone().any(|it| it.text("type") == Some("file"));
            let required = fields.into_iter().any(|it| it.is_true("required"));
            let usual = if is_multipart {
                "multipart/form-data"
            } else {
                "application/x-www-form-urlencoded"
            };
            (form.clone(), form, required, usual)
        } else {
            return Ok(None);
        };
        let content = Content::of_2(source, operation, "consumes", &schema, usual)?;
        Ok(Some(Self {
            node,
            required,
            content,
        }))
    }
}

impl<'d> Response<'d> {
    pub(crate) fn read(
        source: &Source<'d>,
        operation: &Node<'d>,
        node: &Node<'d>,
    ) -> Result<Self, DocumentError> {
        let node = source.resolve(node)?;
        let content = match (source.dialect, source.child(&node, "schema")) {
            (Dialect::V2_0, Some(schema)) => {
                let content = Content::of_2(source, operation, "produces", &schema, "*/*")?;
                let is_vague = content.media.len() > 1;
                Content {
                    is_vague,
                    ..content
                }
            }
            (Dialect::V2_0, None) => Content::default(),
            _ => Content::of_3(source, &node)?,
        };
        let mut headers = BTreeMap::new();
        for (name, header) in source.members(&node, "headers")? {
            let header = source.resolve(&header)?;
            let key = name.to_ascii_lowercase();
            // It is described elsewhere (OpenAPI 3.1.1 section 4.8.17).
            if key != "content-type" {
                headers.insert(key, Header::read(source, name, header)?);
            }
        }
        Ok(Self {
            node,
            content,
            headers,
        })
    }
}

impl<'d> Header<'d> {
    fn read(source: &Source<'d>, name: &'d str, node: Node<'d>) -> Result<Self, DocumentError> {
        let is_2 = source.dialect == Dialect::V2_0;
        let schema = match source.child(&node, "schema") {
            _ if is_2 => node.clone(),
            Some(schema) => schema,
            None => {
                let content = Content::of_3(source, &node)?;
                let first = content.media.into_values().next();
                first.unwrap_or_else(|| Node::anything(&node.pointer))
            }
        };
        Ok(Self {
            name,
            required: (!is_2).then(|| node.is_true("required")),
            schema,
            node,
        })
    }
}

impl<'d> Content<'d> {
    /// OpenAPI 3: by media type.
    pub(crate) fn of_3(source: &Source<'d>, parent: &Node<'d>) -> Result<Self, DocumentError> {
        let mut media = BTreeMap::new();
        for (name, media_type) in source.members(parent, "content")? {
            let media_type = source.resolve(&media_type)?;
            let anything = || Node::anything(&media_type.pointer);
            let schema = source.child(&media_type, "schema").unwrap_or_else(anything);
            media.insert(normal(name), schema);
        }
        Ok(Self {
            media,
            is_vague: false,
        })
    }

    /// Swagger 2.0: the operation's list, else the document's, else `usual`.
    fn of_2(
        source: &Source<'d>,
        operation: &Node<'d>,
        key: &str,
        schema: &Node<'d>,
        usual: &str,
    ) -> Result<Self, DocumentError> {
        let own = source.items(operation, key)?;
        let listed = if operation.value.get(key).is_some() {
            own
        } else {
            source.items(&source.root(), key)?
        };
        let names = listed.iter().filter_map(|it| it.value.as_str());
        let mut media: BTreeMap<String, Node<'d>> =
            names.map(|name| (normal(name), schema.clone())).collect();
        if media.is_empty() {
            media.insert(usual.to_owned(), schema.clone());
        }
        Ok(Self {
            media,
            is_vague: false,
        })
    }

    /// The media type that takes in another, or is taken in by it.
    pub(crate) fn find(&self, name: &str) -> Option<(&String, &Node<'d>)> {
        let exact = self.media.get_key_value(name);
        exact.or_else(|| {
            let mut media = self.media.iter();
            media.find(|(range, _)| covers(range, name) || covers(name, range))
        })
    }
}

fn normal(name: &str) -> String {
    let parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
    let kept: Vec<_> = parts.filter(|it| !it.starts_with("charset")).collect();
    kept.join(";")
}

/// Whether a media range (RFC 9110 section 12.5.1) takes a media type in.
fn covers(range: &str, name: &str) -> bool {
    let top = |text: &str| text.split('/').next().unwrap_or_default().to_owned();
    range == "*/*" || (range.ends_with("/*") && top(range) == top(name))
}

/// Every form of a Swagger 2.0 document: what each operation's `formData`
/// parameters are, and where they stand.
pub(crate) fn forms(root: &Value) -> Forms {
    let mut forms = Forms::default();
    let paths = root.get("paths").and_then(Value::as_object);
    for (template, item) in paths.into_iter().flatten() {
        let path = format!("/paths/{}", escaped(template));
        let (path, item) = followed(root, path, item);
        let shared = parameters(root, &path, item);
        for (method, operation) in item.as_object().into_iter().flatten() {
            if method == "parameters" || !operation.is_object() {
                continue;
            }
            let place = format!("{path}/{}", escaped(method));
            let own = parameters(root, &place, operation);
            let all = shared.iter().chain(&own);
            let of_form = all.filter(|(it, _)| it.get("in").is_some_and(|it| it == "formData"));
            forms.add(&place, of_form.map(|(it, place)| (*it, place.clone())));
        }
    }
    forms
}

fn parameters<'v>(root: &'v Value, place: &str, parent: &'v Value) -> Vec<(&'v Value, String)> {
    let list = parent.get("parameters").and_then(Value::as_array);
    let list = list.into_iter().flatten().enumerate();
    let resolved =
        list.map(|(index, it)| followed(root, format!("{place}/parameters/{index}"), it));
    resolved.map(|(place, it)| (it, place)).collect()
}

/// One step along a reference. One that leads nowhere is reported when the
/// operations are read.
fn followed<'v>(root: &'v Value, place: String, value: &'v Value) -> (String, &'v Value) {
    let reference = value.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|it| it.strip_prefix('#'));
    match target.and_then(|target| Some((target.to_owned(), root.pointer(target)?))) {
        Some(found) => found,
        None => (place, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_the_same_in_any_case_and_charset() {
        assert_eq!(
            normal("Application/JSON; charset=utf-8"),
            "application/json"
        );
        assert_eq!(
            normal("text/csv; Header=present"),
            "text/csv;header=present"
        );
    }

    #[test]
    fn ranges_take_media_types_in() {
        assert!(covers("*/*", "a/b") && covers("a/*", "a/b"));
        assert!(!covers("a/*", "b/b") && !covers("a/b", "a/b"));
    }
}
