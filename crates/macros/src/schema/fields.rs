//! Plans one field: its serialized name, its rules, and the attributes of serde and
//! schemars that follow from both.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Field, Fields, Type, parse_quote, spanned::Spanned};

use super::{
    Plan, compact,
    field_plan::{FieldPlan, Step, conditions},
    names::RenameRule,
    parts, rules,
    schemars_attributes::{self, On},
    serde_attributes::{self, FieldAttributes},
    types::{
        argument, inside_option, is_wrapper, item, last_segment, long_array, nested_long_array,
        wide_integer,
    },
};
use crate::diagnostics::Diagnostics;

/// What the fields of a struct or variant have in common.
pub(super) struct Around {
    pub(super) rename_all: Option<RenameRule>,
    /// They are the content of a variant that has its tag beside it.
    pub(super) is_beside_tag: bool,
    /// The index of the variant; 0 for a struct.
    pub(super) variant: usize,
}

pub(super) fn plan(
    fields: &mut Fields,
    around: &Around,
    plan: &Plan,
    diagnostics: &mut Diagnostics,
) -> Vec<FieldPlan> {
    let is_single = fields.len() == 1;
    let plans: Vec<FieldPlan> = fields
        .iter_mut()
        .enumerate()
        .map(|(index, field)| one(field, index, is_single, around, plan, diagnostics))
        .collect();
    report_duplicates(fields, &plans, diagnostics);
    parts::read(fields, &plans, around.variant, plan);
    plans
}

/// Reports a name that two fields have.
fn report_duplicates(fields: &Fields, plans: &[FieldPlan], diagnostics: &mut Diagnostics) {
    let name_of = |plan: &FieldPlan| match &plan.step {
        Some(Step::Member(name)) if plan.conditions.is_empty() => Some(name.clone()),
        _ => None,
    };
    for (index, (field, plan)) in fields.iter().zip(plans).enumerate() {
        let Some(name) = name_of(plan) else { continue };
        let mut before = fields.iter().zip(plans).take(index);
        let first = before.find(|(_, plan)| name_of(plan).as_ref() == Some(&name));
        if let Some((
            Field {
                ident: Some(first), ..
            },
            _,
        )) = first
        {
            diagnostics.push(
                field,
                format!("the field `{first}` has the name `{name}` already: rename one of them"),
            );
        }
    }
}

