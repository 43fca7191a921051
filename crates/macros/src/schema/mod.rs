//! `#[schema]`: the impls of serde, schemars and `Schema` of a type, from one attribute.

mod by_value;
mod emit;
mod field_plan;
mod fields;
mod generics;
mod known_settings;
mod names;
mod options;
mod partial;
mod parts;
mod rules;
mod schemars_attributes;
mod serde_attributes;
mod stub;
mod tagged;
mod types;
mod variants;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Path, Token, parse_quote, punctuated::Punctuated};

use crate::diagnostics::Diagnostics;
use field_plan::FieldPlan;
use fields::Around;
use options::Options;
use schemars_attributes::On;
use serde_attributes::{Container, Tagging};

/// The options and attributes of a type, while its fields are planned.
struct Plan {
    options: Options,
    container: Container,
    /// The type, with its parameters as arguments.
    ty: TokenStream,
    is_generic: bool,
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
    let mut diagnostics = Diagnostics::default();
    let options = Options::read(arguments, &mut diagnostics);
    let partial = options.partial.as_ref().and_then(|partial| {
        let partial = partial::partial_struct(partial, &input, &options.schemas, &mut diagnostics)?;
        Some((partial, options.of_partial()))
    });
    let declared = declare(input, options, &mut diagnostics);
    // Errors in a struct would be reported for its partial struct again.
    let partial = partial.map(|(partial, options)| {
        let item = match diagnostics.is_empty() {
            true => declare(partial.item, options, &mut diagnostics),
            false => stub::stub(partial.item, &options),
        };
        let apply = partial.apply;
        quote!(#item #apply)
    });
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #declared #partial)
}

/// Returns the item with its derives and impls.
fn declare(
    mut input: DeriveInput,
    mut options: Options,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    options.rename = generics::name(&input, options.rename.take(), diagnostics);
    known_settings::check(&input, diagnostics);
    if let Some(option) = &options.ignores_unknown
        && !(options.reads && !options.by_value && has_fields_of_its_own(&input))
    {
        diagnostics.push(
            option,
            "`unknown_fields` is for types that are read from named fields of their own: remove it, or `deny_unknown_fields`",
        );
    }
    if options.by_value {
        check_type(&mut input, diagnostics);
        let is_strict = schemars_attributes::is_strict(&input.attrs, On::Type, diagnostics);
        return by_value::declare(input, &options, is_strict, diagnostics);
    }
    let container = Container::read(&input, diagnostics);
    check_type(&mut input, diagnostics);
    let mut is_strict = schemars_attributes::is_strict(&input.attrs, On::Type, diagnostics);
    let (name, (_, parameters, _)) = (&input.ident, input.generics.split_for_impl());
    let plan = Plan {
        options,
        container,
        ty: quote!(#name #parameters),
        is_generic: input.generics.type_params().next().is_some(),
    };
    let original = input.clone();
    let checks = checks(&mut input, &plan, &mut is_strict, diagnostics);
    is_strict |= checks.iter().flatten().any(|field| field.is_strict);
    if diagnostics.is_fatal() {
        return stub::stub(input, &plan.options);
    }
    let check = emit::check(&input, &plan, &checks);
    let read = plan
        .container
        .read_as
        .as_ref()
        .filter(|_| plan.options.reads)
        .map(|other| emit::read_as(&input, &plan, other))
        .or_else(|| variants::read(&original, &plan));
    let tagged = match read {
        Some(_) => None,
        None => tagged::read(&original, &plan),
    };
    let is_memberwise = is_memberwise(&input, &plan, tagged.is_some());
    let read = read.or(tagged);
    let contents = match read {
        Some(_) => None,
        None => variants::read_contents(&original, &mut input, &plan),
    };
    let parts = parts::parts(&input, &plan, &checks);
    decorate(&mut input, &plan, is_strict, read.is_some());
    if is_memberwise && !is_strict {
        let mark = parse_quote!(#[schemars(extend("x-purlin-memberwise" = true))]);
        // After the derives.
        input.attrs.push(mark);
    }
    // The check comes first: its errors about a field's type are plainer than those of
    // the derives.
    quote!(#check #parts #input #read #contents)
}

/// Returns whether what serde would buffer, or buffers, may be read member by member: an internally tagged enum that is read without
/// its derive, or a struct with flattened fields.
fn is_memberwise(input: &DeriveInput, plan: &Plan, is_tagged: bool) -> bool {
    let is_flattened = matches!(input.data, Data::Struct(_)) && plan.container.has_flatten;
    let is_closed = plan.options.ignores_unknown.is_none();
    plan.options.reads
        && plan.container.read_as.is_none()
        && is_closed
        && (is_tagged || is_flattened)
}

/// Returns whether a type is read from named fields, so that there are unknown ones.
fn has_fields_of_its_own(input: &DeriveInput) -> bool {
    let container = Container::read(input, &mut Diagnostics::default());
    container.may_deny_unknown || container.has_flatten
}

/// Checks the type as a whole, and removes the attributes that only `#[schema]` reads.
fn check_type(input: &mut DeriveInput, diagnostics: &mut Diagnostics) {
    if let Data::Union(data) = &input.data {
        diagnostics.push_fatal(data.union_token, "`#[schema]` is for structs and enums");
    }
    for lifetime in input.generics.lifetimes() {
        diagnostics.push_fatal(
            lifetime,
            "a schema cannot borrow: use `String`, `Vec<T>` or `Cow<'static, str>`",
        );
    }
    for attribute in &mut input.attrs {
        if attribute.path().is_ident("derive") {
            remove_derives(attribute, diagnostics);
        }
    }
    input.attrs.retain(|attribute| {
        let is_garde = attribute.path().is_ident("garde");
        // Settings of garde's derive that have no effect here.
        let has_no_effect = || {
            attribute
                .parse_args::<Ident>()
                .is_ok_and(|word| word == "allow_unvalidated" || word == "transparent")
        };
        if is_garde && !has_no_effect() {
            diagnostics.push(
                attribute,
                "rules belong on fields; for a rule on the whole value, use `#[garde(custom(…))]` on the fields of this type",
            );
        }
        !is_garde
    });
}

/// The traits that `#[schema]` derives or replaces.
const DERIVED: [&str; 4] = ["Serialize", "Deserialize", "JsonSchema", "Validate"];

/// Removes the derives of traits that `#[schema]` derives itself.
fn remove_derives(attribute: &mut Attribute, diagnostics: &mut Diagnostics) {
    let derives = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    let mut kept: Vec<Path> = Vec::new();
    for path in derives.into_iter().flatten() {
        let name = path.segments.last().map(|last| last.ident.to_string());
        match name.as_deref() {
            Some("Validate") => {
                diagnostics.push(&path, "`#[schema]` checks the rules itself: remove this");
            }
            Some(name) if DERIVED.contains(&name) => diagnostics.push(
                &path,
                "`#[schema]` derives this: remove it; for one direction only, write `#[schema(request)]` or `#[schema(response)]`",
            ),
            _ => kept.push(path),
        }
    }
    *attribute = parse_quote!(#[derive(#(#kept),*)]);
}

/// Plans the checks of each field, and removes their `#[garde]` attributes.
fn checks(
    input: &mut DeriveInput,
    plan: &Plan,
    is_strict: &mut bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Vec<FieldPlan>> {
    match &mut input.data {
        Data::Struct(data) => {
            let around = Around {
                rename_all: plan.container.rename_all,
                is_beside_tag: false,
                variant: 0,
            };
            vec![fields::plan(&mut data.fields, &around, plan, diagnostics)]
        }
        Data::Enum(data) => data
            .variants
            .iter_mut()
            .enumerate()
            .map(|(index, variant)| {
                let own = serde_attributes::variant(&variant.attrs, diagnostics);
                *is_strict |=
                    schemars_attributes::is_strict(&variant.attrs, On::Variant, diagnostics);
                variant.attrs.retain(|attribute| {
                    let is_garde = attribute.path().is_ident("garde");
                    if is_garde {
                        diagnostics.push(attribute, "rules belong on the fields of a variant");
                    }
                    !is_garde
                });
                let overrides_schema = schemars_attributes::overrides_schema(&variant.attrs);
                let is_tagged = matches!(plan.container.tagging, Tagging::Internal { .. });
                let around = Around {
                    rename_all: own.rename_all.or(plan.container.rename_all_fields),
                    is_beside_tag: is_tagged && !own.is_untagged && !overrides_schema,
                    variant: index,
                };
                let mut fields = fields::plan(&mut variant.fields, &around, plan, diagnostics);
                if own.is_skipped || overrides_schema {
                    fields.iter_mut().for_each(|field| field.known = None);
                }
                fields
            })
            .collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// Adds derives, crate paths and extensions of the schema. What reads the type is derived, or generated beside it.
fn decorate(input: &mut DeriveInput, plan: &Plan, is_strict: bool, is_read: bool) {
    let Plan {
        options, container, ..
    } = plan;
    parts::close_variants(input, plan);
    let schemas = &options.schemas;
    let private = quote!(#schemas::__private);
    let serde_path = format!("{}::serde", compact(&private));
    let schemars_path = format!("{}::schemars", compact(&private));
    let mut added: Vec<Attribute> = Vec::new();
    if options.reads && !is_read {
        added.push(parse_quote!(#[derive(#private::serde::Deserialize)]));
    }
    if options.writes {
        added.push(parse_quote!(#[derive(#private::serde::Serialize)]));
    }
    added.push(parse_quote!(#[derive(#private::schemars::JsonSchema)]));
    added.push(parse_quote!(#[serde(crate = #serde_path)]));
    added.push(parse_quote!(#[schemars(crate = #schemars_path)]));
    let ignores_unknown = options.ignores_unknown.is_some();
    if options.reads && container.may_deny_unknown && !ignores_unknown {
        added.push(parse_quote!(#[serde(deny_unknown_fields)]));
    }
    added.extend(generics::bounds(input, schemas));
    if let Some(name) = &options.rename {
        added.push(parse_quote!(#[schemars(rename = #name)]));
    }
    added.push(parse_quote! {
        #[schemars(extend(
            "x-purlin-type" = ::core::any::type_name::<Self>(),
            "x-purlin-name" = <Self as #private::schemars::JsonSchema>::schema_name(),
        ))]
    });
    if container.has_flatten && ignores_unknown {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = "open"))]));
    } else if container.has_flatten && matches!(input.data, Data::Struct(_)) {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = "flatten"))]));
    } else if container.is_buffered || is_strict {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = true))]));
    }
    // Derives come before the helper attributes they own.
    added.append(&mut input.attrs);
    input.attrs = added;
}

/// Returns a path without the spaces between its tokens.
fn compact(path: &TokenStream) -> String {
    path.to_string().replace(' ', "")
}
