//! `#[schema(by_value)]`: an enum that crosses the wire as the integers it is declared with.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, ext::IdentExt, parse_quote};

use super::{bare, fields, options::Options};
use crate::mistakes::Mistakes;

/// The integers a JSON reader can be trusted with.
const WIDTHS: [&str; 10] = [
    "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize",
];

/// The item with all that is written for it.
pub(super) fn declare(
    mut input: DeriveInput,
    options: &Options,
    states_schema: bool,
    mistakes: &mut Mistakes,
) -> TokenStream {
    let Some((width, variants)) = check(&input, mistakes) else {
        let bare = bare(input);
        return quote!(#bare);
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
    decorate(&mut input, options, states_schema, &variants);
    quote! {
        #input
        #[automatically_derived]
        impl #schemas::Schema for #name {}
        #read
        #write
    }
}

/// The width of the values, and the variants. All that is wrong is grave: the derives know nothing of it.
fn check(input: &DeriveInput, mistakes: &mut Mistakes) -> Option<(Ident, DataEnum)> {
    let before = mistakes.len();
    let Data::Enum(data) = &input.data else {
        mistakes.add_grave(
            &input.ident,
            "`by_value` is for enums: their variants have the values",
        );
        return None;
    };
    let width = width(&input.attrs);
    if width.is_none() {
        mistakes.add_grave(
            &input.ident,
            "say how wide the values are: `#[repr(u8)]`, or another integer of up to 64 bits",
        );
    }
    if !input.generics.params.is_empty() {
        mistakes.add_grave(
            &input.generics,
            "an enum that is its values has no parameters",
        );
    }
    if data.variants.is_empty() {
        mistakes.add_grave(&input.ident, "an enum without variants has no values");
    }
    refuse_helpers(&input.attrs, mistakes);
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            mistakes.add_grave(
                variant,
                "a variant that is its value holds nothing else: take the fields out",
            );
        }
        refuse_helpers(&variant.attrs, mistakes);
    }
    let width = width.filter(|_| mistakes.len() == before)?;
    Some((width, data.clone()))
}

/// The integer in `#[repr(…)]`.
fn width(attributes: &[Attribute]) -> Option<Ident> {
    let mut found = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("repr")) {
        // What else stands there, such as `C`, is the compiler's business.
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

fn refuse_helpers(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("serde") || path.is_ident("garde") {
            mistakes.add_grave(
                attribute,
                "this changes nothing about integers: take it out, or take out `by_value`",
            );
        }
    }
}

fn read(name: &Ident, width: &Ident, variants: &DataEnum, private: &TokenStream) -> TokenStream {
    let arms = variants.variants.iter().map(|variant| {
        let (ident, conditions) = (&variant.ident, fields::conditions(&variant.attrs));
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
                        "not one of the values there are",
                    )),
                }
            }
        }
    }
}

fn write(name: &Ident, width: &Ident, variants: &DataEnum, private: &TokenStream) -> TokenStream {
    let arms = variants.variants.iter().map(|variant| {
        let (ident, conditions) = (&variant.ident, fields::conditions(&variant.attrs));
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

/// What the document has to know. Generators of clients read the variants' names from `x-enum-varnames`.
fn decorate(input: &mut DeriveInput, options: &Options, states_schema: bool, variants: &DataEnum) {
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
    if states_schema {
        added.push(parse_quote!(#[schemars(extend("x-purlin-strict" = true))]));
    }
    // Which of them there are is not known here where one has a condition.
    let all = || variants.variants.iter();
    if all().all(|variant| fields::conditions(&variant.attrs).is_empty()) {
        let names = all().map(|variant| variant.ident.unraw().to_string());
        added.push(parse_quote!(#[schemars(extend("x-enum-varnames" = [#(#names),*]))]));
    }
    added.append(&mut input.attrs);
    input.attrs = added;
}
