//! `derive(ApiError)`.

use std::ops::RangeInclusive;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitInt, LitStr, Type};

use crate::{
    carried::{self, Carried},
    crate_path,
    diagnostics::Diagnostics,
    doc::{Doc, snake_case},
};

/// `#[status(…)]`
pub(crate) struct Status {
    /// `None` for `transparent`.
    pub(crate) number: Option<u16>,
}

/// Reads `#[status(404)]` or `#[status(transparent)]`.
pub(crate) fn status_of(
    attributes: &[Attribute],
    what: &str,
    allowed: RangeInclusive<u32>,
    diagnostics: &mut Diagnostics,
) -> Option<Status> {
    let mut found = attributes.iter().filter(|a| a.path().is_ident("status"));
    let attribute = found.next()?;
    if let Some(second) = found.next() {
        diagnostics.push(second, "duplicate `#[status]`");
    }
    if let Ok(word) = attribute.parse_args::<Ident>()
        && word == "transparent"
    {
        return Some(Status { number: None });
    }
    let number = attribute
        .parse_args::<LitInt>()
        .and_then(|number| number.base10_parse::<u32>());
    match number {
        Ok(number) if allowed.contains(&number) => Some(Status {
            number: u16::try_from(number).ok(),
        }),
        Ok(_) => {
            let (least, most) = (allowed.start(), allowed.end());
            diagnostics.push(
                attribute,
                format!("the status of {what} must be from {least} to {most}"),
            );
            None
        }
        Err(_) => {
            let example = allowed.start();
            diagnostics.push(
                attribute,
                format!("write the status as a number: `#[status({example})]`"),
            );
            None
        }
    }
}

/// Rejects `#[status]` and `#[code]` on an enum itself.
pub(crate) fn reject_on_enum(attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    for attribute in attributes {
        if attribute.path().is_ident("status") || attribute.path().is_ident("code") {
            diagnostics.push(
                attribute,
                "this attribute belongs on each variant, not on the enum",
            );
        }
    }
}

/// Returns whether an enum has `#[status(transparent)]`, for its variants without a status; rejects other statuses there.
fn is_transparent_enum(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> bool {
    let is_transparent = |attribute: &Attribute| {
        attribute.path().is_ident("status")
            && attribute
                .parse_args::<Ident>()
                .is_ok_and(|word| word == "transparent")
    };
    let (transparent, others): (Vec<_>, Vec<_>) =
        attributes.iter().cloned().partition(is_transparent);
    reject_on_enum(&others, diagnostics);
    !transparent.is_empty()
}

/// A variant of an enum, or a whole struct.
struct Variant<'i> {
    pattern: TokenStream,
    /// Whether it is transparent unless it has a status.
    is_transparent_by_default: bool,
    attributes: &'i [Attribute],
    name: &'i Ident,
    fields: &'i Fields,
}

