//! What `#[schemars(…)]` and attributes of other validators say. The document
//! follows schemars and the server follows serde and `#[garde(…)]`, so whatever
//! one of them alone would hear of is refused, or held by walking every value.

use proc_macro2::TokenStream;
use syn::{
    Attribute, LitStr, Meta, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::mistakes::Mistakes;

/// Where attributes stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Type,
    Variant,
    Field,
}

/// The rules schemars would write into the document by itself.
const RULES: [&str; 12] = [
    "length", "range", "pattern", "regex", "contains", "email", "url", "ip", "ipv4", "ipv6",
    "required", "inner",
];

/// What schemars hears from serde.
const OF_SERDE: [&str; 15] = [
    "rename",
    "rename_all",
    "rename_all_fields",
    "deny_unknown_fields",
    "tag",
    "content",
    "untagged",
    "default",
    "skip",
    "skip_serializing",
    "skip_serializing_if",
    "skip_deserializing",
    "flatten",
    "transparent",
    "remote",
];

/// Reads the attributes of a type, variant or field.
///
/// Returns whether they state the schema in the type's stead, so that every
/// value has to be walked: serde and the type's checks know nothing of it.
pub(super) fn states_schema(attributes: &[Attribute], on: On, mistakes: &mut Mistakes) -> bool {
    for attribute in attributes {
        refuse_foreign(attribute, mistakes);
    }
    let mut states = false;
    for meta in settings(attributes, mistakes) {
        let Some(key) = meta.path().get_ident().map(ToString::to_string) else {
            continue;
        };
        match key.as_str() {
            "with" | "schema_with" | "transform" => states = true,
            "extend" => states |= extends_rules(&meta),
            "rename" if on == On::Type => {}
            "crate" => mistakes.add_grave(
                &meta,
                "say where `purlin-schemas` is: `#[schema(crate = \"path\")]`",
            ),
            rule if RULES.contains(&rule) => mistakes.add(
                &meta,
                format!(
                    "schemars only documents it: write `#[garde({rule}…)]`, which is checked too"
                ),
            ),
            name if OF_SERDE.contains(&name) => mistakes.add(
                &meta,
                format!(
                    "schemars only documents it: write `#[serde({name}…)]`, which is followed too"
                ),
            ),
            _ => {}
        }
    }
    states
}

/// `#[schemars(with = "…")]` or `#[schemars(schema_with = "…")]`
pub(super) fn says_its_schema(attributes: &[Attribute]) -> bool {
    settings(attributes, &mut Mistakes::default())
        .iter()
        .any(|meta| meta.path().is_ident("with") || meta.path().is_ident("schema_with"))
}

/// Whether there is `#[serde(key …)]` or `#[schemars(key …)]`.
pub(super) fn says(attributes: &[Attribute], key: &str) -> bool {
    let helpers = attributes.iter().filter(|attribute| {
        attribute.path().is_ident("schemars") || attribute.path().is_ident("serde")
    });
    let parsed = helpers.filter_map(|attribute| {
        attribute
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()
    });
    parsed.flatten().any(|meta| meta.path().is_ident(key))
}

fn settings(attributes: &[Attribute], mistakes: &mut Mistakes) -> Vec<Meta> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("schemars"))
        .filter_map(|attribute| {
            mistakes.keep_grave(
                attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated),
            )
        })
        .flatten()
        .collect()
}

/// Attributes that are not read here, and would yet be understood by somebody.
fn refuse_foreign(attribute: &Attribute, mistakes: &mut Mistakes) {
    if attribute.path().is_ident("validate") {
        mistakes.add_grave(
            attribute,
            "rules are written as `#[garde(…)]`: `length(min, max)`, `range(min, max)`, `pattern(\"…\")`, `email`, …",
        );
    } else if let Some(name) = hidden_helper(attribute) {
        mistakes.add_grave(
            attribute,
            format!(
                "`#[schema]` cannot see whether this holds: give the item twice, each under its `#[cfg(…)]`, or write `#[{name}(…)]` in any case"
            ),
        );
    }
}

/// The attribute that a `#[cfg_attr(…, …)]` hides from `#[schema]`.
pub(super) fn hidden_helper(attribute: &Attribute) -> Option<&'static str> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    let text = attribute.meta.require_list().ok()?.tokens.to_string();
    ["garde", "serde", "schemars", "validate"]
        .into_iter()
        .find(|name| mentions(&text, name))
}

fn mentions(tokens: &str, word: &str) -> bool {
    tokens
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|part| part == word)
}

/// `"key" = value`
struct Extension {
    key: LitStr,
}

impl Parse for Extension {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        // A value is whatever `serde_json::json!` takes.
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        Ok(Self { key })
    }
}

/// Whether `extend(…)` adds a keyword that values can break.
fn extends_rules(meta: &Meta) -> bool {
    const ANNOTATIONS: [&str; 9] = [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
    ];
    let tokens = match meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let parser = Punctuated::<Extension, Token![,]>::parse_terminated;
    match syn::parse::Parser::parse2(parser, tokens) {
        Ok(extensions) => extensions.iter().any(|extension| {
            let key = extension.key.value();
            !key.starts_with("x-") && !ANNOTATIONS.contains(&key.as_str())
        }),
        // schemars says what is wrong with it.
        Err(_) => true,
    }
}
