//! Collects errors, so that a macro reports all of them at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors in an item.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Vec<syn::Error>,
    is_fatal: bool,
}

impl Diagnostics {
    /// Adds an error at the tokens that cause it. What is emitted for the item must
    /// compile nevertheless, so that no follow-up errors are reported.
    pub(crate) fn push(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new_spanned(at, message));
    }

    /// Adds an error at a span.
    pub(crate) fn push_at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new(span, message));
    }

    /// Adds an error after which the item must be emitted without its derives.
    pub(crate) fn push_fatal(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.is_fatal = true;
        self.push(at, message);
    }

    /// Returns the value, or adds the error.
    pub(crate) fn capture<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// Returns the value, or adds the error as a fatal one.
    pub(crate) fn capture_fatal<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        self.is_fatal |= result.is_err();
        self.capture(result)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    /// Returns whether the item must be emitted without its derives.
    pub(crate) fn is_fatal(&self) -> bool {
        self.is_fatal
    }

    /// Returns the errors as invocations of `compile_error!`.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.errors
            .iter()
            .map(syn::Error::to_compile_error)
            .collect()
    }
}
