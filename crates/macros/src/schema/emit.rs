//! Emits `impl Schema` from the checks of the fields.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Index, parse_quote};

use super::{
    Plan,
    field_plan::{self, FieldPlan, Step, variant_step},
    generics, parts,
    serde_attributes::ReadAs,
};

pub(super) fn check(input: &DeriveInput, plan: &Plan, checks: &[Vec<FieldPlan>]) -> TokenStream {
    let schemas = &plan.options.schemas;
    let body = match &input.data {
        // It was checked as the type it is converted from.
        _ if plan.container.read_as.is_some() => TokenStream::new(),
        Data::Struct(data) => {
            let fields = checks.first().map(Vec::as_slice).unwrap_or_default();
            let values = data
                .fields
                .iter()
                .enumerate()
                .map(|(index, field)| match &field.ident {
                    Some(name) => quote!(&self.#name),
                    None => {
                        let index = Index::from(index);
                        quote!(&self.#index)
                    }
                });
            statements(fields, values.collect(), schemas)
        }
        Data::Enum(data) => {
            let arms = data
                .variants
                .iter()
                .zip(checks)
                .map(|(variant, fields)| arm(variant, fields, plan));
            if data.variants.is_empty() {
                quote!(match *self {})
            } else {
                quote!(match self { #(#arms)* })
            }
        }
        Data::Union(_) => TokenStream::new(),
    };

    let declares = parts::declares(input, plan, checks);
    let name = &input.ident;
    let generics = generics::bounded(&input.generics, schemas);
    let (generics, _, wheres) = generics.split_for_impl();
    let (_, of, _) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #schemas::Schema for #name #of #wheres {
            #[inline]
            #[allow(unused_variables, unused_imports, reason = "types without rules have nothing to check")]
            fn check(&self, __at: #schemas::InstanceLocation<'_>, __report: &mut #schemas::Report) {
                use #schemas::__private::probe::Skip as _;
                #body
            }

            #declares
        }
    }
}

fn arm(variant: &syn::Variant, fields: &[FieldPlan], plan: &Plan) -> TokenStream {
    let name = &variant.ident;
    let conditions = field_plan::conditions(&variant.attrs);
    let names: Vec<_> = (0..variant.fields.len())
        .map(|index| format_ident!("__{index}"))
        .collect();
    let pattern = match &variant.fields {
        Fields::Unit => quote!(Self::#name),
        Fields::Unnamed(_) => quote!(Self::#name(#(#names),*)),
        Fields::Named(named) => {
            let members = named.named.iter().zip(fields).zip(&names);
            let members = members.map(|((member, plan), name)| {
                let (ident, conditions) = (&member.ident, &plan.conditions);
                quote!(#(#conditions)* #ident: #name)
            });
            quote!(Self::#name { #(#members),* })
        }
    };
    let step = variant_step(variant, plan).map(|step| quote!(let __at = __at.field(#step);));
    let values = names.iter().map(|name| quote!(#name)).collect();
    let statements = statements(fields, values, &plan.options.schemas);
    quote! {
        #(#conditions)*
        #pattern => {
            #step
            #statements
        }
    }
}

fn statements(
    fields: &[FieldPlan],
    values: Vec<TokenStream>,
    schemas: &TokenStream,
) -> TokenStream {
    fields
        .iter()
        .zip(values)
        .filter(|(field, _)| !field.is_skipped)
        .map(|(field, value)| {
            let step = match &field.step {
                Some(Step::Member(name)) => quote!(let __at = __at.field(#name);),
                Some(Step::Index(index)) => quote!(let __at = __at.index(#index);),
                None => TokenStream::new(),
            };
            let FieldPlan {
                known,
                checks,
                conditions,
                ..
            } = field;
            quote! {
                #(#conditions)*
                {
                    #known
                    #step
                    let __value = #value;
                    #checks
                    #schemas::__private::probe::Probe(__value).check_if_schema(__at, __report);
                }
            }
        })
        .collect()
}

/// Emits `impl Deserialize` of a type with `#[serde(from)]` or `#[serde(try_from)]`:
/// what serde would emit, and the checks of the type it is converted from.
pub(super) fn read_as(input: &DeriveInput, plan: &Plan, other: &ReadAs) -> TokenStream {
    let schemas = &plan.options.schemas;
    let private = quote!(#schemas::__private);
    let ty = &other.ty;
    let convert = if other.may_fail {
        quote! {
            ::std::convert::TryFrom::try_from(__value)
                .map_err(<__D::Error as #private::serde::de::Error>::custom)
        }
    } else {
        quote!(::std::result::Result::Ok(::std::convert::From::from(
            __value
        )))
    };
    let name = &input.ident;
    let mut generics = input.generics.clone();
    generics.params.insert(0, parse_quote!('de));
    generics
        .make_where_clause()
        .predicates
        .push(parse_quote!(#ty: #private::serde::Deserialize<'de>));
    let (generics, _, wheres) = generics.split_for_impl();
    let (_, of, _) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #private::serde::Deserialize<'de> for #name #of #wheres {
            #[allow(unused_imports, reason = "types without rules have nothing to check")]
            fn deserialize<__D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                use #private::probe::Skip as _;
                let __value: #ty = #private::serde::Deserialize::deserialize(__deserializer)?;
                let mut __report = #schemas::Report::new();
                #private::probe::Probe(&__value)
                    .check_if_schema(#schemas::InstanceLocation::ROOT, &mut __report);
                #private::check::refuse(__report)?;
                #convert
            }
        }
    }
}
