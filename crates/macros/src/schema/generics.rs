//! Names of the schemas of generic types: they contain the names of the arguments, so
//! that `Page<Todo>` and `Page<User>` can be in one document.

use proc_macro2::TokenStream;
use syn::{Attribute, DeriveInput, GenericParam, Generics, LitStr, ext::IdentExt, parse_quote};

use super::schemars_attributes;
use crate::diagnostics::Diagnostics;

/// Returns the name in the syntax of schemars, with `{T}` for the name of an argument:
/// that of `rename`, or `PageOf{T}` and `PairOf{A}And{B}`. Returns nothing for a type
/// without parameters, or if another attribute sets the name.
pub(super) fn name(
    input: &DeriveInput,
    rename: Option<LitStr>,
    diagnostics: &mut Diagnostics,
) -> Option<LitStr> {
    let parameters: Vec<String> = input
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    if let Some(rename) = rename {
        check(&rename, &parameters, diagnostics);
        return Some(rename).filter(|_| diagnostics.is_empty());
    }
    if parameters.is_empty() || schemars_attributes::has_key(&input.attrs, "rename") {
        return None;
    }
    let arguments: Vec<_> = parameters
        .iter()
        .map(|parameter| format!("{{{parameter}}}"))
        .collect();
    let name = format!("{}Of{}", input.ident.unraw(), arguments.join("And"));
    Some(LitStr::new(&name, input.ident.span()))
}

/// Returns the parameters of a type, those that are types bounded by `Schema`.
pub(super) fn bounded(generics: &Generics, schemas: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(#schemas::Schema));
    }
    generics
}

/// Returns the attributes that bound type parameters by `Schema`, unless there are none or an attribute sets the
/// bounds. What is read is validated by its schema wherever it is a variant of an untagged enum.
pub(super) fn bounds(input: &DeriveInput, schemas: &TokenStream) -> Vec<Attribute> {
    let schemas = super::compact(schemas);
    let all = |bound: &str| {
        let parameters = input.generics.type_params();
        let bounds = parameters.map(|parameter| format!("{}: {bound}", parameter.ident));
        bounds.collect::<Vec<_>>().join(", ")
    };
    let mut attributes = Vec::new();
    if input.generics.type_params().next().is_none()
        || schemars_attributes::has_key(&input.attrs, "bound")
    {
        return attributes;
    }
    let schema = all(&format!("{schemas}::Schema"));
    attributes.push(parse_quote!(#[schemars(bound = #schema)]));
    let read = all(&format!(
        "{schemas}::Schema + {schemas}::__private::serde::de::DeserializeOwned"
    ));
    attributes.push(parse_quote!(#[serde(bound(deserialize = #read))]));
    attributes
}

fn check(name: &LitStr, parameters: &[String], diagnostics: &mut Diagnostics) {
    let text = name.value();
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        let Some((parameter, after)) = after.split_once('}') else {
            return diagnostics.push(name, "missing `}`: `{T}` is replaced with the name of `T`");
        };
        if !parameters.iter().any(|known| known == parameter) {
            let message = match parameters {
                [] => "this type is not generic: write the name without braces".to_owned(),
                _ => {
                    let known: Vec<_> = parameters.iter().map(|p| format!("`{{{p}}}`")).collect();
                    format!(
                        "`{{{parameter}}}` is not a parameter of this type: the parameters are {}",
                        known.join(", ")
                    )
                }
            };
            return diagnostics.push(name, message);
        }
        plain.push('_');
        rest = after;
    }
    plain.push_str(rest);
    let is_legal = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if plain.is_empty() || !plain.chars().all(is_legal) {
        diagnostics.push(
            name,
            "the name of a schema consists of letters, digits, `.`, `-` and `_` (OpenAPI 3.1.1 section 4.8.7)",
        );
    }
}
