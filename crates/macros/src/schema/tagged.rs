//! Reads internally tagged enums: the tag decides, and the content of the variant is read like a whole body. The derive of serde would
//! buffer all members first.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Variant, parse_quote};

use super::{
    Plan,
    field_plan::{conditions, variant_name},
    schemars_attributes::has_key,
    serde_attributes::Tagging,
    variants::{Contents, is_custom, own, parts, pattern},
};

/// Emits `impl Deserialize` of an internally tagged enum, or nothing where the derive of serde serves.
pub(super) fn read(input: &DeriveInput, plan: &Plan) -> Option<TokenStream> {
    let (Data::Enum(data), Tagging::Internal { tag }) = (&input.data, &plan.container.tagging)
    else {
        return None;
    };
    let is_read_by_serde =
        |variant: &Variant| is_custom(variant) || has_key(&variant.attrs, "bound");
    let may_generate = plan.options.reads
        && plan.container.read_as.is_none()
        && !has_key(&input.attrs, "bound")
        && !data.variants.iter().any(is_read_by_serde);
    if !may_generate {
        return None;
    }
    let contents = Contents { input, plan };
    let (mut names, mut found, mut arms) = (Vec::new(), Vec::new(), Vec::new());
    for (index, variant) in data.variants.iter().enumerate() {
        if own(variant).is_skipped {
            continue;
        }
        let (conditions, name) = (conditions(&variant.attrs), variant_name(variant, plan));
        names.push(quote!(#(#conditions)* #name));
        found.push(quote!(#(#conditions)* #name => ::std::option::Option::Some(#index)));
        let read = read_variant(&contents, variant);
        arms.push(quote!(#(#conditions)* #index => { #read }));
    }
    let schemas = &plan.options.schemas;
    let private = quote!(#schemas::__private);
    let tagged = quote!(#private::check::tagged);
    let name = &input.ident;
    let generics = contents.read_generics();
    let (generics, of, wheres) = generics.split_for_impl();
    let mut read_generics = contents.read_generics();
    read_generics.params.insert(0, parse_quote!('de));
    let (read_generics, _, _) = read_generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        impl #generics #tagged::Tagged for #name #of #wheres {
            const TAG: &'static ::core::primitive::str = #tag;

            const VARIANTS: &'static [&'static ::core::primitive::str] = &[#(#names),*];

            #[allow(unreachable_patterns, reason = "serde rejects names that are equal")]
            fn variant(
                __name: &::core::primitive::str,
            ) -> ::std::option::Option<::core::primitive::usize> {
                match __name {
                    #(#found,)*
                    _ => ::std::option::Option::None,
                }
            }

            fn read<'de, __S: #tagged::Source<'de>>(
                __variant: ::core::primitive::usize,
                __source: __S,
            ) -> ::std::result::Result<Self, __S::Error> {
                match __variant {
                    #(#arms)*
                    _ => ::std::result::Result::Err(#private::serde::de::Error::unknown_variant(
                        "",
                        <Self as #tagged::Tagged>::VARIANTS,
                    )),
                }
            }
        }

        #[automatically_derived]
        impl #read_generics #private::serde::Deserialize<'de> for #name #of #wheres {
            fn deserialize<__D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                #tagged::read(__deserializer)
            }
        }
    })
}

/// Returns the statements that read the content of a variant.
fn read_variant(contents: &Contents<'_>, variant: &Variant) -> TokenStream {
    let (enumeration, name) = (&contents.input.ident, &variant.ident);
    if matches!(variant.fields, Fields::Unit) {
        return quote! {
            __source.nothing()?;
            ::std::result::Result::Ok(#enumeration::#name)
        };
    }
    let (content, declared) = contents.content(variant);
    let fields = parts(&variant.fields);
    let parts = pattern(&content, &fields);
    let read = match &variant.fields {
        Fields::Unnamed(_) => quote!(content_beside_tag),
        _ => quote!(content),
    };
    quote! {
        #declared
        let #parts = __source.#read::<#content>()?;
        ::std::result::Result::Ok(#enumeration::#name #fields)
    }
}
