//! `#[schema]`: serde, schemars and the checks of a type, from one attribute.

mod emit;
mod fields;
mod names;
mod rules;
mod serde_attributes;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Lit, LitStr, Meta, Token,
    parse::Parser, parse_quote, punctuated::Punctuated,
};

use crate::{crate_path, mistakes::Mistakes};
use fields::FieldPlan;
use serde_attributes::Container;

/// What `#[schema(…)]` says.
struct Options {
    reads: bool,
    writes: bool,
    rename: Option<LitStr>,
    schemas: TokenStream,
}

/// What is known of the type while its fields are looked at.
struct Plan {
    options: Options,
    container: Container,
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(item.clone()) {
        Ok(input) => input,
        Err(_) => {
            let error = syn::Error::new_spanned(&item, "`#[schema]` is for structs and enums")
                .to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut mistakes = Mistakes::default();
    let options = options(arguments, &mut mistakes);
    let container = Container::read(&input, &mut mistakes);
    container_garde(&mut input.attrs, &mut mistakes);
    let plan = Plan { options, container };
    let checks = checks(&mut input, &plan, &mut mistakes);
    if !mistakes.is_empty() {
        let errors = mistakes.into_tokens();
        let bare = bare(input);
        return quote!(#errors #bare);
    }
    decorate(&mut input, &plan);
    let check = emit::check(&input, &plan, &checks);
    quote!(#input #check)
}

fn options(arguments: TokenStream, mistakes: &mut Mistakes) -> Options {
    let mut options = Options {
        reads: true,
        writes: true,
        rename: None,
        schemas: crate_path::schemas(),
    };
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let metas = mistakes.keep(parser.parse2(arguments)).unwrap_or_default();
    for meta in metas {
        let key = meta.path().get_ident().map(Ident::to_string);
        match (key.as_deref(), &meta) {
            (Some("request"), Meta::Path(_)) => options.writes = false,
            (Some("response"), Meta::Path(_)) => options.reads = false,
            (Some("rename"), Meta::NameValue(pair)) => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(name),
                    ..
                }) => options.rename = Some(name.clone()),
                other => mistakes.add(other, "write the name as a text"),
            },
            (Some("crate"), Meta::NameValue(pair)) => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(path),
                    ..
                }) => {
                    if let Some(path) = mistakes.keep(path.parse::<syn::Path>()) {
                        options.schemas = quote!(#path);
                    }
                }
                other => mistakes.add(other, "write the path as a text"),
            },
            _ => mistakes.add(
                &meta,
                "not an option: there are `request`, `response`, `rename = \"…\"` and `crate = \"…\"`",
            ),
        }
    }
    if !options.reads && !options.writes {
        mistakes.add_at(
            proc_macro2::Span::call_site(),
            "a schema for both directions is plain `#[schema]`",
        );
    }
    options
}

/// Of garde's attributes on a type only those are left that change nothing here.
fn container_garde(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) {
    attributes.retain(|attribute| {
        if !attribute.path().is_ident("garde") {
            return true;
        }
        let harmless = attribute
            .parse_args::<Ident>()
            .is_ok_and(|word| word == "allow_unvalidated" || word == "transparent");
        if !harmless {
            mistakes.add(
                attribute,
                "rules stand on fields; for a rule on the whole value use `#[garde(custom(…))]` on a field of this type",
            );
        }
        false
    });
}

/// What is to be checked of each field; the fields lose their `#[garde]`.
fn checks(input: &mut DeriveInput, plan: &Plan, mistakes: &mut Mistakes) -> Vec<Vec<FieldPlan>> {
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
                let rename_all = own.rename_all.or(plan.container.rename_all_fields);
                fields::plan(&mut variant.fields, rename_all, plan, mistakes)
            })
            .collect(),
        Data::Union(data) => {
            mistakes.add(data.union_token, "`#[schema]` is for structs and enums");
            Vec::new()
        }
    }
}

/// The item without helper attributes, which nothing would understand: emitted
/// beside the mistakes, so that they are the only errors.
fn bare(mut input: DeriveInput) -> DeriveInput {
    fn strip(attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| {
            !["serde", "schemars", "garde"]
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
fn decorate(input: &mut DeriveInput, plan: &Plan) {
    let Plan { options, container } = plan;
    let schemas = &options.schemas;
    let private = quote!(#schemas::__private);
    let serde_path = format!("{}::serde", compact(&private));
    let schemars_path = format!("{}::schemars", compact(&private));
    let mut added: Vec<Attribute> = Vec::new();
    if options.reads {
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
    if let Some(name) = &options.rename {
        added.push(parse_quote!(#[schemars(rename = #name)]));
    }
    let name = input.ident.to_string();
    added.push(parse_quote! {
        #[schemars(extend("x-purlin-type" = ::std::concat!(::std::module_path!(), "::", #name)))]
    });
    if container.has_flatten {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = "flatten"))]));
    } else if container.is_buffered {
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
