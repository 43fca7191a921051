//! `#[schema(by_value)]`: enums whose variants are serialized as integers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, ext::IdentExt, parse_quote};

use super::{field_plan, options::Options, stub};
use crate::diagnostics::Diagnostics;

/// The integer types that JSON readers represent.
const WIDTHS: [&str; 10] = [
    "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize",
];

/// Returns the item with its impls.
pub(super) fn declare(
    mut input: DeriveInput,
    options: &Options,
    is_strict: bool,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let Some((width, variants)) = check(&input, diagnostics) else {
        return stub::stub(input, options);
    };
    let schemas = &options.schemas;
    let private = quote!(#schemas::__private);
    let name = input.ident.clone();
    let read = options
        .reads
        .then(|| read(&name, &width, &variants, &private));
    let write = options
        .writes
        .then(|| write(&name, &width, &variants, &private));
    decorate(&mut input, options, is_strict, &variants);
    quote! {
        #input
        #[automatically_derived]
        impl #schemas::Schema for #name {}
        #read
        #write
    }
}

/// Returns the integer type and the variants. Every error is fatal, since the derives would report it again.
fn check(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<(Ident, DataEnum)> {
    let before = diagnostics.len();
    let Data::Enum(data) = &input.data else {
        diagnostics.push_fatal(&input.ident, "`by_value` is for enums");
        return None;
    };
    let width = width(&input.attrs);
    if width.is_none() {
        diagnostics.push_fatal(
            &input.ident,
            "add the integer type: `#[repr(u8)]`, or another integer of up to 64 bits",
        );
    }
    if !input.generics.params.is_empty() {
        diagnostics.push_fatal(&input.generics, "an enum with `by_value` cannot be generic");
    }
    if data.variants.is_empty() {
        diagnostics.push_fatal(&input.ident, "an enum with `by_value` needs a variant");
    }
    reject_helpers(&input.attrs, diagnostics);
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            diagnostics.push_fatal(
                variant,
                "a variant of an enum with `by_value` has no fields: remove them",
            );
        }
        reject_helpers(&variant.attrs, diagnostics);
    }
    let width = width.filter(|_| diagnostics.len() == before)?;
    Some((width, data.clone()))
}

/// Returns the integer type of `#[repr(…)]`.
fn width(attributes: &[Attribute]) -> Option<Ident> {
    let mut found = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("repr")) {
        // The compiler checks the rest.
        let _ = attribute.parse_nested_meta(|meta| {
            let width = meta.path.get_ident().filter(|ident| {
                let ident = ident.to_string();
                WIDTHS.contains(&ident.as_str())
            });
            found = found.take().or_else(|| width.cloned());
            Ok(())
        });
    }
    found
}

fn reject_helpers(attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("serde") || path.is_ident("garde") {
            diagnostics.push_fatal(
                attribute,
                "this has no effect on integers: remove it, or remove `by_value`",
            );
        }
    }
}

fn read(name: &Ident, width: &Ident, variants: &DataEnum, private: &TokenStream) -> TokenStream {
    let arms = variants.variants.iter().map(|variant| {
        let (ident, conditions) = (&variant.ident, field_plan::conditions(&variant.attrs));
        quote! {
            #(#conditions)*
            __value if __value == Self::#ident as #width => ::std::result::Result::Ok(Self::#ident),
        }
    });
    quote! {
        #[automatically_derived]
        impl<'de> #private::serde::Deserialize<'de> for #name {
            fn deserialize<__D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                match <#width as #private::serde::Deserialize<'de>>::deserialize(__deserializer)? {
                    #(#arms)*
                    _ => ::std::result::Result::Err(<__D::Error as #private::serde::de::Error>::custom(
                        "not a value of this enum",
                    )),
                }
            }
        }
    }
}

fn write(name: &Ident, width: &Ident, variants: &DataEnum, private: &TokenStream) -> TokenStream {
    let arms = variants.variants.iter().map(|variant| {
        let (ident, conditions) = (&variant.ident, field_plan::conditions(&variant.attrs));
        quote!(#(#conditions)* Self::#ident => Self::#ident as #width,)
    });
    quote! {
        #[automatically_derived]
        impl #private::serde::Serialize for #name {
            fn serialize<__S: #private::serde::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::std::result::Result<__S::Ok, __S::Error> {
                let __value = match self { #(#arms)* };
                #private::serde::Serialize::serialize(&__value, __serializer)
            }
        }
    }
}

/// Adds derives and extensions of the schema. Client generators read the variants' names from `x-enum-varnames`.
fn decorate(input: &mut DeriveInput, options: &Options, is_strict: bool, variants: &DataEnum) {
    let private = {
        let schemas = &options.schemas;
        quote!(#schemas::__private)
    };
    let schemars_path = super::compact(&quote!(#private::schemars));
    let mut added: Vec<Attribute> = vec![
        parse_quote!(#[derive(#private::schemars::JsonSchema_repr)]),
        parse_quote!(#[schemars(crate = #schemars_path)]),
        parse_quote! {
            #[schemars(extend(
                "x-purlin-type" = ::core::any::type_name::<Self>(),
                "x-purlin-name" = <Self as #private::schemars::JsonSchema>::schema_name(),
            ))]
        },
    ];
    if let Some(name) = &options.rename {
        added.push(parse_quote!(#[schemars(rename = #name)]));
    }
    if is_strict {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = true))]));
    }
    // A macro cannot evaluate `#[cfg(…)]`.
    let all = || variants.variants.iter();
    if all().all(|variant| field_plan::conditions(&variant.attrs).is_empty()) {
        let names = all().map(|variant| variant.ident.unraw().to_string());
        added.push(parse_quote!(#[schemars(extend("x-enum-varnames" = [#(#names),*]))]));
    }
    added.append(&mut input.attrs);
    input.attrs = added;
}
