//! The options of `#[schema(…)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Token, parse::Parser, punctuated::Punctuated};

use super::partial::Partial;
use crate::{crate_path, diagnostics::Diagnostics};

const NO_OPTION: &str = "unknown option: the options are `request`, `response`, `by_value`, `partial = Name`, `rename = \"…\"`, `unknown_fields = \"ignore\"` and `crate = \"…\"`";

pub(super) struct Options {
    pub(super) reads: bool,
    pub(super) writes: bool,
    /// The variants of an enum are serialized as integers.
    pub(super) by_value: bool,
    pub(super) rename: Option<LitStr>,
    pub(super) partial: Option<Partial>,
    /// The option by which unknown fields are ignored instead of rejected.
    pub(super) ignores_unknown: Option<Meta>,
    /// The path of `purlin-schemas`.
    pub(super) schemas: TokenStream,
}

impl Options {
    pub(super) fn read(arguments: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
        let metas = parser
            .parse2(arguments)
            .map_err(|error| syn::Error::new(error.span(), NO_OPTION));
        let metas = diagnostics.capture(metas).unwrap_or_default();
        let mut options = Self {
            reads: true,
            writes: true,
            by_value: false,
            rename: None,
            partial: None,
            ignores_unknown: None,
            schemas: TokenStream::new(),
        };
        let mut seen: Vec<String> = Vec::new();
        for meta in metas {
            let key = meta.path().get_ident().map(Ident::to_string);
            if let Some(key) = &key {
                if seen.contains(key) {
                    diagnostics.push(&meta, format!("duplicate option `{key}`"));
                }
                seen.push(key.clone());
            }
            options.set(key.as_deref(), &meta, diagnostics);
        }
        if !options.reads && !options.writes {
            diagnostics.push_at(Span::call_site(), "write `#[schema]` for both directions");
            (options.reads, options.writes) = (true, true);
        }
        if options.schemas.is_empty() {
            options.schemas = crate_path::schemas();
        }
        options
    }

    /// Returns the options of the partial struct: the same directions and its own name.
    pub(super) fn of_partial(&self) -> Self {
        Self {
            reads: self.reads,
            writes: self.writes,
            by_value: false,
            rename: None,
            partial: None,
            ignores_unknown: self.ignores_unknown.clone(),
            schemas: self.schemas.clone(),
        }
    }

    fn set(&mut self, key: Option<&str>, meta: &Meta, diagnostics: &mut Diagnostics) {
        match (key, meta) {
            (Some("request"), Meta::Path(_)) => self.writes = false,
            (Some("response"), Meta::Path(_)) => self.reads = false,
            (Some("by_value"), Meta::Path(_)) => self.by_value = true,
            (Some("partial"), _) => self.partial = Partial::read(meta, diagnostics),
            (Some("rename"), Meta::NameValue(pair)) => {
                let Some(name) = text(&pair.value) else {
                    return diagnostics.push(
                        &pair.value,
                        "write the name as a string literal: `rename = \"Name\"`",
                    );
                };
                self.rename = Some(name.clone());
            }
            (Some("unknown_fields"), Meta::NameValue(pair)) => {
                match text(&pair.value).map(LitStr::value).as_deref() {
                    Some("ignore") => self.ignores_unknown = Some(meta.clone()),
                    Some("reject") => {}
                    _ => diagnostics.push(
                        &pair.value,
                        "write `\"ignore\"` or `\"reject\"`, the default; a `#[serde(flatten)]` map of texts or values collects unknown fields",
                    ),
                }
            }
            (Some("crate"), Meta::NameValue(pair)) => match text(&pair.value) {
                Some(path) => {
                    if let Some(path) = diagnostics.capture(path.parse::<syn::Path>()) {
                        self.schemas = path.to_token_stream();
                    }
                }
                None => diagnostics.push(
                    &pair.value,
                    "write the path as a string literal: `crate = \"path\"`",
                ),
            },
            _ => diagnostics.push(meta, NO_OPTION),
        }
    }
}

fn text(value: &Expr) -> Option<&LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        _ => None,
    }
}
