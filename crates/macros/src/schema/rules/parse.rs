//! How rules are written.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, ExprUnary, Lit, Token, UnOp, parenthesized,
    parse::{Parse, ParseStream},
    token::Paren,
};

/// `length(min = 1, max = 80)`
pub(super) struct Rule {
    pub(super) name: Ident,
    /// With their parentheses, so that a mistake is shown at the whole rule.
    arguments: Option<(Paren, TokenStream)>,
}

impl Rule {
    /// What stands in parentheses; nothing where there are none.
    pub(super) fn arguments(&self) -> TokenStream {
        self.arguments
            .as_ref()
            .map(|(_, arguments)| arguments.clone())
            .unwrap_or_default()
    }
}

impl Parse for Rule {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        if input.peek(Token![=]) {
            let words = format!("what a rule says stands in parentheses: `{name}(…)`");
            return Err(input.error(words));
        }
        let arguments = if input.peek(Paren) {
            let inside;
            let parentheses = parenthesized!(inside in input);
            Some((parentheses, inside.parse()?))
        } else {
            None
        };
        Ok(Self { name, arguments })
    }
}

impl ToTokens for Rule {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        if let Some((parentheses, arguments)) = &self.arguments {
            parentheses.surround(tokens, |tokens| tokens.extend(arguments.clone()));
        }
    }
}

/// `chars, min = 1, max = 80`
#[derive(Default)]
pub(super) struct Bounds {
    pub(super) mode: Option<Ident>,
    pub(super) min: Option<Expr>,
    pub(super) max: Option<Expr>,
}

impl Parse for Bounds {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut bounds = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse().map_err(|error| {
                let words = "write the limits as `min = …`, `max = …` or `equal = …`";
                syn::Error::new(error.span(), words)
            })?;
            let twice = || syn::Error::new(key.span(), format!("`{key}` is said already"));
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                let value: Expr = input.parse()?;
                let word = key.to_string();
                if !["min", "max", "equal"].contains(&word.as_str()) {
                    let words = "there are `min`, `max` and `equal`";
                    return Err(syn::Error::new(key.span(), words));
                }
                if word != "max" && bounds.min.replace(value.clone()).is_some() {
                    return Err(twice());
                }
                if word != "min" && bounds.max.replace(value).is_some() {
                    return Err(twice());
                }
            } else if bounds.mode.is_none() {
                bounds.mode = Some(key);
            } else {
                return Err(twice());
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(bounds)
    }
}

impl Bounds {
    /// Whether nothing is bounded.
    pub(super) fn are_missing(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// Whether no value is within them, as far as literals tell.
    pub(super) fn are_crossed(&self) -> bool {
        let number = |bound: &Option<Expr>| bound.as_ref().and_then(number);
        matches!((number(&self.min), number(&self.max)), (Some(min), Some(max)) if min > max)
    }
}

/// The number a literal stands for.
fn number(value: &Expr) -> Option<f64> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(number) => number.base10_parse().ok(),
            Lit::Float(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => number(expr).map(|number| -number),
        _ => None,
    }
}
