//! What a generic type's schema is called: by its arguments, so that `Page<Todo>`
//! and `Page<User>` can stand in one document.

use proc_macro2::TokenStream;
use syn::{Attribute, DeriveInput, GenericParam, LitStr, ext::IdentExt, parse_quote};

use super::schemars_attributes;
use crate::mistakes::Mistakes;

/// The name as schemars takes it, with `{T}` for the name of an argument: what
/// `rename` says, or `PageOf{T}` and `PairOf{A}And{B}`. Nothing for a type that
/// has no arguments, or whose name other attributes say.
pub(super) fn name(
    input: &DeriveInput,
    rename: Option<LitStr>,
    mistakes: &mut Mistakes,
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
        check(&rename, &parameters, mistakes);
        return Some(rename).filter(|_| mistakes.is_empty());
    }
    if parameters.is_empty() || schemars_attributes::says(&input.attrs, "rename") {
        return None;
    }
    let arguments: Vec<_> = parameters
        .iter()
        .map(|parameter| format!("{{{parameter}}}"))
        .collect();
    let name = format!("{}Of{}", input.ident.unraw(), arguments.join("And"));
    Some(LitStr::new(&name, input.ident.span()))
}

/// What a schema's arguments are: schemas themselves. Nothing where the type has
/// none, or says so itself.
pub(super) fn bound(input: &DeriveInput, schemas: &TokenStream) -> Option<Attribute> {
    let schemas = super::compact(schemas);
    let bounds: Vec<_> = input
        .generics
        .type_params()
        .map(|parameter| format!("{}: {schemas}::Schema", parameter.ident))
        .collect();
    if bounds.is_empty() || schemars_attributes::says(&input.attrs, "bound") {
        return None;
    }
    let bounds = bounds.join(", ");
    Some(parse_quote!(#[schemars(bound = #bounds)]))
}

fn check(name: &LitStr, parameters: &[String], mistakes: &mut Mistakes) {
    let text = name.value();
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        let Some((parameter, after)) = after.split_once('}') else {
            return mistakes.add(name, "close the brace: `{T}` stands for the name of `T`");
        };
        if !parameters.iter().any(|known| known == parameter) {
            let words = match parameters {
                [] => "this type has no parameters: write the name without braces".to_owned(),
                _ => {
                    let known: Vec<_> = parameters.iter().map(|p| format!("`{{{p}}}`")).collect();
                    format!(
                        "`{{{parameter}}}` is not a parameter of this type: there is {}",
                        known.join(", ")
                    )
                }
            };
            return mistakes.add(name, words);
        }
        plain.push('_');
        rest = after;
    }
    plain.push_str(rest);
    let is_legal = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if plain.is_empty() || !plain.chars().all(is_legal) {
        mistakes.add(
            name,
            "a schema's name is letters, digits, `.`, `-` and `_` (OpenAPI 3.1.1 section 4.8.7)",
        );
    }
}
