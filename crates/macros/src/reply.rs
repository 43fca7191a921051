//! `derive(Reply)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Token, Variant, punctuated::Punctuated};

use crate::{
    api_error::{refuse_on_enum, status_of},
    crate_path,
    doc::Doc,
    mistakes::Mistakes,
};

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut mistakes = Mistakes::default();
    let router = crate_path::router();
    let (describes, arms) = match &input.data {
        Data::Enum(data) => {
            refuse_on_enum(&input.attrs, &mut mistakes);
            outcomes(&data.variants, &router, &mut mistakes)
        }
        _ => {
            mistakes.add(
                &input.ident,
                "`derive(Reply)` is for enums with one outcome a variant; a struct that is answered as JSON is a `#[schema(response)]` in `Json<T>`",
            );
            (
                TokenStream::new(),
                quote!(_ => #router::__private::empty_response(200),),
            )
        }
    };
    let errors = mistakes.into_tokens();
    let name = &input.ident;
    let (generics, of, wheres) = input.generics.split_for_impl();
    quote! {
        #errors

        #[automatically_derived]
        impl #generics #router::Reply for #name #of #wheres {
            fn describe(__describe: &mut #router::OperationBuilder<'_>) {
                #describes
            }

            fn reply(
                self,
                __context: &#router::Context<'_>,
            ) -> #router::__private::actix_web::HttpResponse {
                match self { #arms }
            }
        }

        #[automatically_derived]
        impl #generics #router::__private::actix_web::Responder for #name #of #wheres {
            type Body = #router::__private::actix_web::body::BoxBody;

            fn respond_to(
                self,
                __request: &#router::__private::actix_web::HttpRequest,
            ) -> #router::__private::actix_web::HttpResponse {
                #router::Reply::reply(self, &#router::Context::of(__request))
            }
        }
    }
}

/// What the variants say of themselves, and what they answer.
fn outcomes(
    variants: &Punctuated<Variant, Token![,]>,
    router: &TokenStream,
    mistakes: &mut Mistakes,
) -> (TokenStream, TokenStream) {
    let mut describes = TokenStream::new();
    let mut arms = TokenStream::new();
    for variant in variants {
        let (describe, arm) = variant_of(variant, router, mistakes).unwrap_or_else(|| {
            // With a mistake, so that nothing else is reported because of it.
            let name = &variant.ident;
            let arm = quote!(Self::#name { .. } => #router::__private::empty_response(200),);
            (TokenStream::new(), arm)
        });
        describes.extend(describe);
        arms.extend(arm);
    }
    (describes, arms)
}

fn variant_of(
    variant: &Variant,
    router: &TokenStream,
    mistakes: &mut Mistakes,
) -> Option<(TokenStream, TokenStream)> {
    let name = &variant.ident;
    let status = variant.attrs.iter().find(|a| a.path().is_ident("status"));
    match &variant.fields {
        Fields::Unit => {
            if status.is_none() {
                mistakes.add(
                    name,
                    "a variant without a reply in it says its status: `#[status(204)]`",
                );
                return None;
            }
            let status = status_of(&variant.attrs, "an empty reply", 200..=399, mistakes)?;
            let Some(status) = status.number else {
                mistakes.add(
                    name,
                    "there is no reply in it to ask: write the status, `#[status(204)]`",
                );
                return None;
            };
            let words = Doc::of(&variant.attrs)
                .summary
                .map_or_else(|| "Done.".to_owned(), |words| format!("{words}."));
            Some((
                quote!(__describe.response(#status, #words);),
                quote!(Self::#name => #router::__private::empty_response(#status),),
            ))
        }
        fields if fields.len() == 1 => {
            if let Some(status) = status {
                mistakes.add(
                    status,
                    "the reply in this variant has its status already: take this out",
                );
            }
            let kind: Vec<_> = fields.iter().map(|field| &field.ty).collect();
            let pattern = match fields {
                Fields::Named(named) => {
                    let field = named.named.iter().map(|field| &field.ident);
                    quote!(Self::#name { #(#field: __reply)* })
                }
                _ => quote!(Self::#name(__reply)),
            };
            Some((
                quote!(#(<#kind as #router::Reply>::describe(__describe);)*),
                quote!(#pattern => #(<#kind as #router::Reply>::reply(__reply, __context))*,),
            ))
        }
        _ => {
            mistakes.add(
                name,
                "a variant holds one reply, or none and `#[status(204)]`",
            );
            None
        }
    }
}
