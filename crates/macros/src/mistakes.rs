//! Collects mistakes, so that all of them are reported.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

#[derive(Default)]
pub(crate) struct Mistakes(Vec<syn::Error>);

impl Mistakes {
    /// A mistake, shown at the tokens that make it.
    pub(crate) fn add(&mut self, at: impl ToTokens, words: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(at, words));
    }

    pub(crate) fn add_at(&mut self, span: Span, words: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, words));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// The value, or its mistake kept.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}
