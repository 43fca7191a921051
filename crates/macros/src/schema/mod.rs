//! `#[schema]`: serde, schemars and the checks of a type, from one attribute.

mod by_value;
mod emit;
mod fields;
mod generics;
mod names;
mod options;
mod partial;
mod rules;
mod schemars_attributes;
mod serde_attributes;
mod types;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Path, Token, parse_quote, punctuated::Punctuated};

use crate::mistakes::Mistakes;
use fields::FieldPlan;
use options::Options;
use schemars_attributes::On;
use serde_attributes::Container;

/// What is known of the type while its fields are looked at.
struct Plan {
    options: Options,
    container: Container,
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item.clone()) {
        Ok(input) => input,
        Err(_) => {
            let error = syn::Error::new_spanned(&item, "`#[schema]` is for structs and enums")
                .to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut mistakes = Mistakes::default();
    let options = Options::read(arguments, &mut mistakes);
    let twin = options.partial.as_ref().and_then(|partial| {
        let twin = partial::twin(partial, &input, &options.schemas, &mut mistakes)?;
        Some((twin, options.of_twin()))
    });
    let declared = declare(input, options, &mut mistakes);
    // What is wrong with a struct is not said of its twin again.
    let twin = twin.map(|(twin, options)| {
        let item = match mistakes.is_empty() {
            true => declare(twin.item, options, &mut mistakes),
            false => bare(twin.item).into_token_stream(),
        };
        let apply = twin.apply;
        quote!(#item #apply)
    });
    let errors = mistakes.into_tokens();
    quote!(#errors #declared #twin)
}

/// The item with all that `#[schema]` writes for it.
fn declare(mut input: DeriveInput, mut options: Options, mistakes: &mut Mistakes) -> TokenStream {
    options.rename = generics::name(&input, options.rename.take(), mistakes);
    if options.by_value {
        check_type(&mut input, mistakes);
        let states_schema = schemars_attributes::states_schema(&input.attrs, On::Type, mistakes);
        return by_value::declare(input, &options, states_schema, mistakes);
    }
    let container = Container::read(&input, mistakes);
    check_type(&mut input, mistakes);
    let mut states_schema = schemars_attributes::states_schema(&input.attrs, On::Type, mistakes);
    let plan = Plan { options, container };
    let checks = checks(&mut input, &plan, &mut states_schema, mistakes);
    states_schema |= checks.iter().flatten().any(|field| field.states_schema);
    if mistakes.is_grave() {
        return bare(input).into_token_stream();
    }
    let check = emit::check(&input, &plan, &checks);
    let read = plan
        .container
        .read_as
        .as_ref()
        .filter(|_| plan.options.reads)
        .map(|other| emit::read_as(&input, &plan, other));
    decorate(&mut input, &plan, states_schema);
    // The check comes first: what it has against a field's type is said before
    // what the derives have against it.
    quote!(#check #input #read)
}

/// What a type as a whole cannot be, and may not say.
fn check_type(input: &mut DeriveInput, mistakes: &mut Mistakes) {
    if let Data::Union(data) = &input.data {
        mistakes.add_grave(data.union_token, "`#[schema]` is for structs and enums");
    }
    for lifetime in input.generics.lifetimes() {
        mistakes.add_grave(
            lifetime,
            "a schema owns what it holds: use `String`, `Vec<T>` or `Cow<'static, str>`",
        );
    }
    for attribute in &mut input.attrs {
        if attribute.path().is_ident("derive") {
            refuse_derives(attribute, mistakes);
        }
    }
    input.attrs.retain(|attribute| {
        let is_garde = attribute.path().is_ident("garde");
        // What garde's own derive would need to hear changes nothing here.
        let is_harmless = || {
            attribute
                .parse_args::<Ident>()
                .is_ok_and(|word| word == "allow_unvalidated" || word == "transparent")
        };
        if is_garde && !is_harmless() {
            mistakes.add(
                attribute,
                "rules stand on fields; for a rule on the whole value use `#[garde(custom(…))]` on a field of this type",
            );
        }
        !is_garde
    });
}

/// The traits that `#[schema]` derives or stands for.
const DERIVED: [&str; 4] = ["Serialize", "Deserialize", "JsonSchema", "Validate"];

/// Takes out what `#[schema]` derives itself.
fn refuse_derives(attribute: &mut Attribute, mistakes: &mut Mistakes) {
    let derives = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    let mut kept: Vec<Path> = Vec::new();
    for path in derives.into_iter().flatten() {
        let name = path.segments.last().map(|last| last.ident.to_string());
        match name.as_deref() {
            Some("Validate") => {
                mistakes.add(&path, "`#[schema]` checks the rules itself: take this out");
            }
            Some(name) if DERIVED.contains(&name) => mistakes.add(
                &path,
                "`#[schema]` derives this: take it out; for one direction only write `#[schema(request)]` or `#[schema(response)]`",
            ),
            _ => kept.push(path),
        }
    }
    *attribute = parse_quote!(#[derive(#(#kept),*)]);
}

/// What is to be checked of each field; the fields lose their `#[garde]`.
fn checks(
    input: &mut DeriveInput,
    plan: &Plan,
    states_schema: &mut bool,
    mistakes: &mut Mistakes,
) -> Vec<Vec<FieldPlan>> {
    match &mut input.data {
        Data::Struct(data) => {
            let rename_all = plan.container.rename_all;
            vec![fields::plan(&mut data.fields, rename_all, plan, mistakes)]
        }
        Data::Enum(data) => data
            .variants
            .iter_mut()
            .map(|variant| {
                let own = serde_attributes::variant(&variant.attrs, mistakes);
                *states_schema |=
                    schemars_attributes::states_schema(&variant.attrs, On::Variant, mistakes);
                variant.attrs.retain(|attribute| {
                    let is_garde = attribute.path().is_ident("garde");
                    if is_garde {
                        mistakes.add(attribute, "rules stand on the fields of a variant");
                    }
                    !is_garde
                });
                let rename_all = own.rename_all.or(plan.container.rename_all_fields);
                let mut fields = fields::plan(&mut variant.fields, rename_all, plan, mistakes);
                if own.is_skipped || schemars_attributes::says_its_schema(&variant.attrs) {
                    fields.iter_mut().for_each(|field| field.known = None);
                }
                fields
            })
            .collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// The item without helper attributes, which nothing would understand: emitted
/// beside the mistakes, so that they are the only errors.
fn bare(mut input: DeriveInput) -> DeriveInput {
    fn strip(attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| {
            !["serde", "schemars", "garde", "validate", "cfg_attr"]
                .iter()
                .any(|helper| attribute.path().is_ident(helper))
        });
    }
    strip(&mut input.attrs);
    match &mut input.data {
        Data::Struct(data) => data.fields.iter_mut().for_each(|f| strip(&mut f.attrs)),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                strip(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|f| strip(&mut f.attrs));
            }
        }
        Data::Union(_) => {}
    }
    input
}

/// Adds derives, crate paths and what the document has to know.
fn decorate(input: &mut DeriveInput, plan: &Plan, states_schema: bool) {
    let Plan { options, container } = plan;
    let schemas = &options.schemas;
    let private = quote!(#schemas::__private);
    let serde_path = format!("{}::serde", compact(&private));
    let schemars_path = format!("{}::schemars", compact(&private));
    let mut added: Vec<Attribute> = Vec::new();
    if options.reads && container.read_as.is_none() {
        added.push(parse_quote!(#[derive(#private::serde::Deserialize)]));
    }
    if options.writes {
        added.push(parse_quote!(#[derive(#private::serde::Serialize)]));
    }
    added.push(parse_quote!(#[derive(#private::schemars::JsonSchema)]));
    added.push(parse_quote!(#[serde(crate = #serde_path)]));
    added.push(parse_quote!(#[schemars(crate = #schemars_path)]));
    if options.reads && container.may_deny_unknown {
        added.push(parse_quote!(#[serde(deny_unknown_fields)]));
    }
    if let Some(bound) = generics::bound(input, schemas) {
        added.push(bound);
    }
    if let Some(name) = &options.rename {
        added.push(parse_quote!(#[schemars(rename = #name)]));
    }
    added.push(parse_quote! {
        #[schemars(extend(
            "x-purlin-type" = ::core::any::type_name::<Self>(),
            "x-purlin-name" = <Self as #private::schemars::JsonSchema>::schema_name(),
        ))]
    });
    if container.has_flatten {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = "flatten"))]));
    } else if container.is_buffered || states_schema {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = true))]));
    }
    // Derives come before the helper attributes they own.
    added.append(&mut input.attrs);
    input.attrs = added;
}

/// A path without the spaces that tokens have between them.
fn compact(path: &TokenStream) -> String {
    path.to_string().replace(' ', "")
}
