//! `derive(ApiError)`.

use std::ops::RangeInclusive;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitInt, LitStr, Type};

use crate::{
    crate_path,
    doc::{Doc, snake_case},
    mistakes::Mistakes,
};

/// `#[status(…)]`
pub(crate) struct Status {
    /// `None`: transparent.
    pub(crate) number: Option<u16>,
}

/// Reads `#[status(404)]` or `#[status(transparent)]`.
pub(crate) fn status_of(
    attributes: &[Attribute],
    what: &str,
    allowed: RangeInclusive<u32>,
    mistakes: &mut Mistakes,
) -> Option<Status> {
    let mut found = attributes.iter().filter(|a| a.path().is_ident("status"));
    let attribute = found.next()?;
    if let Some(second) = found.next() {
        mistakes.add(second, "one status is enough");
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
            mistakes.add(
                attribute,
                format!("{what} has a status from {least} to {most}"),
            );
            None
        }
        Err(_) => {
            let example = allowed.start();
            mistakes.add(
                attribute,
                format!("write the status as a number: `#[status({example})]`"),
            );
            None
        }
    }
}

/// An enum has no status of its own.
pub(crate) fn refuse_on_enum(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for attribute in attributes {
        if attribute.path().is_ident("status") || attribute.path().is_ident("code") {
            mistakes.add(attribute, "it stands on each variant, not on the enum");
        }
    }
}

/// One failure: a variant, or the whole struct.
struct Failure<'i> {
    pattern: TokenStream,
    attributes: &'i [Attribute],
    name: &'i Ident,
    fields: &'i Fields,
}

struct Arms {
    responses: TokenStream,
    status: TokenStream,
    code: TokenStream,
}

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let failures: Vec<Failure<'_>> = match &input.data {
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let name = &variant.ident;
                Failure {
                    pattern: quote!(Self::#name),
                    attributes: &variant.attrs,
                    name,
                    fields: &variant.fields,
                }
            })
            .collect(),
        Data::Struct(data) => vec![Failure {
            pattern: quote!(Self),
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
    let mut mistakes = Mistakes::default();
    if let Data::Enum(_) = &input.data {
        refuse_on_enum(&input.attrs, &mut mistakes);
    }
    let router = crate_path::router();
    let arms: Vec<Arms> = failures
        .iter()
        .map(|failure| {
            arms(failure, &router, &mut mistakes).unwrap_or_else(|| stand_in(failure, &router))
        })
        .collect();
    let errors = mistakes.into_tokens();
    let responses = arms.iter().map(|arm| &arm.responses);
    let statuses = arms.iter().map(|arm| &arm.status);
    let codes = arms.iter().map(|arm| &arm.code);
    // An enum without variants: a reference to it is matched by nothing.
    let subject = if arms.is_empty() {
        quote!(*self)
    } else {
        quote!(self)
    };
    let name = &input.ident;
    let (generics, of, wheres) = input.generics.split_for_impl();
    quote! {
        #errors

        #[automatically_derived]
        impl #generics #router::ApiError for #name #of #wheres {
            fn responses() -> ::std::vec::Vec<#router::__private::ErrorResponse> {
                let mut __outcomes = ::std::vec::Vec::new();
                #(#responses)*
                __outcomes
            }

            fn status(&self) -> #router::__private::actix_web::http::StatusCode {
                match #subject { #(#statuses)* }
            }

            fn code(&self) -> &'static ::core::primitive::str {
                match #subject { #(#codes)* }
            }
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

fn arms(failure: &Failure<'_>, router: &TokenStream, mistakes: &mut Mistakes) -> Option<Arms> {
    let Failure {
        pattern,
        attributes,
        name,
        ..
    } = failure;
    if !attributes.iter().any(|a| a.path().is_ident("status")) {
        mistakes.add(
            name,
            "say which status this failure is answered with: `#[status(404)]`, or `#[status(transparent)]` when its one field is such a failure",
        );
        return None;
    }
    let code = code_of(attributes, mistakes);
    let status = status_of(attributes, "a failure", 400..=599, mistakes)?;
    let Some(number) = status.number else {
        return transparent(failure, router, mistakes);
    };
    let code = code.unwrap_or_else(|| snake_case(&name.to_string()));
    let description = Doc::of(attributes)
        .summary
        .or_else(|| display_text(attributes))
        .unwrap_or_else(|| words(name));
    let description = format!("{}.", description.trim_end_matches('.'));
    Some(Arms {
        responses: quote! {
            __outcomes.push(#router::__private::ErrorResponse::new(#number, #code, #description));
        },
        status: quote!(#pattern { .. } => #router::__private::status(#number),),
        code: quote!(#pattern { .. } => #code,),
    })
}

/// What is written for a failure with a mistake, so that nothing else is
/// reported because of it.
fn stand_in(failure: &Failure<'_>, router: &TokenStream) -> Arms {
    let pattern = &failure.pattern;
    Arms {
        responses: TokenStream::new(),
        status: quote!(#pattern { .. } => #router::__private::status(500),),
        code: quote!(#pattern { .. } => "",),
    }
}

fn transparent(
    failure: &Failure<'_>,
    router: &TokenStream,
    mistakes: &mut Mistakes,
) -> Option<Arms> {
    let Failure {
        pattern,
        attributes,
        name,
        fields,
    } = failure;
    if let Some(code) = attributes.iter().find(|a| a.path().is_ident("code")) {
        mistakes.add(
            code,
            "a transparent failure has the code of the one inside: take this out",
        );
    }
    let mut inside = fields.iter();
    let (Some(field), None) = (inside.next(), inside.next()) else {
        mistakes.add(
            name,
            "a transparent failure has one field, the failure that speaks for it",
        );
        return None;
    };
    let kind: &Type = &field.ty;
    let pattern = match &field.ident {
        Some(field) => quote!(#pattern { #field: __inner }),
        None => quote!(#pattern(__inner)),
    };
    Some(Arms {
        responses: quote! {
            __outcomes.extend(<#kind as #router::ApiError>::responses());
        },
        status: quote!(#pattern => <#kind as #router::ApiError>::status(__inner),),
        code: quote!(#pattern => <#kind as #router::ApiError>::code(__inner),),
    })
}

fn code_of(attributes: &[Attribute], mistakes: &mut Mistakes) -> Option<String> {
    let mut found = attributes.iter().filter(|a| a.path().is_ident("code"));
    let attribute = found.next()?;
    if let Some(second) = found.next() {
        mistakes.add(second, "one code is enough");
    }
    let Ok(code) = attribute.parse_args::<LitStr>() else {
        mistakes.add(
            attribute,
            "write the code as a text: `#[code(\"todo_not_found\")]`",
        );
        return None;
    };
    let text = code.value();
    let is_snake_case = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_snake_case {
        mistakes.add(&code, "a code is in snake case: `todo_not_found`");
    }
    Some(text)
}

/// The text of `#[error("…")]`, when it says the same of every failure.
fn display_text(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.path().is_ident("error"))?;
    let text = attribute.parse_args::<LitStr>().ok()?.value();
    (!text.contains('{')).then_some(text)
}

/// `NotFound` as `Not found`.
fn words(name: &Ident) -> String {
    let text = snake_case(&name.to_string()).replace('_', " ");
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}
