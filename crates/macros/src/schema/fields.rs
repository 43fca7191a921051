//! One field: its name on the wire, its rules, and the attributes that tell
//! serde and schemars about both.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Field, Fields, GenericArgument, PathArguments, Type, TypePath, parse_quote,
};

use super::{Plan, names::RenameRule, rules, serde_attributes};
use crate::mistakes::Mistakes;

/// What is to be checked of one field.
pub(super) struct FieldPlan {
    /// The name on the wire; `None` for no step of its own (flattened, newtype).
    pub(super) step: Option<Step>,
    /// Statements over `value`, `at` and `report`.
    pub(super) checks: TokenStream,
    pub(super) is_skipped: bool,
}

pub(super) enum Step {
    Member(String),
    Index(usize),
}

pub(super) fn plan(
    fields: &mut Fields,
    rename_all: Option<RenameRule>,
    plan: &Plan,
    mistakes: &mut Mistakes,
) -> Vec<FieldPlan> {
    let is_single = fields.len() == 1;
    fields
        .iter_mut()
        .enumerate()
        .map(|(index, field)| one(field, index, is_single, rename_all, plan, mistakes))
        .collect()
}

fn one(
    field: &mut Field,
    index: usize,
    is_single: bool,
    rename_all: Option<RenameRule>,
    plan: &Plan,
    mistakes: &mut Mistakes,
) -> FieldPlan {
    let own = serde_attributes::field(&field.attrs, mistakes);
    refuse_wide_integers(&field.ty, mistakes);
    let step = match &field.ident {
        _ if own.is_flattened || (plan.container.is_transparent && is_single) => None,
        Some(ident) => {
            let ident = ident.to_string();
            let ident = ident.trim_start_matches("r#");
            let name = own.rename.clone().unwrap_or_else(|| {
                rename_all.map_or_else(|| ident.to_owned(), |rule| rule.field(ident))
            });
            Some(Step::Member(name))
        }
        None if is_single => None,
        None => Some(Step::Index(index)),
    };

    let (garde, others): (Vec<_>, Vec<_>) = std::mem::take(&mut field.attrs)
        .into_iter()
        .partition(|attribute| attribute.path().is_ident("garde"));
    field.attrs = others;
    let rules = rules::read(&garde, &field.ty, &plan.options.schemas, mistakes);
    field.attrs.extend(rules.attributes);

    if own.skips_none
        && !own.reads_its_own_way
        && !serde_attributes::says_its_schema(&field.attrs)
        && let Some(inside) = inside_option(&field.ty)
    {
        field.attrs.extend(never_null(inside, own.has_default, plan));
    }
    FieldPlan {
        step,
        checks: rules.checks,
        is_skipped: own.is_skipped,
    }
}

/// What is never written as null is not read as null.
fn never_null(inside: &Type, has_default: bool, plan: &Plan) -> Vec<Attribute> {
    let schemas = &plan.options.schemas;
    let with = quote!(#inside).to_string();
    let mut attributes: Vec<Attribute> = vec![parse_quote!(#[schemars(with = #with)])];
    if plan.options.reads {
        let present = super::compact(&quote!(#schemas::__private::check::present));
        attributes.push(parse_quote!(#[serde(deserialize_with = #present)]));
        if !has_default {
            attributes.push(parse_quote!(#[serde(default)]));
        }
    }
    attributes
}

fn refuse_wide_integers(kind: &Type, mistakes: &mut Mistakes) {
    if let Some(name @ ("u128" | "i128")) = last_segment(innermost(kind)).as_deref() {
        mistakes.add(
            kind,
            format!(
                "`{name}` has no exact form in most JSON readers: use 64 bits, or a `String`"
            ),
        );
    }
}

/// A type without the `Option`s and boxes around it.
pub(super) fn innermost(kind: &Type) -> &Type {
    match last_segment(kind).as_deref() {
        Some("Option" | "Box" | "Arc" | "Rc") => match argument(kind) {
            Some(inside) => innermost(inside),
            None => kind,
        },
        _ => kind,
    }
}

/// `T` of `Option<T>`.
pub(super) fn inside_option(kind: &Type) -> Option<&Type> {
    (last_segment(kind).as_deref() == Some("Option"))
        .then(|| argument(kind))
        .flatten()
}

/// The last segment of a type's path: `String` of `std::string::String`.
pub(super) fn last_segment(kind: &Type) -> Option<String> {
    match kind {
        Type::Path(TypePath { path, .. }) => {
            path.segments.last().map(|segment| segment.ident.to_string())
        }
        Type::Reference(reference) => last_segment(&reference.elem),
        Type::Array(_) | Type::Slice(_) => Some("[]".to_owned()),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

/// The first type argument.
pub(super) fn argument(kind: &Type) -> Option<&Type> {
    match kind {
        Type::Path(TypePath { path, .. }) => match &path.segments.last()?.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(kind) => Some(kind),
                    _ => None,
                })
            }
            _ => None,
        },
        Type::Array(array) => Some(&array.elem),
        Type::Slice(slice) => Some(&slice.elem),
        Type::Group(group) => argument(&group.elem),
        Type::Paren(paren) => argument(&paren.elem),
        _ => None,
    }
}
