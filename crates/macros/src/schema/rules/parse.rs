//! How rules are written.

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

    /// Reads integer literals as floats, for a field that is one.
    pub(super) fn make_floats(&mut self) {
        self.min.iter_mut().for_each(make_float);
        self.max.iter_mut().for_each(make_float);
    }

    /// Whether no value is within them, as far as literals tell.
    pub(super) fn are_crossed(&self) -> bool {
        let number = |bound: &Option<Expr>| bound.as_ref().and_then(number);
        matches!((number(&self.min), number(&self.max)), (Some(min), Some(max)) if min > max)
    }
}

/// The bound as a literal that stands on its own: an integer without a suffix
/// would be an `i32` where only the document looks at it. Nothing for what is no
/// literal, and for integers no field can hold.
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

/// Where a literal stands, for one that is not written there as it is meant:
/// what looks at how literals are written passes it over.
fn written_span(number: &LitInt) -> Span {
    number.span().resolved_at(Span::call_site())
}

/// An integer literal as the float it stands for.
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
