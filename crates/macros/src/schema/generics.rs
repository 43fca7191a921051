//! What a generic type's schema is called: by its arguments, so that `Page<Todo>`
//! and `Page<User>` can stand in one document.

use syn::{DeriveInput, GenericParam, LitStr, ext::IdentExt};

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
    if parameters.is_empty() || schemars_attributes::says_its_name(&input.attrs) {
        return None;
    }
    let arguments: Vec<_> = parameters
        .iter()
        .map(|parameter| format!("{{{parameter}}}"))
        .collect();
    let name = format!("{}Of{}", input.ident.unraw(), arguments.join("And"));
    Some(LitStr::new(&name, input.ident.span()))
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
