//! One field: its name on the wire, its rules, and the attributes that tell
//! serde and schemars about both.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Field, Fields, Type, parse_quote, spanned::Spanned};

use super::{
    Plan,
    names::RenameRule,
    rules,
    schemars_attributes::{self, On},
    serde_attributes::{self, FieldAttributes, Tagging},
    types::{argument, inside_option, is_wrapper, item, last_segment, wide_integer},
};
use crate::mistakes::Mistakes;

/// What is to be checked of one field.
pub(super) struct FieldPlan {
    /// The name on the wire; `None` for no step of its own (flattened, newtype).
    pub(super) step: Option<Step>,
    /// A statement that compiles for types the document knows.
    pub(super) known: Option<TokenStream>,
    /// Statements over `__value`, `__at` and `__report`.
    pub(super) checks: TokenStream,
    pub(super) is_skipped: bool,
    /// `#[cfg(…)]`, to be repeated wherever the field is named.
    pub(super) conditions: Vec<Attribute>,
    /// schemars has a schema for it that the checks do not know.
    pub(super) states_schema: bool,
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
    let mistakes_before = mistakes.len();
    go_one_way(field, plan, mistakes);
    let own = serde_attributes::field(&field.attrs, mistakes);
    let states_schema = schemars_attributes::states_schema(&field.attrs, On::Field, mistakes);
    let says_its_schema = schemars_attributes::says_its_schema(&field.attrs);
    if !own.is_skipped
        && !says_its_schema
        && let Some(wide) = wide_integer(&field.ty)
    {
        let name = quote!(#wide);
        mistakes.add(
            wide,
            format!("`{name}` has no exact form in most JSON readers: use 64 bits, or a `String`"),
        );
    }
    let conditions = conditions(&field.attrs);
    if field.ident.is_none()
        && let Some(condition) = conditions.first()
    {
        mistakes.add_grave(
            condition,
            "a field that is there at times only needs a name: write `{ name: Type }`",
        );
    }
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
    if !rules.is_empty {
        let why = if plan.container.read_as.is_some() {
            Some("this type is read as another one: give that one the rules")
        } else if own.is_skipped {
            Some("this field is not read, so there is nothing to check")
        } else {
            None
        };
        if let (Some(why), Some(garde)) = (why, garde.first()) {
            mistakes.add(garde, why);
        }
    }
    field.attrs.extend(rules.attributes);
    // A map that shares its object with other members says nothing of their names.
    let shares = own.is_flattened
        || (matches!(plan.container.tagging, Tagging::Internal) && field.ident.is_none());
    if !own.is_skipped && !says_its_schema && !shares && may_hold_maps(&field.ty) {
        field.attrs.push(note_keys(&field.ty, plan));
    }

    let has_default = own.has_default || plan.container.has_default;
    if rules.is_required {
        if has_default && let Some(garde) = garde.first() {
            mistakes.add(
                garde,
                "a field with a default is not `required`: take one of them out",
            );
        }
        if plan.options.reads && !own.reads_its_own_way {
            field.attrs.push(read_present(plan));
        }
    } else if own.skips_none
        && !own.reads_its_own_way
        && !says_its_schema
        && let Some(inside) = inside_option(&field.ty)
    {
        field.attrs.extend(never_null(inside, has_default, plan));
    } else if is_wrapper(&field.ty, "Patch") && field.ident.is_some() && !own.reads_its_own_way {
        leave_out_absent(field, &own, plan);
    }
    // What is wrong with a field is said once, not again by the compiler.
    let is_sound = mistakes.len() == mistakes_before;
    FieldPlan {
        step,
        known: (is_sound && !says_its_schema).then(|| known(&field.ty, plan)),
        checks: if is_sound {
            rules.checks
        } else {
            TokenStream::new()
        },
        is_skipped: own.is_skipped,
        conditions,
        states_schema,
    }
}

/// Says in plain words that a type is not declared, which the derives say in
/// their own.
fn known(kind: &Type, plan: &Plan) -> TokenStream {
    let schemas = &plan.options.schemas;
    let kind = item(kind);
    quote_spanned!(kind.span()=> #schemas::__private::check::known::<#kind>();)
}

/// Whether a type's name leaves it open that there are maps in it.
fn may_hold_maps(kind: &Type) -> bool {
    const PLAIN: [&str; 14] = [
        "String", "bool", "char", "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64",
        "f32", "f64",
    ];
    last_segment(item(kind)).is_none_or(|name| !PLAIN.contains(&name.as_str()))
}

/// Tells the document what the keys of a field's maps are, which schemars does not.
fn note_keys(kind: &Type, plan: &Plan) -> Attribute {
    let schemas = &plan.options.schemas;
    let private = quote!(#schemas::__private);
    let mut attribute: Attribute = parse_quote! {
        #[schemars(transform = #private::check::verbatim!(|__schema: &mut #schemas::schemars::Schema| {
            #[allow(unused_imports, reason = "most types are schemas")]
            use #private::probe::SkipKeys as _;
            #private::probe::Keys::<#kind>(::core::marker::PhantomData).note_if_schema(__schema);
        }))]
    };
    // Errors about a field are shown from its first token on.
    attribute.pound_token.span = kind.span();
    attribute
}

