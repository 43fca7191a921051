//! What `#[schema(…)]` says.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Token, parse::Parser, punctuated::Punctuated};

use super::partial::Partial;
use crate::{crate_path, mistakes::Mistakes};

const NO_OPTION: &str = "not an option: there are `request`, `response`, `by_value`, `partial = Name`, `rename = \"…\"` and `crate = \"…\"`";

pub(super) struct Options {
    pub(super) reads: bool,
    pub(super) writes: bool,
    /// An enum is the integers it is declared with.
    pub(super) by_value: bool,
    pub(super) rename: Option<LitStr>,
    pub(super) partial: Option<Partial>,
    /// The path of `purlin-schemas`.
    pub(super) schemas: TokenStream,
}

impl Options {
    pub(super) fn read(arguments: TokenStream, mistakes: &mut Mistakes) -> Self {
        let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
        let metas = parser
            .parse2(arguments)
            .map_err(|error| syn::Error::new(error.span(), NO_OPTION));
        let metas = mistakes.keep(metas).unwrap_or_default();
        let mut options = Self {
            reads: true,
            writes: true,
            by_value: false,
            rename: None,
            partial: None,
            schemas: TokenStream::new(),
        };
        let mut seen: Vec<String> = Vec::new();
        for meta in metas {
            let key = meta.path().get_ident().map(Ident::to_string);
            if let Some(key) = &key {
                if seen.contains(key) {
                    mistakes.add(&meta, format!("`{key}` is given twice"));
                }
                seen.push(key.clone());
            }
            options.set(key.as_deref(), &meta, mistakes);
        }
        if !options.reads && !options.writes {
            mistakes.add_at(
                Span::call_site(),
                "a schema for both directions is plain `#[schema]`",
            );
            (options.reads, options.writes) = (true, true);
        }
        if options.schemas.is_empty() {
            options.schemas = crate_path::schemas();
        }
        options
    }

    /// Those of the twin: the same directions, and a name of its own.
    pub(super) fn of_twin(&self) -> Self {
        Self {
            reads: self.reads,
            writes: self.writes,
            by_value: false,
            rename: None,
            partial: None,
            schemas: self.schemas.clone(),
        }
    }

    fn set(&mut self, key: Option<&str>, meta: &Meta, mistakes: &mut Mistakes) {
        match (key, meta) {
            (Some("request"), Meta::Path(_)) => self.writes = false,
            (Some("response"), Meta::Path(_)) => self.reads = false,
            (Some("by_value"), Meta::Path(_)) => self.by_value = true,
            (Some("partial"), _) => self.partial = Partial::read(meta, mistakes),
            (Some("rename"), Meta::NameValue(pair)) => {
                let Some(name) = text(&pair.value) else {
                    return mistakes
                        .add(&pair.value, "write the name as a text: `rename = \"Name\"`");
                };
                self.rename = Some(name.clone());
            }
            (Some("crate"), Meta::NameValue(pair)) => match text(&pair.value) {
                Some(path) => {
                    if let Some(path) = mistakes.keep(path.parse::<syn::Path>()) {
                        self.schemas = path.to_token_stream();
                    }
                }
                None => mistakes.add(&pair.value, "write the path as a text: `crate = \"path\"`"),
            },
            _ => mistakes.add(meta, NO_OPTION),
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