struct Arms {
    responses: TokenStream,
    status: TokenStream,
    code: TokenStream,
    /// `None` for a variant that carries nothing.
    members: Option<TokenStream>,
    headers: Option<TokenStream>,
    /// `None` for a variant that is not transparent.
    source: Option<TokenStream>,
    is_unexpected: Option<TokenStream>,
}

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let variants: Vec<Variant<'_>> = match &input.data {
        Data::Enum(data) => {
            let is_transparent_by_default = is_transparent_enum(&input.attrs, &mut diagnostics);
            data.variants
                .iter()
                .map(|variant| {
                    let name = &variant.ident;
                    Variant {
                        pattern: quote!(Self::#name),
                        is_transparent_by_default,
                        attributes: &variant.attrs,
                        name,
                        fields: &variant.fields,
                    }
                })
                .collect()
        }
        Data::Struct(data) => vec![Variant {
            pattern: quote!(Self),
            is_transparent_by_default: false,
            attributes: &input.attrs,
            name: &input.ident,
            fields: &data.fields,
        }],
        Data::Union(_) => {
            return syn::Error::new_spanned(
                &input.ident,
                "`derive(ApiError)` is for enums and structs",
            )
            .to_compile_error();
        }
    };
    let router = crate_path::router();
    let arms: Vec<Arms> = variants
        .iter()
        .map(|variant| {
            arms(variant, &router, &mut diagnostics)
                .unwrap_or_else(|| placeholder(variant, &router))
        })
        .collect();
    let errors = diagnostics.into_compile_errors();
    let responses = arms.iter().map(|arm| &arm.responses);
    let statuses = arms.iter().map(|arm| &arm.status);
    let codes = arms.iter().map(|arm| &arm.code);
    // A reference to an enum without variants cannot be matched exhaustively.
    let subject = if arms.is_empty() {
        quote!(*self)
    } else {
        quote!(self)
    };
    let rest = quote!(_ => ::core::default::Default::default(),);
    let overridden = |signature: TokenStream, of: fn(&Arms) -> &Option<TokenStream>| {
        let overriding: Vec<_> = arms.iter().filter_map(|arm| of(arm).as_ref()).collect();
        let rest = (overriding.len() < arms.len()).then_some(&rest);
        let body = quote!(#signature { match self { #(#overriding)* #rest } });
        (!overriding.is_empty()).then_some(body)
    };
    let private = quote!(#router::__private);
    let members = overridden(
        quote!(fn additional(&self) -> #private::serde_json::Map<::std::string::String, #private::serde_json::Value>),
        |arm| &arm.members,
    );
    let headers = overridden(
        quote! {
            fn headers(&self) -> ::std::vec::Vec<(
                #private::actix_web::http::header::HeaderName,
                #private::actix_web::http::header::HeaderValue,
            )>
        },
        |arm| &arm.headers,
    );
    let is_unexpected = overridden(
        quote!(fn is_unexpected(&self) -> ::core::primitive::bool),
        |arm| &arm.is_unexpected,
    );
    let name = &input.ident;
    let own_source = quote! {{
        use #private::NoSource as _;
        #private::Source(self).source_error()
    }};
    let sources = arms.iter().filter_map(|arm| arm.source.as_ref());
    let source = match arms.iter().filter(|arm| arm.source.is_some()).count() {
        0 => own_source,
        all if all == arms.len() => quote!(match self { #(#sources)* }),
        _ => quote!(match self { #(#sources)* _ => #own_source }),
    };
    let (generics, of, wheres) = input.generics.split_for_impl();
    quote! {
        #errors

        #[automatically_derived]
        impl #generics #router::ApiError for #name #of #wheres {
            fn responses() -> ::std::vec::Vec<#router::__private::ErrorResponse> {
                let mut __responses = ::std::vec::Vec::new();
                #(#responses)*
                __responses
            }

            fn status(&self) -> #router::__private::actix_web::http::StatusCode {
                match #subject { #(#statuses)* }
            }

            fn code(&self) -> &'static ::core::primitive::str {
                match #subject { #(#codes)* }
            }

            #members

            #headers

            fn source_error(
                &self,
            ) -> ::std::option::Option<&(dyn ::std::error::Error + 'static)> {
                #source
            }

            #is_unexpected
        }

        #[automatically_derived]
        impl #generics #router::__private::actix_web::ResponseError for #name #of #wheres {
            fn status_code(&self) -> #router::__private::actix_web::http::StatusCode {
                #router::__private::error_status(self)
            }

            fn error_response(&self) -> #router::__private::actix_web::HttpResponse {
                #router::__private::error_response(self)
            }
        }
    }
}

