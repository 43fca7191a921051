//! Adapts the rules of a field to the optional field of a partial struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Token, parse_quote, punctuated::Punctuated};

use super::parse::Rule;
use crate::diagnostics::Diagnostics;

fn rules(attribute: &Attribute) -> Option<Punctuated<Rule, Token![,]>> {
    attribute.parse_args_with(Punctuated::parse_terminated).ok()
}

/// Returns whether the rules contain `required`.
pub(in crate::schema) fn are_required(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("garde"))
        .filter_map(rules)
        .flatten()
        .any(|rule| rule.name == "required")
}

/// Returns a `#[garde(…)]` attribute without `required`. `custom` wraps the
/// functions of custom rules, if they can be kept.
pub(in crate::schema) fn for_optional_field(
    attribute: &Attribute,
    custom: Option<&dyn Fn(&TokenStream) -> TokenStream>,
    diagnostics: &mut Diagnostics,
) -> Option<Attribute> {
    let Some(rules) = rules(attribute) else {
        // The error is reported for the struct itself.
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
            ("custom", None) => diagnostics.push(
                &rule,
                "this function takes an `Option`, and the field of the partial struct is a `Patch`: remove the field from `fields = […]`, or write the partial struct by hand",
            ),
            _ => kept.push(quote!(#rule)),
        }
    }
    (!kept.is_empty()).then(|| parse_quote!(#[garde(#(#kept),*)]))
}