/// The attributes under which an item is there.
pub(super) fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .cloned()
        .collect()
}

/// What is never written as null is not read as null.
fn never_null(inside: &Type, has_default: bool, plan: &Plan) -> Vec<Attribute> {
    let with = quote!(#inside).to_string();
    let mut attributes: Vec<Attribute> = vec![parse_quote!(#[schemars(with = #with)])];
    if plan.options.reads {
        attributes.push(read_present(plan));
        if !has_default {
            attributes.push(parse_quote!(#[serde(default)]));
        }
    }
    attributes
}

/// A `ReadOnly` is not read, and a `WriteOnly` is not written.
fn go_one_way(field: &mut Field, plan: &Plan, mistakes: &mut Mistakes) {
    let (key, goes, words) = if is_wrapper(&field.ty, "ReadOnly") {
        (
            "skip_deserializing",
            plan.options.writes,
            "no client can say what is `ReadOnly`: take the field out of the request",
        )
    } else if is_wrapper(&field.ty, "WriteOnly") {
        (
            "skip_serializing",
            plan.options.reads,
            "no client is told what is `WriteOnly`: take the field out of the response",
        )
    } else {
        return;
    };
    if !goes {
        mistakes.add_grave(&field.ty, words);
    } else if field.ident.is_none() {
        mistakes.add_grave(
            &field.ty,
            "a field that goes one way only needs a name: write `{ name: Type }`",
        );
    } else if !schemars_attributes::says(&field.attrs, key)
        && !schemars_attributes::says(&field.attrs, "skip")
    {
        let key = format_ident!("{key}");
        field.attrs.push(parse_quote!(#[serde(#key)]));
        // An `Option` may be left out; one inside is not seen by the derives.
        let inside = argument(&field.ty).and_then(inside_option);
        if inside.is_some()
            && !plan.container.has_default
            && !schemars_attributes::says(&field.attrs, "default")
        {
            field.attrs.push(parse_quote!(#[serde(default)]));
        }
    }
}

/// A `Patch` that is left out is absent, and one that is absent is left out.
fn leave_out_absent(field: &mut Field, own: &FieldAttributes, plan: &Plan) {
    if own.is_skipped || own.is_flattened {
        return;
    }
    if !own.has_default {
        field.attrs.push(parse_quote!(#[serde(default)]));
    }
    if !schemars_attributes::says(&field.attrs, "skip_serializing_if") {
        let schemas = &plan.options.schemas;
        let is_absent = super::compact(&quote!(#schemas::Patch::is_absent));
        field
            .attrs
            .push(parse_quote!(#[serde(skip_serializing_if = #is_absent)]));
    }
}

/// An `Option` that is not read from null; left out, it takes serde's default
/// or is missing.
fn read_present(plan: &Plan) -> Attribute {
    let schemas = &plan.options.schemas;
    let present = super::compact(&quote!(#schemas::__private::check::present));
    parse_quote!(#[serde(deserialize_with = #present)])
}
