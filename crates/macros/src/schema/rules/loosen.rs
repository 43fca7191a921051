//! The rules of a field as they are on one that may be left out.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Token, parse_quote, punctuated::Punctuated};

use super::parse::Rule;
use crate::mistakes::Mistakes;

fn rules(attribute: &Attribute) -> Option<Punctuated<Rule, Token![,]>> {
    attribute.parse_args_with(Punctuated::parse_terminated).ok()
}

/// Whether the rules say `required`.
pub(in crate::schema) fn are_required(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("garde"))
        .filter_map(rules)
        .flatten()
        .any(|rule| rule.name == "required")
}

/// A `#[garde(…)]` attribute without `required`; functions of the program's own
/// are wrapped by `custom`, where they can be.
pub(in crate::schema) fn loosened(
    attribute: &Attribute,
    custom: Option<&dyn Fn(&TokenStream) -> TokenStream>,
    mistakes: &mut Mistakes,
) -> Option<Attribute> {
    let Some(rules) = rules(attribute) else {
        // What cannot be read is said of the struct itself.
        return Some(attribute.clone());
    };
    let mut kept = Vec::new();
    for rule in rules {
        match (rule.name.to_string().as_str(), custom) {
            ("required", _) => {}
            ("custom", Some(wrap)) => {
                let (name, function) = (&rule.name, wrap(&rule.arguments()));
                kept.push(quote!(#name(#function)));
            }
            ("custom", None) => mistakes.add(
                &rule,
                "this function looks at an `Option`, and in the twin there is a `Patch`: leave the field out of `fields = […]`, or declare the twin by hand",
            ),
            _ => kept.push(quote!(#rule)),
        }
    }
    (!kept.is_empty()).then(|| parse_quote!(#[garde(#(#kept),*)]))
}
