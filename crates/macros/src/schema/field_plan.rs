//! What is planned for a field or variant, for the code that is emitted of it.

use proc_macro2::TokenStream;
use syn::{Attribute, Type};

use super::{
    Plan,
    serde_attributes::{self, Tagging},
};
use crate::diagnostics::Diagnostics;

/// The checks of one field.
pub(super) struct FieldPlan {
    /// The serialized name; `None` if the field adds no path segment (flattened, newtype).
    pub(super) step: Option<Step>,
    /// A statement that compiles only if the type is a schema.
    pub(super) known: Option<TokenStream>,
    /// Statements over `__value`, `__at` and `__report`.
    pub(super) checks: TokenStream,
    pub(super) is_skipped: bool,
    /// `#[cfg(…)]`, to be repeated wherever the field is used.
    pub(super) conditions: Vec<Attribute>,
    /// Its values must always be validated against the schema.
    pub(super) is_strict: bool,
    /// The type whose members are members of the field's own object, if there is one: a flattened field, a newtype.
    pub(super) shares: Option<Type>,
    pub(super) is_flattened: bool,
    /// The field is an `Option` that must be present.
    pub(super) is_required: bool,
    /// It is read by a function of the author's.
    pub(super) reads_itself: bool,
}

pub(super) enum Step {
    Member(String),
    Index(usize),
}

/// Returns the `#[cfg(…)]` attributes.
pub(super) fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .cloned()
        .collect()
}

/// Returns the name of the member that holds a variant's content, if there is one.
pub(super) fn variant_step(variant: &syn::Variant, plan: &Plan) -> Option<String> {
    let own = serde_attributes::variant(&variant.attrs, &mut Diagnostics::default());
    match &plan.container.tagging {
        _ if own.is_untagged || own.is_skipped => None,
        Tagging::External => Some(variant_name(variant, plan)),
        Tagging::Adjacent { content, .. } => Some(content.clone()),
        Tagging::Internal { .. } | Tagging::Untagged => None,
    }
}

/// Returns the serialized name of a variant.
pub(super) fn variant_name(variant: &syn::Variant, plan: &Plan) -> String {
    let own = serde_attributes::variant(&variant.attrs, &mut Diagnostics::default());
    let ident = variant.ident.to_string();
    let ident = ident.trim_start_matches("r#");
    let rule = plan.container.rename_all;
    own.rename
        .unwrap_or_else(|| rule.map_or_else(|| ident.to_owned(), |rule| rule.variant(ident)))
}
