//! `derive(Reply)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Variant};

use crate::{api_error::status_of, crate_path, doc::Doc, mistakes::Mistakes};

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let Data::Enum(data) = &input.data else {
        return syn::Error::new_spanned(
            &input.ident,
            "`derive(Reply)` is for enums with one outcome a variant; a struct that is answered as JSON is a `#[schema(response)]` in `Json<T>`",
        )
        .to_compile_error();
    };
    let mut mistakes = Mistakes::default();
    let router = crate_path::router();
    let mut describes = TokenStream::new();
    let mut arms = TokenStream::new();
    for variant in &data.variants {
        if let Some((describe, arm)) = variant_of(variant, &router, &mut mistakes) {
            describes.extend(describe);
            arms.extend(arm);
        }
    }
    if !mistakes.is_empty() {
        return mistakes.into_tokens();
    }
    let name = &input.ident;
    let (generics, of, wheres) = input.generics.split_for_impl();
    let arms = if data.variants.is_empty() {
        quote!(match self {})
    } else {
        quote!(match self { #arms })
    };
    quote! {
        #[automatically_derived]
        impl #generics #router::Reply for #name #of #wheres {
            fn describe(describe: &mut #router::Describe<'_>) {
                #describes
            }

            fn reply(
                self,
                context: &#router::Context<'_>,
            ) -> #router::__private::actix_web::HttpResponse {
                #arms
            }
        }

        #[automatically_derived]
        impl #generics #router::__private::actix_web::Responder for #name #of #wheres {
            type Body = #router::__private::actix_web::body::BoxBody;

            fn respond_to(
                self,
                request: &#router::__private::actix_web::HttpRequest,
            ) -> #router::__private::actix_web::HttpResponse {
                #router::Reply::reply(self, &#router::Context::of(request))
            }
        }
    }
}

fn variant_of(
    variant: &Variant,
    router: &TokenStream,
    mistakes: &mut Mistakes,
) -> Option<(TokenStream, TokenStream)> {
    let name = &variant.ident;
    let has_status = variant.attrs.iter().any(|a| a.path().is_ident("status"));
    match &variant.fields {
        Fields::Unit => {
            if !has_status {
                mistakes.add(
                    variant,
                    "a variant without a reply in it says its status: `#[status(204)]`",
                );
                return None;
            }
            let status = status_of(&variant.attrs, 200..=399, mistakes)?.number?;
            let words = Doc::of(&variant.attrs)
                .summary
                .map_or_else(|| "Done.".to_owned(), |words| format!("{words}."));
            Some((
                quote!(describe.response(#status, #words);),
                quote!(Self::#name => #router::__private::empty_response(#status),),
            ))
        }
        fields if fields.len() == 1 => {
            if has_status {
                mistakes.add(variant, "the reply in this variant has its status already");
            }
            let kind = fields.iter().map(|field| &field.ty);
            let pattern = match fields {
                Fields::Named(named) => {
                    let field = named.named.iter().map(|field| &field.ident);
                    quote!(Self::#name { #(#field: reply)* })
                }
                _ => quote!(Self::#name(reply)),
            };
            Some((
                quote!(#(<#kind as #router::Reply>::describe(describe);)*),
                quote!(#pattern => #router::Reply::reply(reply, context),),
            ))
        }
        _ => {
            mistakes.add(
                variant,
                "a variant holds one reply, or none and `#[status(204)]`",
            );
            None
        }
    }
}
