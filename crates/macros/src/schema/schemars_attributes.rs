//! Reads the attributes of schemars and rejects those of other validators. The document
//! follows schemars and the server follows serde and `#[garde(…)]`, so an attribute that
//! affects only one of them is rejected, or every value is validated against the schema.

use proc_macro2::TokenStream;
use syn::{
    Attribute, LitStr, Meta, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::diagnostics::Diagnostics;

/// The item that attributes are on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Type,
    Variant,
    Field,
}

/// The rules that schemars would only document.
const RULES: [&str; 12] = [
    "length", "range", "pattern", "regex", "contains", "email", "url", "ip", "ipv4", "ipv6",
    "required", "inner",
];

/// The settings of serde that schemars knows too.
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

/// Returns whether a key is a setting of serde or a rule of validators that schemars knows too.
pub(super) fn is_of_others(key: &str) -> bool {
    RULES.contains(&key) || OF_SERDE.contains(&key)
}

/// Reads the attributes of a type, variant or field.
///
/// Returns whether they change the schema, so that every value must be validated
/// against it: serde and the type's checks do not know the change.
pub(super) fn is_strict(attributes: &[Attribute], on: On, diagnostics: &mut Diagnostics) -> bool {
    for attribute in attributes {
        reject_foreign(attribute, diagnostics);
    }
    let mut is_strict = false;
    for meta in settings(attributes, diagnostics) {
        let Some(key) = meta.path().get_ident().map(ToString::to_string) else {
            continue;
        };
        match key.as_str() {
            "with" | "schema_with" | "transform" => is_strict = true,
            "extend" => is_strict |= extends_rules(&meta),
            "rename" if on == On::Type => {}
            "crate" => diagnostics.push_fatal(
                &meta,
                "set the path of `purlin-schemas` instead: `#[schema(crate = \"path\")]`",
            ),
            rule if RULES.contains(&rule) => diagnostics.push(
                &meta,
                format!(
                    "schemars only documents this: write `#[garde({rule}…)]`, which is also checked"
                ),
            ),
            name if OF_SERDE.contains(&name) => diagnostics.push(
                &meta,
                format!(
                    "schemars only documents this: write `#[serde({name}…)]`, which also takes effect"
                ),
            ),
            _ => {}
        }
    }
    is_strict
}

/// `#[schemars(with = "…")]` or `#[schemars(schema_with = "…")]`
pub(super) fn overrides_schema(attributes: &[Attribute]) -> bool {
    settings(attributes, &mut Diagnostics::default())
        .iter()
        .any(|meta| meta.path().is_ident("with") || meta.path().is_ident("schema_with"))
}

/// Returns whether there is `#[serde(key …)]` or `#[schemars(key …)]`.
pub(super) fn has_key(attributes: &[Attribute], key: &str) -> bool {
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

fn settings(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Vec<Meta> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("schemars"))
        .filter_map(|attribute| {
            diagnostics.capture_fatal(
                attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated),
            )
        })
        .flatten()
        .collect()
}

/// Rejects attributes that only other derives would read.
fn reject_foreign(attribute: &Attribute, diagnostics: &mut Diagnostics) {
    if attribute.path().is_ident("validate") {
        diagnostics.push_fatal(
            attribute,
            "write rules as `#[garde(…)]`: `length(min, max)`, `range(min, max)`, `pattern(\"…\")`, `email`, …",
        );
    } else if let Some(name) = hidden_helper(attribute) {
        diagnostics.push_fatal(
            attribute,
            format!(
                "`#[schema]` cannot evaluate this condition: declare the item twice, each with its own `#[cfg(…)]`, or write `#[{name}(…)]` unconditionally"
            ),
        );
    }
}

/// Returns the attribute that `#[cfg_attr(…, …)]` hides from `#[schema]`.
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
        // A value is anything that `serde_json::json!` accepts.
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        Ok(Self { key })
    }
}

/// Returns whether `extend(…)` adds a keyword that values can violate.
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
        // schemars reports the error.
        Err(_) => true,
    }
}
