//! The keywords that rules state, and how schemars is told of them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, parse_quote};

/// The keywords of a schema, and those of its items.
#[derive(Default)]
pub(super) struct Keywords {
    own: Vec<(&'static str, TokenStream)>,
    items: Option<Box<Keywords>>,
}

impl Keywords {
    /// Adds a keyword, unless it is there already.
    pub(super) fn add(&mut self, key: &'static str, value: TokenStream) -> bool {
        let is_new = self.own.iter().all(|(known, _)| *known != key);
        if is_new {
            self.own.push((key, value));
        }
        is_new
    }

    /// What is said of a list's items.
    pub(super) fn of_items(&mut self, keywords: Keywords) {
        self.items = Some(Box::new(keywords));
    }

    /// As attributes of a field.
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
            // schemars reads a macro call in any build, a closure only where some
            // other crate switches more of `syn` on.
            attributes.push(parse_quote! {
                #[schemars(transform = #check::verbatim!(|__schema: &mut #schemas::schemars::Schema| {
                    let __schema = __schema.ensure_object();
                    #inserts
                }))]
            });
        }
        attributes
    }

    /// Statements that put the keywords into the items of `__schema`.
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
