//! Documents and schemas generated from bytes: every part of the model, with names and texts that are hard to write.
//! References resolve to components of the document.

use arbitrary::{Result, Unstructured};
use purlin_openapi::{
    ApiKeyLocation, Document, Encoding, Example, ExternalDocs, Header, Info, License, Link,
    MediaType, Method, OAuthFlow, OAuthFlows, Operation, Parameter, ParameterLocation,
    ParameterStyle, RequestBody, Response, Schema, SecurityRequirement, SecurityScheme, Server,
    ServerVariable, Tag,
};
use serde_json::{Map, Value, json};

type Bytes<'u, 'b> = &'u mut Unstructured<'b>;

/// Component schemas are called so, as far as a document has them.
const NAMES: [&str; 4] = ["One", "two.parts", "Three-3", "Four_4"];
const SCHEMES: [&str; 3] = ["key", "basic", "oauth"];
const MEDIA_TYPES: [&str; 6] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
    "*/*",
    "application/problem+json",
];

/// A document.
pub(crate) fn document(bytes: Bytes) -> Result<Document> {
    let mut info = Info::new(text(bytes)?, text(bytes)?);
    info.description = maybe(bytes, text)?;
    info.license = maybe(bytes, |bytes| Ok(License::spdx(text(bytes)?, "MIT")))?;
    let mut document = Document::new(info);
    for _ in 0..bytes.int_in_range(0..=2)? {
        let url = bytes.choose(&["/", "https://a.example/b", "//c.example:8/{v}", "", "x y"])?;
        let variable = ServerVariable::new(text(bytes)?).choices([text(bytes)?]);
        document
            .servers
            .push(Server::new(*url).variable("v", variable));
    }
    if bytes.arbitrary()? {
        document
            .tags
            .push(Tag::new(text(bytes)?).external_docs(ExternalDocs::new("/x")));
        document.external_docs = Some(ExternalDocs::new(text(bytes)?));
        drop(document.extensions.insert("x-it", json(bytes, 3)?));
    }
    let known = bytes.int_in_range(0..=NAMES.len())?;
    for (at, name) in NAMES[..known].iter().enumerate() {
        // A schema that refers directly to itself has no meaning.
        let names = Names {
            here: at,
            inside: known,
        };
        let schema = Schema(schema(bytes, names, 4)?);
        drop(document.components.add_schema(*name, schema, ""));
    }
    for name in SCHEMES {
        let scheme = scheme(bytes)?;
        document
            .components
            .security_schemes
            .insert(name.to_owned(), scheme);
    }
    document.security = requirements(bytes)?;
    for _ in 0..bytes.int_in_range(0..=3)? {
        let template =
            bytes.choose(&["/", "/a/{id}", "/a/{id}/{name}", "/b.{c}~d", "/f/{path}"])?;
        let method = bytes.choose(&[
            Method::Get,
            Method::Put,
            Method::Post,
            Method::Delete,
            Method::Options,
            Method::Head,
            Method::Patch,
            Method::Trace,
        ])?;
        document.operation(*template, *method, operation(bytes, known)?);
    }
    Ok(document)
}

fn scheme(bytes: Bytes) -> Result<SecurityScheme> {
    let places = [
        ApiKeyLocation::Header,
        ApiKeyLocation::Query,
        ApiKeyLocation::Cookie,
    ];
    let flow = OAuthFlow::authorization_code("https://a.example/a", "https://a.example/t");
    let flow = flow.scope(text(bytes)?, text(bytes)?);
    let flows = OAuthFlows::new(flow).and(OAuthFlow::password("/t").refresh_url("/r"));
    let mut scheme = match bytes.int_in_range(0..=6)? {
        0 => SecurityScheme::basic(),
        1 => SecurityScheme::bearer(text(bytes)?),
        2 => SecurityScheme::http(text(bytes)?),
        3 => SecurityScheme::oauth2(flows),
        4 => SecurityScheme::open_id_connect("/c"),
        5 => SecurityScheme::mutual_tls(),
        _ => SecurityScheme::api_key(*bytes.choose(&places)?, text(bytes)?),
    };
    drop(scheme.extensions_mut().insert("x-more", json(bytes, 1)?));
    Ok(scheme)
}

