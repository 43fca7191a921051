//! What a variant of an error carries: fields that are headers of the response or members of its body.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Field, Fields, Index, LitStr, Member, Meta, ext::IdentExt, spanned::Spanned};

use crate::{diagnostics::Diagnostics, doc::Doc};

/// The fields of a variant that are sent beside its message.
#[derive(Default)]
pub(crate) struct Carried {
    headers: Vec<CarriedField>,
    members: Vec<CarriedField>,
}

struct CarriedField {
    field: Member,
    ty: syn::Type,
    name: String,
    description: String,
}

/// Fields of a response that the server writes itself.
const RESERVED: [&str; 7] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "transfer-encoding",
    "www-authenticate",
];

/// Returns the first attribute on a field that makes it a header or a member.
pub(crate) fn attribute_of(fields: &Fields) -> Option<&Attribute> {
    let attributes = fields.iter().flat_map(|field| &field.attrs);
    let mut carried =
        attributes.filter(|attribute| is(attribute, "header") || is(attribute, "member"));
    carried.next()
}

fn is(attribute: &Attribute, name: &str) -> bool {
    attribute.path().is_ident(name)
}

impl Carried {
    pub(crate) fn of(fields: &Fields, diagnostics: &mut Diagnostics) -> Self {
        let mut carried = Self::default();
        for (index, field) in fields.iter().enumerate() {
            for attribute in &field.attrs {
                let (list, name) = if is(attribute, "header") {
                    (&mut carried.headers, header(attribute, diagnostics))
                } else if is(attribute, "member") {
                    (&mut carried.members, member(attribute, field, diagnostics))
                } else {
                    continue;
                };
                let Some(name) = name else { continue };
                if list
                    .iter()
                    .any(|known| known.name.eq_ignore_ascii_case(&name))
                {
                    diagnostics.push(attribute, format!("`{name}` is sent already: remove one"));
                    continue;
                }
                list.push(CarriedField {
                    field: match &field.ident {
                        Some(ident) => Member::Named(ident.clone()),
                        None => Member::Unnamed(Index::from(index)),
                    },
                    ty: field.ty.clone(),
                    name,
                    description: Doc::of(&field.attrs)
                        .summary
                        .map(|text| format!("{text}."))
                        .unwrap_or_default(),
                });
            }
        }
        carried
    }

    /// Returns the statements that declare them on the `ErrorResponse` of the name `__response`.
    pub(crate) fn declared(&self, router: &TokenStream) -> TokenStream {
        let statements = |fields: &[CarriedField], function: &str| -> TokenStream {
            let statements = fields.iter().map(|carried| {
                let CarriedField {
                    ty,
                    name,
                    description,
                    ..
                } = carried;
                let function = format_ident!("{function}");
                quote! {
                    let __response =
                        #router::__private::#function::<#ty>(__response, #name, #description);
                }
            });
            statements.collect()
        };
        let headers = statements(&self.headers, "typed_header");
        let members = statements(&self.members, "member");
        quote!(#headers #members)
    }

    /// Returns the match arm with the headers, if there are any.
    pub(crate) fn headers(
        &self,
        pattern: &TokenStream,
        router: &TokenStream,
    ) -> Option<TokenStream> {
        arm(
            &self.headers,
            pattern,
            &quote!(#router::__private::Headers),
            "into_vec",
        )
    }

    /// Returns the match arm with the members, if there are any.
    pub(crate) fn members(
        &self,
        pattern: &TokenStream,
        router: &TokenStream,
    ) -> Option<TokenStream> {
        arm(
            &self.members,
            pattern,
            &quote!(#router::__private::Members),
            "into_map",
        )
    }
}

fn arm(
    fields: &[CarriedField],
    pattern: &TokenStream,
    collection: &TokenStream,
    finish: &str,
) -> Option<TokenStream> {
    if fields.is_empty() {
        return None;
    }
    // At the type of the field, which an error is about.
    let bindings = fields.iter().enumerate();
    let bindings: Vec<_> = bindings
        .map(|(index, carried)| format_ident!("__{index}", span = carried.ty.span()))
        .collect();
    let members = fields.iter().map(|carried| &carried.field);
    let calls = fields.iter().zip(&bindings).map(|(carried, binding)| {
        let name = &carried.name;
        quote_spanned!(carried.ty.span()=> .with(#name, #binding))
    });
    let finish = format_ident!("{finish}");
    Some(quote! {
        #pattern { #(#members: #bindings,)* .. } => {
            #collection::default() #(#calls)* .#finish()
        }
    })
}

/// Reads `#[header("Retry-After")]`.
fn header(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<String> {
    let Ok(name) = attribute.parse_args::<LitStr>() else {
        diagnostics.push(
            attribute,
            "write the name of the header as a string literal: `#[header(\"Retry-After\")]`",
        );
        return None;
    };
    let text = name.value();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if text.is_empty() || !text.bytes().all(is_part) {
        diagnostics.push(
            &name,
            "the name of a header consists of letters, digits and any of !#$%&'*+-.^_`|~ (RFC 9110 section 5.6.2)",
        );
        return None;
    }
    if RESERVED
        .iter()
        .any(|reserved| text.eq_ignore_ascii_case(reserved))
    {
        diagnostics.push(
            &name,
            "the server writes this header itself: remove the attribute",
        );
        return None;
    }
    Some(text)
}

/// Reads `#[member]` or `#[member("name")]`.
fn member(attribute: &Attribute, field: &Field, diagnostics: &mut Diagnostics) -> Option<String> {
    if let Meta::Path(_) = &attribute.meta {
        let name = field.ident.as_ref().map(|ident| ident.unraw().to_string());
        if name.is_none() {
            diagnostics.push(
                attribute,
                "name the member, as the field has no name: `#[member(\"limit\")]`",
            );
        }
        return name;
    }
    let name = attribute
        .parse_args::<LitStr>()
        .ok()
        .map(|name| name.value());
    if name.as_ref().is_none_or(String::is_empty) {
        diagnostics.push(
            attribute,
            "write `#[member]`, or the name of the member as a string literal: `#[member(\"limit\")]`",
        );
        return None;
    }
    name
}
