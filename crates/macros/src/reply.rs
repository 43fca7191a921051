//! `derive(Reply)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Token, Variant, punctuated::Punctuated};

use crate::{
    api_error::{reject_on_enum, status_of},
    crate_path,
    diagnostics::Diagnostics,
    doc::Doc,
};

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let router = crate_path::router();
    let (describes, arms) = match &input.data {
        Data::Enum(data) => {
            reject_on_enum(&input.attrs, &mut diagnostics);
            variants(&data.variants, &router, &mut diagnostics)
        }
        _ => {
            diagnostics.push(
                &input.ident,
                "`derive(Reply)` is for enums; to return a struct as JSON, declare it with `#[schema(response)]` and return `Json<T>`",
            );
            (
                TokenStream::new(),
                quote!(_ => #router::__private::empty_response(200),),
            )
        }
    };
    let errors = diagnostics.into_compile_errors();
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

/// Returns the statements that describe the variants, and the match arms that render them.
fn variants(
    variants: &Punctuated<Variant, Token![,]>,
    router: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> (TokenStream, TokenStream) {
    let mut describes = TokenStream::new();
    let mut arms = TokenStream::new();
    for variant in variants {
        let (describe, arm) = variant_of(variant, router, diagnostics).unwrap_or_else(|| {
            // A placeholder, so that no follow-up errors are reported.
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
    diagnostics: &mut Diagnostics,
) -> Option<(TokenStream, TokenStream)> {
    let name = &variant.ident;
    let status = variant.attrs.iter().find(|a| a.path().is_ident("status"));
    match &variant.fields {
        Fields::Unit => {
            if status.is_none() {
                diagnostics.push(
                    name,
                    "a variant without a reply needs a status: `#[status(204)]`",
                );
                return None;
            }
            let status = status_of(&variant.attrs, "an empty reply", 200..=399, diagnostics)?;
            let Some(status) = status.number else {
                diagnostics.push(
                    name,
                    "a variant without a reply cannot be transparent: write the status, `#[status(204)]`",
                );
                return None;
            };
            let message = Doc::of(&variant.attrs)
                .summary
                .map_or_else(|| "Done.".to_owned(), |message| format!("{message}."));
            Some((
                quote!(__describe.__alternative(|__describe| __describe.response(#status, #message));),
                quote!(Self::#name => #router::__private::empty_response(#status),),
            ))
        }
        fields if fields.len() == 1 => {
            if let Some(status) = status {
                diagnostics.push(
                    status,
                    "the reply in this variant sets the status: remove this",
                );
            }
            let ty: Vec<_> = fields.iter().map(|field| &field.ty).collect();
            let pattern = match fields {
                Fields::Named(named) => {
                    let field = named.named.iter().map(|field| &field.ident);
                    quote!(Self::#name { #(#field: __reply)* })
                }
                _ => quote!(Self::#name(__reply)),
            };
            Some((
                quote!(#(__describe.__alternative(<#ty as #router::Reply>::describe);)*),
                quote!(#pattern => #(<#ty as #router::Reply>::reply(__reply, __context))*,),
            ))
        }
        _ => {
            diagnostics.push(
                name,
                "a variant has one field, the reply, or none and `#[status(204)]`",
            );
            None
        }
    }
}
