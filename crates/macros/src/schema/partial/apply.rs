//! `apply_to`: what a twin changes of a value, field by field.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{DeriveInput, ext::IdentExt};

use super::Made;
use crate::schema::fields;

/// What a field of the twin does to the struct's.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// Nothing: it is never read.
    None,
    /// It takes its place.
    Always,
    /// A `Patch` in both: it takes its place where it was given.
    UnlessAbsent,
    /// An `Option` of what the struct has.
    IfGiven,
    /// An `Option` of what the struct has in one.
    IfGivenToOption,
    /// A `Patch` of what the struct has in an `Option`.
    Patch { is_write_only: bool },
}

/// `impl Twin { fn apply_to(self, target: &mut Struct) }`
pub(super) fn method(
    twin: &Ident,
    input: &DeriveInput,
    made: &[Made],
    schemas: &TokenStream,
) -> TokenStream {
    let (name, visibility) = (&input.ident, &input.vis);
    let statements = made.iter().map(|made| statement(made, schemas));
    let words = format!(
        "Changes what was given; what was left out of the [`{}`] stays as it is.",
        name.unraw()
    );
    let conditions = fields::conditions(&input.attrs);
    quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #twin {
            #[doc = #words]
            #[allow(dead_code, unused_variables, reason = "not every program changes values like this")]
            #visibility fn apply_to(self, target: &mut #name) {
                #(#statements)*
            }
        }
    }
}

fn statement(made: &Made, schemas: &TokenStream) -> TokenStream {
    let field = &made.field.ident;
    let conditions = fields::conditions(&made.field.attrs);
    let given = |value: TokenStream| {
        quote! {
            if let ::std::option::Option::Some(__value) = self.#field {
                target.#field = #value;
            }
        }
    };
    let statement = match made.change {
        Change::None => return TokenStream::new(),
        Change::Always => quote!(target.#field = self.#field;),
        Change::UnlessAbsent => quote! {
            if !self.#field.is_absent() {
                target.#field = self.#field;
            }
        },
        Change::IfGiven => given(quote!(__value)),
        Change::IfGivenToOption => given(quote!(::std::option::Option::Some(__value))),
        Change::Patch {
            is_write_only: false,
        } => quote!(self.#field.apply_to(&mut target.#field);),
        Change::Patch {
            is_write_only: true,
        } => quote! {
            if let ::std::option::Option::Some(__value) = self.#field.into_option_option() {
                target.#field = #schemas::WriteOnly(__value.map(|__value| __value.into_inner()));
            }
        },
    };
    quote!(#(#conditions)* { #statement })
}