fn arms(
    variant: &Variant<'_>,
    router: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<Arms> {
    let Variant {
        pattern,
        is_transparent_by_default,
        attributes,
        name,
        fields,
    } = variant;
    if !attributes.iter().any(|a| a.path().is_ident("status")) {
        if *is_transparent_by_default {
            return transparent(variant, router, diagnostics);
        }
        diagnostics.push(
            name,
            "add the status of the response: `#[status(404)]`, or `#[status(transparent)]` to use the error in its only field",
        );
        return None;
    }
    let code = code_of(attributes, diagnostics);
    let status = status_of(attributes, "an error", 400..=599, diagnostics)?;
    let Some(number) = status.number else {
        return transparent(variant, router, diagnostics);
    };
    let carried = Carried::of(fields, diagnostics);
    let code = code.unwrap_or_else(|| snake_case(&name.to_string()));
    let description = Doc::of(attributes)
        .summary
        .or_else(|| display_text(attributes))
        .unwrap_or_else(|| sentence(name));
    let description = format!("{}.", description.trim_end_matches('.'));
    let declared = carried.declared(router);
    Some(Arms {
        responses: quote! {
            __responses.push({
                let __response = #router::__private::ErrorResponse::new(#number, #code, #description);
                #declared
                __response
            });
        },
        status: quote!(#pattern { .. } => #router::__private::status(#number),),
        code: quote!(#pattern { .. } => #code,),
        members: carried.members(pattern, router),
        headers: carried.headers(pattern, router),
        source: None,
        is_unexpected: None,
    })
}

/// Returns what is emitted for an invalid variant, so that no follow-up errors are
/// reported.
fn placeholder(variant: &Variant<'_>, router: &TokenStream) -> Arms {
    let pattern = &variant.pattern;
    Arms {
        responses: TokenStream::new(),
        status: quote!(#pattern { .. } => #router::__private::status(500),),
        code: quote!(#pattern { .. } => "",),
        members: None,
        headers: None,
        source: None,
        is_unexpected: None,
    }
}

fn transparent(
    variant: &Variant<'_>,
    router: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<Arms> {
    let Variant {
        pattern,
        attributes,
        name,
        fields,
        ..
    } = variant;
    if let Some(code) = attributes.iter().find(|a| a.path().is_ident("code")) {
        diagnostics.push(
            code,
            "a transparent variant uses the code of the error in it: remove this",
        );
    }
    if let Some(attribute) = carried::attribute_of(fields) {
        diagnostics.push(
            attribute,
            "a transparent variant sends what the error in it carries: remove this",
        );
    }
    let mut inside = fields.iter();
    let (Some(field), None) = (inside.next(), inside.next()) else {
        diagnostics.push(
            name,
            "a transparent variant has exactly one field, the error whose status and code it uses",
        );
        return None;
    };
    let ty: &Type = &field.ty;
    let pattern = match &field.ident {
        Some(field) => quote!(#pattern { #field: __inner }),
        None => quote!(#pattern(__inner)),
    };
    Some(Arms {
        responses: quote! {
            __responses.extend(<#ty as #router::ApiError>::responses());
        },
        status: quote!(#pattern => <#ty as #router::ApiError>::status(__inner),),
        code: quote!(#pattern => <#ty as #router::ApiError>::code(__inner),),
        members: Some(quote!(#pattern => <#ty as #router::ApiError>::additional(__inner),)),
        headers: Some(quote!(#pattern => <#ty as #router::ApiError>::headers(__inner),)),
        source: Some(quote!(#pattern => <#ty as #router::ApiError>::source_error(__inner),)),
        is_unexpected: Some(
            quote!(#pattern => <#ty as #router::ApiError>::is_unexpected(__inner),),
        ),
    })
}

fn code_of(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<String> {
    let mut found = attributes.iter().filter(|a| a.path().is_ident("code"));
    let attribute = found.next()?;
    if let Some(second) = found.next() {
        diagnostics.push(second, "duplicate `#[code]`");
    }
    let Ok(code) = attribute.parse_args::<LitStr>() else {
        diagnostics.push(
            attribute,
            "write the code as a string literal: `#[code(\"todo_not_found\")]`",
        );
        return None;
    };
    let text = code.value();
    let is_snake_case = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_snake_case {
        diagnostics.push(&code, "a code must be in snake case: `todo_not_found`");
    }
    Some(text)
}

/// Returns the text of `#[error("…")]`, if it is the same for every value.
fn display_text(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.path().is_ident("error"))?;
    let text = attribute.parse_args::<LitStr>().ok()?.value();
    (!text.contains('{')).then_some(text)
}

/// Turns `NotFound` into `Not found`.
fn sentence(name: &Ident) -> String {
    let text = snake_case(&name.to_string()).replace('_', " ");
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}
