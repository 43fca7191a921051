//! Request bodies, responses and headers: schemas by media type. Swagger 2.0 has
//! one schema for all media types of `consumes` and `produces`.

use std::collections::BTreeMap;

use purlin_openapi::Dialect;

use crate::{
    error::DocumentError,
    source::{Node, Source},
};

/// A request body.
#[derive(Debug)]
pub(crate) struct Body<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) required: bool,
    pub(crate) content: Content<'d>,
}

/// The content of a body.
#[derive(Debug, Default)]
pub(crate) struct Content<'d> {
    /// The media types, in lower case and without `charset=utf-8`.
    pub(crate) media: BTreeMap<String, Media<'d>>,
    /// Whether the media types are only candidates: Swagger 2.0 lists those of all
    /// responses together.
    pub(crate) is_ambiguous: bool,
}

/// A media type of a body.
#[derive(Clone, Debug)]
pub(crate) struct Media<'d> {
    /// The Media Type Object; none in Swagger 2.0.
    pub(crate) node: Option<Node<'d>>,
    pub(crate) schema: Node<'d>,
    /// The schema of each item of a sequence (OpenAPI 3.2).
    pub(crate) items: Option<Node<'d>>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) content: Content<'d>,
    /// The headers by name in lower case.
    pub(crate) headers: BTreeMap<String, Header<'d>>,
}

/// A response header.
#[derive(Debug)]
pub(crate) struct Header<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) name: &'d str,
    /// None in Swagger 2.0, which has no such property.
    pub(crate) required: Option<bool>,
    pub(crate) schema: Node<'d>,
    /// The style in which arrays and objects are serialized.
    pub(crate) style: String,
}

impl<'d> Body<'d> {
    /// Reads the request body of an OpenAPI 3 operation.
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

    /// Reads the body of a Swagger 2.0 operation: the parameter with `in: body`, or
    /// those with `in: formData`.
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
        let (node, schema, required, default) = if let Some(body) = of("body") {
            let anything = || Node::anything(&body.pointer);
            let schema = source.child(body, "schema").unwrap_or_else(anything);
            (body.clone(), schema, body.is_true("required"), "*/*")
        } else if let Some(form) = source.form(operation) {
            let fields = parameters
                .iter()
                .filter(|it| it.text("in") == Some("formData"));
            let is_multipart = fields.clone().any(|it| it.text("type") == Some("file"));
            let required = fields.into_iter().any(|it| it.is_true("required"));
            let default = if is_multipart {
                "multipart/form-data"
            } else {
                "application/x-www-form-urlencoded"
            };
            (form.clone(), form, required, default)
        } else {
            return Ok(None);
        };
        let content = Content::of_2(source, operation, "consumes", &schema, default)?;
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
                let is_ambiguous = content.is_ambiguous || content.media.len() > 1;
                Content {
                    is_ambiguous,
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
            // `Content-Type` is described by `content` (OpenAPI 3.1.1 section 4.8.17).
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
        let (schema, style) = super::serialized(source, &node, "header")?;
        Ok(Self {
            name,
            required: (!is_2).then(|| node.is_true("required")),
            schema,
            style,
            node,
        })
    }
}

impl<'d> Content<'d> {
    /// Reads the content of an OpenAPI 3 object by media type.
    pub(crate) fn of_3(source: &Source<'d>, parent: &Node<'d>) -> Result<Self, DocumentError> {
        let mut media = BTreeMap::new();
        for (name, media_type) in source.members(parent, "content")? {
            let media_type = source.resolve(&media_type)?;
            let anything = || Node::anything(&media_type.pointer);
            let schema = source.child(&media_type, "schema").unwrap_or_else(anything);
            let mut key = normalized(name);
            if media.contains_key(&key) {
                name.clone_into(&mut key);
            }
            let items = source.child(&media_type, "itemSchema");
            media.insert(
                key,
                Media {
                    node: Some(media_type),
                    schema,
                    items,
                },
            );
        }
        Ok(Self {
            media,
            is_ambiguous: false,
        })
    }

    /// Creates the content of a Swagger 2.0 object from the list of the operation,
    /// otherwise that of the document, otherwise `default`.
    fn of_2(
        source: &Source<'d>,
        operation: &Node<'d>,
        key: &str,
        schema: &Node<'d>,
        default: &str,
    ) -> Result<Self, DocumentError> {
        let own = source.items(operation, key)?;
        let listed = if operation.value.get(key).is_some() {
            own
        } else {
            source.items(&source.root(), key)?
        };
        let names = listed.iter().filter_map(|it| it.value.as_str());
        let of_schema = || Media {
            node: None,
            schema: schema.clone(),
            items: None,
        };
        let mut media: BTreeMap<String, Media<'d>> =
            names.map(|name| (normalized(name), of_schema())).collect();
        let is_ambiguous = media.is_empty();
        if is_ambiguous {
            media.insert(default.to_owned(), of_schema());
        }
        Ok(Self {
            media,
            is_ambiguous,
        })
    }

    /// Returns the media types that describe a media type or range: the same one,
    /// otherwise the narrowest range that includes it, otherwise all it includes.
    pub(crate) fn find(&self, name: &str) -> Vec<(&String, &Media<'d>)> {
        if let Some(exact) = self.media.get_key_value(name) {
            return vec![exact];
        }
        let ranges = self.media.iter().filter(|(range, _)| includes(range, name));
        if let Some(range) = ranges.max_by_key(|(range, _)| range.len()) {
            return vec![range];
        }
        let media = self.media.iter();
        media.filter(|(other, _)| includes(name, other)).collect()
    }

    /// Returns whether it has the media type, or a range that includes it.
    pub(crate) fn allows(&self, name: &str) -> bool {
        let mut names = self.media.keys();
        names.any(|it| it == name || includes(it, name))
    }
}

/// Returns a media type in lower case and without `charset=utf-8`, the default of
/// most. JSON has no other (RFC 8259 section 8.1).
fn normalized(name: &str) -> String {
    let parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = name.to_ascii_lowercase().contains("json");
    let kept: Vec<_> = parts
        .filter(|it| match it.strip_prefix("charset=") {
            Some(charset) => !is_json && charset.trim_matches('"') != "utf-8",
            None => true,
        })
        .collect();
    kept.join(";")
}

/// Returns whether a media range (RFC 9110 section 12.5.1) includes a media type.
fn includes(range: &str, name: &str) -> bool {
    let top = |text: &str| text.split('/').next().unwrap_or_default().to_owned();
    range != name && (range == "*/*" || (range.ends_with("/*") && top(range) == top(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_compared_without_case_and_charset() {
        assert_eq!(
            normalized("Application/JSON; charset=utf-8"),
            "application/json"
        );
        assert_eq!(
            normalized("text/csv; Header=present; charset=\"UTF-8\""),
            "text/csv;header=present"
        );
        assert_eq!(
            normalized("text/csv;charset=latin1"),
            "text/csv;charset=latin1"
        );
    }

    #[test]
    fn media_ranges_include_media_types() {
        assert!(includes("*/*", "a/b") && includes("a/*", "a/b"));
        assert!(!includes("a/*", "b/b") && !includes("a/b", "a/b"));
    }
}
