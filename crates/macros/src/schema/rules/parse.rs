//! Parses rules.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, ExprUnary, Lit, LitFloat, LitInt, Token, UnOp, parenthesized,
    parse::{Parse, ParseStream},
    parse_quote,
    token::Paren,
};

/// `length(min = 1, max = 80)`
pub(super) struct Rule {
    pub(super) name: Ident,
    /// With their parentheses, so that an error is reported at the whole rule.
    arguments: Option<(Paren, TokenStream)>,
}

impl Rule {
    /// Returns the tokens in parentheses, or nothing without parentheses.
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
            let message = format!("write the arguments of a rule in parentheses: `{name}(…)`");
            return Err(input.error(message));
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
                let message = "write the limits as `min = …`, `max = …` or `equal = …`";
                syn::Error::new(error.span(), message)
            })?;
            let twice = || syn::Error::new(key.span(), format!("`{key}` is already set"));
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                let value: Expr = input.parse()?;
                let word = key.to_string();
                if !["min", "max", "equal"].contains(&word.as_str()) {
                    let message = "unknown argument: use `min`, `max` or `equal`";
                    return Err(syn::Error::new(key.span(), message));
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
    /// Returns whether neither bound is set.
    pub(super) fn are_missing(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// Turns integer literals into float literals, for fields of a float type.
    pub(super) fn make_floats(&mut self) {
        self.min.iter_mut().for_each(make_float);
        self.max.iter_mut().for_each(make_float);
    }

    /// Returns whether both bounds are literals that no value is between.
    pub(super) fn are_crossed(&self) -> bool {
        let number = |bound: &Option<Expr>| bound.as_ref().and_then(number);
        matches!((number(&self.min), number(&self.max)), (Some(min), Some(max)) if min > max)
    }
}

/// Returns the bound as a literal with a suffix: an integer without one would be
/// an `i32` in the document's code. Returns nothing for other expressions and for
/// integers beyond 64 bits.
pub(super) fn json_literal(bound: &Expr) -> Option<Expr> {
    match bound {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(number) if number.suffix().is_empty() => {
                number.base10_parse::<u64>().ok()?;
                Some(with_suffix(number, "u64"))
            }
            Lit::Int(_) | Lit::Float(_) => Some(bound.clone()),
            _ => None,
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match &**expr {
            Expr::Lit(ExprLit {
                lit: Lit::Int(number),
                ..
            }) if number.suffix().is_empty() => {
                format!("-{}", number.base10_digits()).parse::<i64>().ok()?;
                let number = with_suffix(number, "i64");
                Some(parse_quote!(-#number))
            }
            Expr::Lit(ExprLit {
                lit: Lit::Int(_) | Lit::Float(_),
                ..
            }) => Some(bound.clone()),
            _ => None,
        },
        Expr::Group(group) => json_literal(&group.expr),
        Expr::Paren(inside) => json_literal(&inside.expr),
        _ => None,
    }
}

fn with_suffix(number: &LitInt, suffix: &str) -> Expr {
    let text = format!("{}{suffix}", number.base10_digits());
    let literal = LitInt::new(&text, written_span(number));
    parse_quote!(#literal)
}

/// Returns the span of a literal for one that replaces it; lints on how literals
/// are written ignore it.
fn written_span(number: &LitInt) -> Span {
    number.span().resolved_at(Span::call_site())
}

/// Turns an integer literal into a float literal.
fn make_float(bound: &mut Expr) {
    match bound {
        Expr::Lit(ExprLit { lit, .. }) => {
            if let Lit::Int(number) = lit
                && number.suffix().is_empty()
            {
                let float = format!("{}.0", number.base10_digits());
                *lit = Lit::Float(LitFloat::new(&float, written_span(number)));
            }
        }
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => make_float(expr),
        Expr::Group(group) => make_float(&mut group.expr),
        Expr::Paren(inside) => make_float(&mut inside.expr),
        _ => {}
    }
}

/// Returns the value of a numeric literal.
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
