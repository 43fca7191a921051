//! The keywords of rules, and the schemars attributes that add them to a schema.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, parse_quote};

/// The keywords of a schema and of its items.
#[derive(Default)]
pub(super) struct Keywords {
    own: Vec<(&'static str, TokenStream)>,
    items: Option<Box<Keywords>>,
}

impl Keywords {
    /// Adds a keyword. Returns whether it was absent before.
    pub(super) fn add(&mut self, key: &'static str, value: TokenStream) -> bool {
        let is_new = self.own.iter().all(|(known, _)| *known != key);
        if is_new {
            self.own.push((key, value));
        }
        is_new
    }

    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty() && self.items.is_none()
    }

    /// Sets the keywords of a list's items.
    pub(super) fn of_items(&mut self, keywords: Keywords) {
        self.items = Some(Box::new(keywords));
    }

    /// Returns the attributes of a field that add the keywords.
    pub(super) fn into_attributes(
        self,
        schemas: &TokenStream,
        is_required: bool,
    ) -> Vec<Attribute> {
        let mut attributes: Vec<Attribute> = Vec::new();
        if is_required {
            attributes.push(parse_quote!(#[schemars(required)]));
        }
        if !self.own.is_empty() {
            let pairs = self.own.iter().map(|(key, value)| quote!(#key = #value));
            attributes.push(parse_quote!(#[schemars(extend(#(#pairs),*))]));
        }
        if let Some(items) = self.items {
            let check = quote!(#schemas::__private::check);
            let inserts = items.inserts(&check);
            // schemars always parses a macro call, a closure only where another crate
            // enables `syn/full`.
            attributes.push(parse_quote! {
                #[schemars(transform = #check::verbatim!(|__schema: &mut #schemas::schemars::Schema| {
                    let __schema = __schema.ensure_object();
                    #inserts
                }))]
            });
        }
        attributes
    }

    /// Returns statements that add the keywords to the items of `__schema`.
    fn inserts(&self, check: &TokenStream) -> TokenStream {
        let own = self.own.iter().map(|(key, value)| {
            // `insert!` takes what `extend` takes.
            quote!(#check::insert!(__schema, #key = #value);)
        });
        let items = self.items.as_ref().map(|items| items.inserts(check));
        quote! {
            if let ::std::option::Option::Some(__schema) = #check::items(__schema) {
                #(#own)*
                #items
            }
        }
    }
}