fn requirements(bytes: Bytes) -> Result<Vec<SecurityRequirement>> {
    let one = |bytes: Bytes| {
        let first = SecurityRequirement::new(*bytes.choose(&SCHEMES)?);
        Ok(match bytes.int_in_range(0..=2)? {
            0 => SecurityRequirement::default(),
            1 => first.and(*bytes.choose(&SCHEMES)?),
            _ => first,
        })
    };
    (0..bytes.int_in_range(0..=2)?)
        .map(|_| one(bytes))
        .collect()
}

fn operation(bytes: Bytes, known: usize) -> Result<Operation> {
    let mut operation = Operation::new(text(bytes)?);
    operation.summary = maybe(bytes, text)?;
    operation.description = maybe(bytes, text)?;
    operation.deprecated = bytes.arbitrary()?;
    operation.tags = maybe(bytes, text)?.into_iter().collect();
    operation.security = maybe(bytes, requirements)?;
    for _ in 0..bytes.int_in_range(0..=3)? {
        operation.parameters.push(parameter(bytes, known)?);
    }
    if bytes.arbitrary()? {
        let schema = Schema(schema(bytes, Names::all(known), 3)?);
        let mut body = RequestBody::required(*bytes.choose(&MEDIA_TYPES)?, schema);
        body.required = bytes.arbitrary()?;
        let media_type = media_type(bytes, known)?;
        body.content
            .insert((*bytes.choose(&MEDIA_TYPES)?).to_owned(), media_type);
        operation.request_body = Some(body);
    }
    for _ in 0..bytes.int_in_range(0..=2)? {
        let status = bytes.choose(&["200", "204", "4XX", "404", "default"])?;
        let mut response = Response::new(text(bytes)?);
        if bytes.arbitrary()? {
            let media_type = media_type(bytes, known)?;
            response
                .content
                .insert((*bytes.choose(&MEDIA_TYPES)?).to_owned(), media_type);
            let header =
                Header::new(Schema(schema(bytes, Names::all(known), 2)?)).example(json(bytes, 1)?);
            response.headers.insert("X-Count".to_owned(), header);
            response = response.link(
                "next",
                Link::new(text(bytes)?).parameter("id", json(bytes, 1)?),
            );
        }
        operation.responses.insert((*status).to_owned(), response);
    }
    Ok(operation)
}

fn parameter(bytes: Bytes, known: usize) -> Result<Parameter> {
    let location = bytes.choose(&[
        ParameterLocation::Query,
        ParameterLocation::Path,
        ParameterLocation::Header,
        ParameterLocation::Cookie,
    ])?;
    let name = *bytes.choose(&["id", "name", "X-It", "a[b]", ""])?;
    let mut parameter = Parameter::new(
        name,
        *location,
        Schema(schema(bytes, Names::all(known), 3)?),
    );
    parameter.required = bytes.arbitrary()?;
    parameter.explode = bytes.arbitrary()?;
    parameter.style = maybe(bytes, |bytes| {
        Ok(*bytes.choose(&[ParameterStyle::Form, ParameterStyle::Simple])?)
    })?;
    parameter.example = maybe(bytes, |bytes| json(bytes, 2))?;
    Ok(parameter)
}

fn media_type(bytes: Bytes, known: usize) -> Result<MediaType> {
    let mut media_type = MediaType::new(Schema(schema(bytes, Names::all(known), 3)?));
    if bytes.arbitrary()? {
        let example = Example::new(json(bytes, 2)?).summary(text(bytes)?);
        media_type = media_type.named_example(text(bytes)?, example);
        let header = Header::new(Schema(schema(bytes, Names::all(known), 1)?));
        let encoding = Encoding::content_type(text(bytes)?).header("X-Part", header);
        media_type = media_type.encoding(*bytes.choose(&PROPERTIES)?, encoding);
    }
    Ok(media_type)
}

