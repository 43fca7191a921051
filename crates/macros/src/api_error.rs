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
    allowed: RangeInclusive<u16>,
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
        .and_then(|number| number.base10_parse::<u16>());
    match number {
        Ok(number) if allowed.contains(&number) => Some(Status {
            number: Some(number),
        }),
        Ok(number) => {
            mistakes.add(
                attribute,
                format!(
                    "{number} is no status from {} to {}",
                    allowed.start(),
                    allowed.end()
                ),
            );
            None
        }
        Err(_) => {
            mistakes.add(attribute, "write the status as a number: `#[status(404)]`");
            None
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
    outcomes: TokenStream,
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
    let router = crate_path::router();
    let arms: Vec<Arms> = failures
        .iter()
        .filter_map(|failure| arms(failure, &router, &mut mistakes))
        .collect();
    if !mistakes.is_empty() {
        return mistakes.into_tokens();
    }
    let outcomes = arms.iter().map(|arm| &arm.outcomes);
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
        #[automatically_derived]
        impl #generics #router::ApiError for #name #of #wheres {
            fn outcomes() -> ::std::vec::Vec<#router::Outcome> {
                let mut outcomes = ::std::vec::Vec::new();
                #(#outcomes)*
                outcomes
            }

            fn status(&self) -> #router::__private::actix_web::http::StatusCode {
                match #subject { #(#statuses)* }
            }

            fn code(&self) -> &'static str {
                match #subject { #(#codes)* }
            }
        }

        #[automatically_derived]
        impl #generics #router::__private::actix_web::ResponseError for #name #of #wheres {
            fn status_code(&self) -> #router::__private::actix_web::http::StatusCode {
                #router::ApiError::status(self)
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
        fields,
    } = failure;
    if !attributes.iter().any(|a| a.path().is_ident("status")) {
        mistakes.add(
            name,
            "say which status this failure is answered with: `#[status(404)]`, or `#[status(transparent)]` when its one field is such a failure",
        );
        return None;
    }
    let status = status_of(attributes, 400..=599, mistakes)?;
    let code = code_of(attributes, mistakes);
    let Some(number) = status.number else {
        return transparent(failure, code.is_some(), router, mistakes);
    };
    let code = code.unwrap_or_else(|| snake_case(&name.to_string()));
    let description = Doc::of(attributes)
        .summary
        .or_else(|| display_text(attributes))
        .unwrap_or_else(|| words(name));
    let description = format!("{}.", description.trim_end_matches('.'));
    let pattern = match fields {
        Fields::Unit => quote!(#pattern),
        _ => quote!(#pattern { .. }),
    };
    Some(Arms {
        outcomes: quote! {
            outcomes.push(#router::Outcome::new(#number, #code, #description));
        },
        status: quote!(#pattern => #router::__private::status(#number),),
        code: quote!(#pattern => #code,),
    })
}

fn transparent(
    failure: &Failure<'_>,
    has_code: bool,
    router: &TokenStream,
    mistakes: &mut Mistakes,
) -> Option<Arms> {
    let Failure {
        pattern,
        name,
        fields,
        ..
    } = failure;
    if has_code {
        mistakes.add(name, "a transparent failure has the code of the one inside");
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
        Some(field) => quote!(#pattern { #field: inner }),
        None => quote!(#pattern(inner)),
    };
    Some(Arms {
        outcomes: quote! {
            outcomes.extend(<#kind as #router::ApiError>::outcomes());
        },
        status: quote!(#pattern => #router::ApiError::status(inner),),
        code: quote!(#pattern => #router::ApiError::code(inner),),
    })
}

fn code_of(attributes: &[Attribute], mistakes: &mut Mistakes) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.path().is_ident("code"))?;
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
