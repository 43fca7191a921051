//! Collects mistakes, so that all of them are reported.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// What is wrong with an item.
#[derive(Default)]
pub(crate) struct Mistakes {
    errors: Vec<syn::Error>,
    is_grave: bool,
}

impl Mistakes {
    /// A mistake, shown at the tokens that make it. What is written for the item
    /// still compiles, so that nothing else is reported because of it.
    pub(crate) fn add(&mut self, at: impl ToTokens, words: impl std::fmt::Display) {
        self.errors.push(syn::Error::new_spanned(at, words));
    }

    pub(crate) fn add_at(&mut self, span: Span, words: impl std::fmt::Display) {
        self.errors.push(syn::Error::new(span, words));
    }

    /// A mistake that leaves only the bare item to be emitted.
    pub(crate) fn add_grave(&mut self, at: impl ToTokens, words: impl std::fmt::Display) {
        self.is_grave = true;
        self.add(at, words);
    }

    /// The value, or its mistake kept.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// The value, or its mistake kept as a grave one.
    pub(crate) fn keep_grave<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        self.is_grave |= result.is_err();
        self.keep(result)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    /// Whether nothing but the bare item can be emitted.
    pub(crate) fn is_grave(&self) -> bool {
        self.is_grave
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        self.errors
            .iter()
            .map(syn::Error::to_compile_error)
            .collect()
    }
}