const PROPERTIES: [&str; 8] = ["a", "b", "type", "$ref", "properties", "x-y", "", "~1/"];

/// How many components a schema may refer to: as itself, and for its items and members.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    here: usize,
    inside: usize,
}

impl Names {
    /// None at all.
    pub(crate) const NONE: Self = Self::all(0);

    const fn all(known: usize) -> Self {
        Self {
            here: known,
            inside: known,
        }
    }

    fn within(self) -> Self {
        Self::all(self.inside)
    }
}

/// A schema of JSON Schema 2020-12, with the keywords Purlin writes and some it does not.
pub(crate) fn schema(bytes: Bytes, names: Names, depth: u8) -> Result<Value> {
    if depth == 0 || bytes.ratio(1, 12)? {
        return Ok(bytes
            .choose(&[
                json!({}),
                json!(true),
                json!(false),
                json!({"type": "null"}),
            ])?
            .clone());
    }
    let mut schema = Map::new();
    if names.here > 0 && bytes.ratio(1, 5)? {
        let to = bytes.choose(&NAMES[..names.here])?;
        schema.insert(
            "$ref".to_owned(),
            format!("#/components/schemas/{to}").into(),
        );
    }
    for _ in 0..bytes.int_in_range(0..=4)? {
        let (keyword, value) = keyword(bytes, names, depth - 1)?;
        schema.insert(keyword.to_owned(), value);
    }
    if schema.contains_key("contentMediaType") {
        // The content of a file is a string to the older dialects, whether 3.1 says so or not.
        schema.entry("type").or_insert_with(|| json!("string"));
    }
    Ok(schema.into())
}

/// A keyword of a schema, with its value.
pub(crate) fn keyword(bytes: Bytes, names: Names, depth: u8) -> Result<(&'static str, Value)> {
    const TYPES: [&str; 7] = [
        "string", "integer", "number", "boolean", "object", "array", "null",
    ];
    const LIMITS: [f64; 6] = [-1.0, 0.0, 1.0, 2.5, 3.0, 1e300];
    let limit = |bytes: Bytes| Ok(json!(*bytes.choose(&LIMITS)?));
    let count = |bytes: Bytes| Ok(json!(bytes.int_in_range(0..=3_u8)?));
    let inner = |bytes: Bytes| schema(bytes, names.within(), depth);
    let same = |bytes: Bytes| schema(bytes, names, depth);
    let several = |bytes: Bytes| -> Result<Value> {
        let list = (0..bytes.int_in_range(1..=3)?).map(|_| same(bytes));
        Ok(list.collect::<Result<Vec<_>>>()?.into())
    };
    Ok(match bytes.int_in_range(0..=35)? {
        0..=5 => ("type", json!(*bytes.choose(&TYPES)?)),
        6 | 7 => ("type", json!([*bytes.choose(&TYPES)?, "null"])),
        8 => (
            "type",
            json!(["string", "integer", *bytes.choose(&["null", "array"])?]),
        ),
        9 => ("minimum", limit(bytes)?),
        10 => ("maximum", limit(bytes)?),
        11 => ("exclusiveMinimum", limit(bytes)?),
        12 => ("exclusiveMaximum", limit(bytes)?),
        13 => ("multipleOf", json!(*bytes.choose(&[0.5, 1.0, 3.0])?)),
        14 => ("minLength", count(bytes)?),
        15 => ("maxLength", count(bytes)?),
        16 => (
            "pattern",
            json!(*bytes.choose(&["^a", "b$", "^[0-9]{2}$"])?),
        ),
        17 => (
            "format",
            json!(*bytes.choose(&["date", "uuid", "int32", "binary"])?),
        ),
        18 => ("minItems", count(bytes)?),
        19 => ("maxItems", count(bytes)?),
        20 => ("uniqueItems", json!(true)),
        21 => ("items", inner(bytes)?),
        22 => ("prefixItems", several(bytes)?),
        23 | 24 => ("properties", properties(bytes, names.within(), depth)?),
        25 => ("required", json!([*bytes.choose(&PROPERTIES)?])),
        26 => ("additionalProperties", inner(bytes)?),
        27 => ("patternProperties", json!({"^a": inner(bytes)?})),
        28 => (
            "propertyNames",
            json!({"maxLength": bytes.int_in_range(0..=2_u8)?}),
        ),
        29 => ("minProperties", count(bytes)?),
        30 => ("enum", json!([json(bytes, 1)?, json(bytes, 1)?])),
        31 => ("const", json(bytes, 1)?),
        32 => ("oneOf", several(bytes)?),
        33 => ("anyOf", several(bytes)?),
        34 => ("allOf", several(bytes)?),
        _ => match bytes.int_in_range(0..=8)? {
            0 => ("not", same(bytes)?),
            1 => ("contains", inner(bytes)?),
            2 => ("if", same(bytes)?),
            3 => ("then", same(bytes)?),
            4 => ("contentMediaType", json!("image/png")),
            5 => ("default", json(bytes, 2)?),
            6 => ("examples", json!([json(bytes, 2)?])),
            7 => ("unevaluatedProperties", json!(false)),
            _ => (
                *bytes.choose(&["title", "description", "x-z"])?,
                json!(text(bytes)?),
            ),
        },
    })
}

