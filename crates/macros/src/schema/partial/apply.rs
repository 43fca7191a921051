//! Emits `apply_to`, which updates a value from a partial struct, field by field.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{DeriveInput, ext::IdentExt};

use super::PartialField;
use crate::schema::field_plan;

/// What a field of the partial struct does to the struct's.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// Nothing: it is never deserialized.
    None,
    /// It replaces the value.
    Always,
    /// A `Patch` in both: it replaces the value unless it is absent.
    UnlessAbsent,
    /// An `Option` of what the struct has.
    IfGiven,
    /// An `Option` of what the struct has in one.
    IfGivenToOption,
    /// A `Patch` of what the struct has in an `Option`.
    Patch { is_write_only: bool },
}

/// Returns `impl PartialStruct { fn apply_to(self, target: &mut Struct) }`.
pub(super) fn method(
    partial: &Ident,
    input: &DeriveInput,
    fields: &[PartialField],
    schemas: &TokenStream,
) -> TokenStream {
    let (name, visibility) = (&input.ident, &input.vis);
    let statements = fields.iter().map(|field| statement(field, schemas));
    let message = format!(
        "Updates the fields of the [`{}`] that are present here, and keeps the others.",
        name.unraw()
    );
    let conditions = field_plan::conditions(&input.attrs);
    quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #partial {
            #[doc = #message]
            #[allow(dead_code, unused_variables, reason = "not every program calls it")]
            #visibility fn apply_to(self, target: &mut #name) {
                #(#statements)*
            }
        }
    }
}

fn statement(partial: &PartialField, schemas: &TokenStream) -> TokenStream {
    let field = &partial.field.ident;
    let conditions = field_plan::conditions(&partial.field.attrs);
    let given = |value: TokenStream| {
        quote! {
            if let ::std::option::Option::Some(__value) = self.#field {
                target.#field = #value;
            }
        }
    };
    let statement = match partial.change {
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