fn one(
    field: &mut Field,
    index: usize,
    is_single: bool,
    around: &Around,
    plan: &Plan,
    diagnostics: &mut Diagnostics,
) -> FieldPlan {
    let count_before = diagnostics.len();
    apply_direction(field, plan, diagnostics);
    let own = serde_attributes::field(&field.attrs, diagnostics);
    let is_strict = schemars_attributes::is_strict(&field.attrs, On::Field, diagnostics);
    let overrides_schema = schemars_attributes::overrides_schema(&field.attrs);
    if !own.is_skipped
        && !overrides_schema
        && let Some(wide) = wide_integer(&field.ty)
    {
        let name = quote!(#wide);
        diagnostics.push(
            wide,
            format!(
                "most JSON readers cannot represent `{name}` exactly: use 64 bits, or a `String`"
            ),
        );
    }
    if !own.is_skipped && !overrides_schema {
        read_long_array(field, &own, plan, diagnostics);
    }
    let conditions = conditions(&field.attrs);
    if field.ident.is_none()
        && let Some(condition) = conditions.first()
    {
        diagnostics.push_fatal(
            condition,
            "a field with `#[cfg(…)]` needs a name: write `{ name: Type }`",
        );
    }
    let step = match &field.ident {
        _ if own.is_flattened || (plan.container.is_transparent && is_single) => None,
        Some(ident) => {
            let ident = ident.to_string();
            let ident = ident.trim_start_matches("r#");
            let name = own.rename.clone().unwrap_or_else(|| {
                let rule = around.rename_all;
                rule.map_or_else(|| ident.to_owned(), |rule| rule.field(ident))
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
    let rules = rules::read(&garde, &field.ty, &plan.options.schemas, diagnostics);
    if !rules.is_empty {
        let why = if plan.container.read_as.is_some() {
            Some("this type is converted from another one: add the rules there")
        } else if own.is_skipped {
            Some("this field is not deserialized: remove its rules")
        } else {
            None
        };
        if let (Some(why), Some(garde)) = (why, garde.first()) {
            diagnostics.push(garde, why);
        }
    }
    field.attrs.extend(rules.attributes);
    let is_part = own.is_flattened || (around.is_beside_tag && is_single && field.ident.is_none());
    // The keys of a map that shares its object with other members say nothing about their names.
    if !own.is_skipped && !overrides_schema && !is_part && may_hold_maps(&field.ty) {
        field.attrs.push(note_keys(&field.ty, plan));
    }
    let shares = (!own.is_skipped && step.is_none()).then(|| field.ty.clone());

    let has_default = own.has_default || plan.container.has_default;
    if is_part && !overrides_schema {
        if rules.has_keywords
            && let Some(garde) = garde.first()
        {
            diagnostics.push(
                garde,
                "the document cannot state this rule: these members share their object with others; give the map a field of its own, or write the rule as `custom(…)`",
            );
        }
        let described = parts::described(&field.ty, own.is_flattened, rules.is_required, plan);
        field.attrs.push(described);
    }
    if rules.is_required {
        if has_default && let Some(garde) = garde.first() {
            diagnostics.push(
                garde,
                "a field with a default cannot be `required`: remove one of them",
            );
        }
        if plan.options.reads && !own.has_custom_serde && !own.is_flattened {
            field.attrs.push(read_present(plan));
        }
    } else if own.is_flattened {
        // What serde does about an `Option` here is done by the code that reads the part.
    } else if own.skips_none
        && !own.has_custom_serde
        && !overrides_schema
        && let Some(inside) = inside_option(&field.ty)
    {
        field.attrs.extend(never_null(inside, has_default, plan));
    } else if is_wrapper(&field.ty, "Patch") && field.ident.is_some() && !own.has_custom_serde {
        leave_out_absent(field, &own, plan);
    }
    // The compiler would report errors in the field again.
    let is_sound = diagnostics.len() == count_before;
    FieldPlan {
        step,
        known: (is_sound && !overrides_schema).then(|| known(&field.ty, plan)),
        checks: if is_sound {
            rules.checks
        } else {
            TokenStream::new()
        },
        is_skipped: own.is_skipped,
        conditions,
        is_strict,
        shares,
        is_flattened: own.is_flattened && !own.is_skipped,
        is_required: rules.is_required,
        reads_itself: own.has_custom_serde,
    }
}

/// Reads, writes and describes an array of any length.
fn read_long_array(
    field: &mut Field,
    own: &FieldAttributes,
    plan: &Plan,
    diagnostics: &mut Diagnostics,
) {
    if let Some(array) = nested_long_array(&field.ty) {
        diagnostics.push_fatal(
            array,
            "serde cannot read an array of more than 32 items in here: use a `Vec`, or a type of its own: `#[schema] struct Name([T; N]);`",
        );
    }
    if own.has_custom_serde {
        return;
    }
    if let Some(array) = long_array(&field.ty) {
        let (item, length) = (&array.elem, &array.len);
        let schemas = &plan.options.schemas;
        let functions = compact(&quote!(#schemas::__private::check::arrays));
        let described = quote!(#schemas::__private::check::arrays::Array<#item, { #length }>);
        let described = described.to_string();
        field.attrs.push(parse_quote!(#[serde(with = #functions)]));
        field
            .attrs
            .push(parse_quote!(#[schemars(with = #described)]));
    }
}

/// Returns a statement whose compile error names a type that is not a schema, in plainer
/// terms than the derives.
fn known(ty: &Type, plan: &Plan) -> TokenStream {
    let schemas = &plan.options.schemas;
    let ty = item(ty);
    quote_spanned!(ty.span()=> #schemas::__private::check::known::<#ty>();)
}

/// Returns whether a type may contain maps, judging by its name.
fn may_hold_maps(ty: &Type) -> bool {
    const PLAIN: [&str; 14] = [
        "String", "bool", "char", "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64",
        "f32", "f64",
    ];
    last_segment(item(ty)).is_none_or(|name| !PLAIN.contains(&name.as_str()))
}

/// Adds the schema of map keys, which schemars leaves out.
fn note_keys(ty: &Type, plan: &Plan) -> Attribute {
    let schemas = &plan.options.schemas;
    let private = quote!(#schemas::__private);
    let mut attribute: Attribute = parse_quote! {
        #[schemars(transform = #private::check::verbatim!(|__schema: &mut #schemas::schemars::Schema| {
            #[allow(unused_imports, reason = "most types are schemas")]
            use #private::probe::SkipKeys as _;
            #private::probe::Keys::<#ty>(::core::marker::PhantomData).note_if_schema(__schema);
        }))]
    };
    // Errors about a field are reported from its first token on.
    attribute.pound_token.span = ty.span();
    attribute
}

/// Rejects null for a field that is never serialized as null.
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

/// Skips `ReadOnly` fields in deserialization and `WriteOnly` fields in serialization.
fn apply_direction(field: &mut Field, plan: &Plan, diagnostics: &mut Diagnostics) {
    let (key, goes, message) = if is_wrapper(&field.ty, "ReadOnly") {
        (
            "skip_deserializing",
            plan.options.writes,
            "a request cannot contain a `ReadOnly` field: remove it",
        )
    } else if is_wrapper(&field.ty, "WriteOnly") {
        (
            "skip_serializing",
            plan.options.reads,
            "a response cannot contain a `WriteOnly` field: remove it",
        )
    } else {
        return;
    };
    if !goes {
        diagnostics.push_fatal(&field.ty, message);
    } else if field.ident.is_none() {
        diagnostics.push_fatal(
            &field.ty,
            "a `ReadOnly` or `WriteOnly` field needs a name: write `{ name: Type }`",
        );
    } else if !schemars_attributes::has_key(&field.attrs, key)
        && !schemars_attributes::has_key(&field.attrs, "skip")
    {
        let key = format_ident!("{key}");
        field.attrs.push(parse_quote!(#[serde(#key)]));
        // An `Option` may be absent; the derives do not see one inside a wrapper.
        let inside = argument(&field.ty).and_then(inside_option);
        if inside.is_some()
            && !plan.container.has_default
            && !schemars_attributes::has_key(&field.attrs, "default")
        {
            field.attrs.push(parse_quote!(#[serde(default)]));
        }
    }
}

/// Reads a missing `Patch` as absent, and omits an absent one.
fn leave_out_absent(field: &mut Field, own: &FieldAttributes, plan: &Plan) {
    if own.is_skipped {
        return;
    }
    if !own.has_default {
        field.attrs.push(parse_quote!(#[serde(default)]));
    }
    if !schemars_attributes::has_key(&field.attrs, "skip_serializing_if") {
        let schemas = &plan.options.schemas;
        let is_absent = super::compact(&quote!(#schemas::Patch::is_absent));
        field
            .attrs
            .push(parse_quote!(#[serde(skip_serializing_if = #is_absent)]));
    }
}

/// Returns the attribute for an `Option` that rejects null; if it is missing, serde's
/// default applies.
fn read_present(plan: &Plan) -> Attribute {
    let schemas = &plan.options.schemas;
    let present = super::compact(&quote!(#schemas::__private::check::present));
    parse_quote!(#[serde(deserialize_with = #present)])
}
