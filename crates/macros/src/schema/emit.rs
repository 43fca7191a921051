//! `impl Schema`: the checks, put together.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, GenericParam, Index, parse_quote};

use super::{
    Plan,
    fields::{FieldPlan, Step},
    serde_attributes::{self, Tagging},
};
use crate::mistakes::Mistakes;

pub(super) fn check(input: &DeriveInput, plan: &Plan, checks: &[Vec<FieldPlan>]) -> TokenStream {
    let schemas = &plan.options.schemas;
    let body = match &input.data {
        Data::Struct(data) => {
            let fields = checks.first().map(Vec::as_slice).unwrap_or_default();
            let values = data.fields.iter().enumerate().map(|(index, field)| {
                match &field.ident {
                    Some(name) => quote!(&self.#name),
                    None => {
                        let index = Index::from(index);
                        quote!(&self.#index)
                    }
                }
            });
            statements(fields, values.collect())
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

    let name = &input.ident;
    let mut generics = input.generics.clone();
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(parse_quote!(#schemas::Schema));
        }
    }
    let (generics, _, wheres) = generics.split_for_impl();
    let (_, of, _) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #schemas::Schema for #name #of #wheres {
            #[inline]
            #[allow(unused_variables, unused_imports)] // Types without rules have nothing to check.
            fn check(&self, at: #schemas::Place<'_>, report: &mut #schemas::Report) {
                use #schemas::__private::probe::{Probe, Skip as _};
                #body
            }
        }
    }
}

fn arm(variant: &syn::Variant, fields: &[FieldPlan], plan: &Plan) -> TokenStream {
    let name = &variant.ident;
    let names: Vec<_> = (0..variant.fields.len())
        .map(|index| format_ident!("field_{index}"))
        .collect();
    let pattern = match &variant.fields {
        Fields::Unit => quote!(Self::#name),
        Fields::Unnamed(_) => quote!(Self::#name(#(#names),*)),
        Fields::Named(named) => {
            let fields = named.named.iter().map(|field| &field.ident);
            quote!(Self::#name { #(#fields: #names),* })
        }
    };
    let own = serde_attributes::variant(&variant.attrs, &mut Mistakes::default());
    let step = match &plan.container.tagging {
        _ if own.is_untagged || own.is_skipped => None,
        Tagging::External => {
            let ident = name.to_string();
            let ident = ident.trim_start_matches("r#").to_owned();
            let renamed = own.rename.unwrap_or_else(|| {
                let rule = plan.container.rename_all;
                rule.map_or_else(|| ident.clone(), |rule| rule.variant(&ident))
            });
            Some(renamed)
        }
        Tagging::Adjacent { content } => Some(content.clone()),
        Tagging::Internal | Tagging::Untagged => None,
    };
    let step = step.map(|step| quote!(let at = at.field(#step);));
    let values = names.iter().map(|name| quote!(#name)).collect();
    let statements = statements(fields, values);
    quote! {
        #pattern => {
            #step
            #statements
        }
    }
}

fn statements(fields: &[FieldPlan], values: Vec<TokenStream>) -> TokenStream {
    fields
        .iter()
        .zip(values)
        .filter(|(field, _)| !field.is_skipped)
        .map(|(field, value)| {
            let step = match &field.step {
                Some(Step::Member(name)) => quote!(let at = at.field(#name);),
                Some(Step::Index(index)) => quote!(let at = at.index(#index);),
                None => TokenStream::new(),
            };
            let checks = &field.checks;
            quote! {
                {
                    #step
                    let value = #value;
                    #checks
                    Probe(value).check_if_schema(at, report);
                }
            }
        })
        .collect()
}