fn properties(bytes: Bytes, names: Names, depth: u8) -> Result<Value> {
    let mut properties = Map::new();
    for _ in 0..bytes.int_in_range(1..=2)? {
        let name = (*bytes.choose(&PROPERTIES)?).to_owned();
        properties.insert(name, schema(bytes, names, depth)?);
    }
    Ok(properties.into())
}

/// Any JSON, without references.
pub(crate) fn json(bytes: Bytes, depth: u8) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=9)? {
        0 => Value::Null,
        1 => Value::Bool(bytes.arbitrary()?),
        2 => bytes.arbitrary::<i64>()?.into(),
        3 => bytes.arbitrary::<f64>()?.into(),
        4 | 5 => bytes.int_in_range(-2..=4_i8)?.into(),
        6 if depth > 0 => {
            let items = (0..bytes.int_in_range(0..=3)?).map(|_| json(bytes, depth - 1));
            items.collect::<Result<Vec<_>>>()?.into()
        }
        7 if depth > 0 => {
            let mut members = Map::new();
            for _ in 0..bytes.int_in_range(0..=2)? {
                let name = bytes.choose(&PROPERTIES)?.replace('$', "");
                members.insert(name, json(bytes, depth - 1)?);
            }
            members.into()
        }
        _ => text(bytes)?.into(),
    })
}

/// Any text, or one that YAML may take for something else.
fn text(bytes: Bytes) -> Result<String> {
    const AWKWARD: [&str; 20] = [
        "",
        "a",
        "b",
        "ab",
        "12",
        "no",
        "~",
        "1e3",
        "0x1F",
        "- a",
        "a: b",
        "a #b",
        "a\nb",
        "a\n\n b\n\n",
        "\ttab",
        "2024-02-29",
        "12:30",
        "\u{85}\u{feff}",
        "'\"\\",
        "<<",
    ];
    if bytes.ratio(1, 4)? {
        return bytes.arbitrary();
    }
    Ok((*bytes.choose(&AWKWARD)?).to_owned())
}

fn maybe<T>(bytes: Bytes, draw: impl FnOnce(Bytes) -> Result<T>) -> Result<Option<T>> {
    Ok(if bytes.arbitrary()? {
        Some(draw(bytes)?)
    } else {
        None
    })
}
