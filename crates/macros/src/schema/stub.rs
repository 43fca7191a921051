//! What `#[schema]` emits for an item with fatal errors: the item without helper
//! attributes and minimal impls, so that uses of the type cause no follow-up errors.
//!
//! The program does not compile, so the impls only have to type-check.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, ext::IdentExt, parse_quote};

use super::{field_plan, options::Options};

/// Returns the item with minimal impls of the traits that `#[schema]` implements.
pub(super) fn stub(input: DeriveInput, options: &Options) -> TokenStream {
    let input = without_helpers(input);
    let schemas = &options.schemas;
    let private = quote!(#schemas::__private);
    let (name, conditions) = (&input.ident, field_plan::conditions(&input.attrs));
    // Supertraits of `Schema` need owned data.
    let is_owned = input.generics.lifetimes().next().is_none();
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!('static));
    }
    let mut reading = generics.clone();
    reading.params.insert(0, parse_quote!('__de));
    let (impl_generics, type_generics, wheres) = generics.split_for_impl();
    let schema = is_owned.then(|| {
        let schema_name = name.unraw().to_string();
        quote! {
            #(#conditions)*
            #[automatically_derived]
            impl #impl_generics #schemas::Schema for #name #type_generics #wheres {}

            #(#conditions)*
            #[automatically_derived]
            impl #impl_generics #private::schemars::JsonSchema for #name #type_generics #wheres {
                fn schema_name() -> ::std::borrow::Cow<'static, ::core::primitive::str> {
                    ::std::borrow::Cow::Borrowed(#schema_name)
                }

                fn json_schema(_: &mut #private::schemars::SchemaGenerator) -> #private::schemars::Schema {
                    ::core::default::Default::default()
                }
            }
        }
    });
    let (reading_generics, _, _) = reading.split_for_impl();
    let read = options.reads.then(|| {
        quote! {
            #(#conditions)*
            #[automatically_derived]
            impl #reading_generics #private::serde::Deserialize<'__de> for #name #type_generics #wheres {
                fn deserialize<__D: #private::serde::Deserializer<'__de>>(
                    _: __D,
                ) -> ::std::result::Result<Self, __D::Error> {
                    ::std::result::Result::Err(<__D::Error as #private::serde::de::Error>::custom(
                        "this type has compile errors",
                    ))
                }
            }
        }
    });
    let write = options.writes.then(|| {
        quote! {
            #(#conditions)*
            #[automatically_derived]
            impl #impl_generics #private::serde::Serialize for #name #type_generics #wheres {
                fn serialize<__S: #private::serde::Serializer>(
                    &self,
                    __serializer: __S,
                ) -> ::std::result::Result<__S::Ok, __S::Error> {
                    __serializer.serialize_unit()
                }
            }
        }
    });
    quote!(#input #schema #read #write)
}

/// Removes the helper attributes, which no derive owns any more.
fn without_helpers(mut input: DeriveInput) -> DeriveInput {
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
