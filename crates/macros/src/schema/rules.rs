//! The rules of `#[garde(…)]`: each becomes a call of a check and a keyword of
//! the schema.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Expr, ExprLit, Lit, LitStr, Token, Type, parenthesized,
    parse::{Parse, ParseStream},
    parse_quote,
    punctuated::Punctuated,
};

use super::fields::{argument, innermost, last_segment};
use crate::mistakes::Mistakes;

/// The rules of one field.
#[derive(Default)]
pub(super) struct Rules {
    /// Statements over `value`, `at` and `report`.
    pub(super) checks: TokenStream,
    /// What tells schemars.
    pub(super) attributes: Vec<Attribute>,
}

/// `length(min = 1, max = 80)`
struct Rule {
    name: Ident,
    arguments: Option<TokenStream>,
}

impl Parse for Rule {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        let arguments = if input.peek(syn::token::Paren) {
            let inside;
            parenthesized!(inside in input);
            Some(inside.parse()?)
        } else {
            None
        };
        Ok(Self { name, arguments })
    }
}

impl ToTokens for Rule {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        if let Some(arguments) = &self.arguments {
            tokens.extend(quote!((#arguments)));
        }
    }
}

/// `chars, min = 1, max = 80`
#[derive(Default)]
struct Bounds {
    mode: Option<Ident>,
    min: Option<Expr>,
    max: Option<Expr>,
}

impl Parse for Bounds {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut bounds = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                let value: Expr = input.parse()?;
                match key.to_string().as_str() {
                    "min" => bounds.min = Some(value),
                    "max" => bounds.max = Some(value),
                    "equal" => {
                        bounds.min = Some(value.clone());
                        bounds.max = Some(value);
                    }
                    _ => return Err(syn::Error::new(key.span(), "there are `min`, `max` and `equal`")),
                }
            } else {
                bounds.mode = Some(key);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(bounds)
    }
}

/// What a field holds, as far as its type's name tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    List,
    Map,
    Unknown,
}

fn holds(kind: &Type) -> Holds {
    match last_segment(innermost(kind)).as_deref() {
        Some("String" | "str" | "Cow") => Holds::Text,
        Some(
            "Vec" | "VecDeque" | "BTreeSet" | "HashSet" | "IndexSet" | "CommaSeparated" | "[]",
        ) => Holds::List,
        Some("HashMap" | "BTreeMap" | "IndexMap") => Holds::Map,
        _ => Holds::Unknown,
    }
}

/// Reads the `#[garde]` attributes of a field.
pub(super) fn read(
    attributes: &[Attribute],
    kind: &Type,
    schemas: &TokenStream,
    mistakes: &mut Mistakes,
) -> Rules {
    let mut rules = Vec::new();
    for attribute in attributes {
        let parsed =
            attribute.parse_args_with(Punctuated::<Rule, Token![,]>::parse_terminated);
        rules.extend(mistakes.keep(parsed).into_iter().flatten());
    }
    let mut writer = Writer {
        check: quote!(#schemas::__private::check),
        schemas,
        kind,
        checks: TokenStream::new(),
        schemars: Vec::new(),
        extend: Vec::new(),
        patterns: 0,
        mistakes,
    };
    for rule in &rules {
        writer.rule(rule);
    }
    let Writer {
        checks,
        schemars,
        extend,
        ..
    } = writer;
    let mut attributes: Vec<Attribute> = Vec::new();
    if !schemars.is_empty() {
        attributes.push(parse_quote!(#[schemars(#(#schemars),*)]));
    }
    if !extend.is_empty() {
        attributes.push(parse_quote!(#[schemars(extend(#(#extend),*))]));
    }
    Rules { checks, attributes }
}

struct Writer<'w> {
    check: TokenStream,
    schemas: &'w TokenStream,
    kind: &'w Type,
    checks: TokenStream,
    schemars: Vec<TokenStream>,
    extend: Vec<TokenStream>,
    /// How many rules want to be the one `pattern` a schema has.
    patterns: usize,
    mistakes: &'w mut Mistakes,
}

impl Writer<'_> {
    fn rule(&mut self, rule: &Rule) {
        let arguments = rule.arguments.clone().unwrap_or_default();
        match rule.name.to_string().as_str() {
            "skip" | "dive" => {}
            "length" => self.length(rule, arguments),
            "range" => self.range(arguments),
            "pattern" => self.pattern(rule, arguments),
            "prefix" | "suffix" | "contains" => self.part(rule, arguments),
            "ascii" => {
                let ascii = quote!(str::is_ascii);
                self.fixed_pattern(rule, &ascii, "^[\\x00-\\x7F]*$");
            }
            name @ ("email" | "url" | "ipv4" | "ipv6") => {
                let format = if name == "url" { "uri" } else { name };
                self.format(format);
                self.extend.push(quote!("format" = #format));
            }
            "ip" => {
                self.format("ip");
                let schemas = self.schemas;
                self.extend.push(quote! {
                    "anyOf" = #schemas::__private::serde_json::json!(
                        [{ "format": "ipv4" }, { "format": "ipv6" }]
                    )
                });
            }
            "required" => {
                let check = &self.check;
                self.checks
                    .extend(quote!(#check::required(value, at, report);));
                self.schemars.push(quote!(required));
            }
            "custom" => {
                let check = &self.check;
                self.checks.extend(quote! {
                    #check::custom((#arguments)(value, &()), at, report);
                });
            }
            "inner" => self.inner(rule, arguments),
            "alphanumeric" => self.mistakes.add(
                rule,
                "all of Unicode's letters and digits cannot be written as a pattern everybody reads alike: use `pattern(\"^[0-9A-Za-z]*$\")`",
            ),
            "matches" => self.mistakes.add(
                rule,
                "the document cannot compare two fields: use `custom(…)` and say the rule in the doc comment",
            ),
            _ => self.mistakes.add(
                rule,
                "not a rule the document can state: there are `length`, `range`, `pattern`, `email`, `url`, `ip`, `ipv4`, `ipv6`, `prefix`, `suffix`, `contains`, `ascii`, `required`, `inner` and, beyond the document, `custom`",
            ),
        }
    }

    fn length(&mut self, rule: &Rule, arguments: TokenStream) {
        let Some(bounds) = self.mistakes.keep(syn::parse2::<Bounds>(arguments)) else {
            return;
        };
        let mode = bounds.mode.as_ref().map(ToString::to_string);
        let function = match (mode.as_deref(), holds(self.kind)) {
            (Some("chars"), Holds::Text | Holds::Unknown) | (None | Some("simple"), Holds::Text) => {
                "length_chars"
            }
            (None | Some("simple"), Holds::List) => "length_items",
            (None | Some("simple"), Holds::Map) => "length_properties",
            (Some("bytes" | "graphemes" | "utf16"), _) => {
                self.mistakes.add(
                    &bounds.mode,
                    "OpenAPI counts characters: write `length(chars, …)`",
                );
                return;
            }
            (Some("chars"), _) => {
                self.mistakes
                    .add(&bounds.mode, "only text has characters: write `length(…)`");
                return;
            }
            (None | Some("simple"), Holds::Unknown) => {
                self.mistakes.add(
                    rule,
                    "it cannot be seen what is counted here: write `length(chars, …)` for text; lists and maps are `Vec`, `HashMap` and the like",
                );
                return;
            }
            (Some(_), _) => {
                self.mistakes.add(&bounds.mode, "there is `chars`");
                return;
            }
        };
        let (min, max) = (option(bounds.min.as_ref()), option(bounds.max.as_ref()));
        let check = &self.check;
        let name = Ident::new(function, rule.name.span());
        self.checks
            .extend(quote!(#check::#name(value, #min, #max, at, report);));
        let (low, high) = match function {
            "length_chars" => ("minLength", "maxLength"),
            "length_items" => ("minItems", "maxItems"),
            _ => ("minProperties", "maxProperties"),
        };
        if let Some(min) = &bounds.min {
            self.extend.push(quote!(#low = #min));
        }
        if let Some(max) = &bounds.max {
            self.extend.push(quote!(#high = #max));
        }
    }

    fn range(&mut self, arguments: TokenStream) {
        let Some(bounds) = self.mistakes.keep(syn::parse2::<Bounds>(arguments)) else {
            return;
        };
        if let Some(mode) = &bounds.mode {
            self.mistakes.add(mode, "there are `min`, `max` and `equal`");
        }
        let (min, max) = (option(bounds.min.as_ref()), option(bounds.max.as_ref()));
        let check = &self.check;
        self.checks
            .extend(quote!(#check::range(value, #min, #max, at, report);));
        if let Some(min) = &bounds.min {
            self.extend.push(quote!("minimum" = #min));
        }
        if let Some(max) = &bounds.max {
            self.extend.push(quote!("maximum" = #max));
        }
    }

    fn pattern(&mut self, rule: &Rule, arguments: TokenStream) {
        let check = self.check.clone();
        match syn::parse2::<Expr>(arguments.clone()) {
            Ok(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => {
                self.one_pattern(rule);
                ambiguous(&text, self.mistakes);
                self.checks.extend(quote! {
                    {
                        static PATTERN: ::std::sync::LazyLock<
                            ::std::option::Option<#check::Regex>,
                        > = ::std::sync::LazyLock::new(|| #check::compile(#text));
                        if let ::std::option::Option::Some(pattern) = &*PATTERN {
                            #check::pattern(value, pattern, at, report);
                        }
                    }
                });
                self.extend.push(quote!("pattern" = #text));
            }
            Ok(Expr::Path(path)) => {
                self.one_pattern(rule);
                self.checks
                    .extend(quote!(#check::pattern(value, &#path, at, report);));
                self.extend.push(quote!("pattern" = #path.as_str()));
            }
            _ => self.mistakes.add(
                rule,
                "write the pattern as a text, or name a static `Regex`",
            ),
        }
    }

    fn part(&mut self, rule: &Rule, arguments: TokenStream) {
        let Ok(part) = syn::parse2::<LitStr>(arguments) else {
            self.mistakes
                .add(rule, "write the part as a text: `prefix(\"ord-\")`");
            return;
        };
        let escaped = escape(&part.value());
        let (test, pattern) = match rule.name.to_string().as_str() {
            "prefix" => (
                quote!(|text: &str| text.starts_with(#part)),
                format!("^{escaped}"),
            ),
            "suffix" => (
                quote!(|text: &str| text.ends_with(#part)),
                format!("{escaped}$"),
            ),
            _ => (quote!(|text: &str| text.contains(#part)), escaped),
        };
        self.fixed_pattern(rule, &test, &pattern);
    }

    fn fixed_pattern(&mut self, rule: &Rule, test: &TokenStream, pattern: &str) {
        self.one_pattern(rule);
        let check = &self.check;
        self.checks
            .extend(quote!(#check::pattern_by(value, #test, #pattern, at, report);));
        self.extend.push(quote!("pattern" = #pattern));
    }

    fn one_pattern(&mut self, rule: &Rule) {
        self.patterns += 1;
        if self.patterns > 1 {
            self.mistakes.add(
                rule,
                "a schema has one pattern: say it all in one `pattern(\"…\")`",
            );
        }
    }

    fn format(&mut self, format: &str) {
        let check = &self.check;
        self.checks
            .extend(quote!(#check::format(value, #format, at, report);));
    }

    fn inner(&mut self, rule: &Rule, arguments: TokenStream) {
        let parser = Punctuated::<Rule, Token![,]>::parse_terminated;
        let Some(rules) = self
            .mistakes
            .keep(syn::parse::Parser::parse2(parser, arguments))
        else {
            return;
        };
        let Some(item) = argument(innermost(self.kind)) else {
            self.mistakes
                .add(rule, "`inner` is for lists: `Vec<T>` and the like");
            return;
        };
        let mut inner = Writer {
            check: self.check.clone(),
            schemas: self.schemas,
            kind: item,
            checks: TokenStream::new(),
            schemars: Vec::new(),
            extend: Vec::new(),
            patterns: 0,
            mistakes: self.mistakes,
        };
        for rule in &rules {
            inner.rule(rule);
        }
        let Writer {
            checks, extend, ..
        } = inner;
        let check = &self.check;
        self.checks.extend(quote! {
            #check::inner(value, at, report, |value, at, report| { #checks });
        });
        let schemas = self.schemas;
        let inserts = extend.iter().map(|pair| quote!(#check::insert!(items, #pair);));
        self.schemars.push(quote! {
            transform = |schema: &mut #schemas::schemars::Schema| {
                if let ::std::option::Option::Some(items) = #check::items(schema) {
                    #(#inserts)*
                }
            }
        });
    }
}

fn option(bound: Option<&Expr>) -> TokenStream {
    match bound {
        Some(bound) => quote!(::std::option::Option::Some(#bound)),
        None => quote!(::std::option::Option::None),
    }
}

/// What reads differently in Rust and in ECMA 262; the same list is checked
/// again, for patterns that are not literals, when the contract is built.
fn ambiguous(text: &LitStr, mistakes: &mut Mistakes) {
    let pattern = text.value().replace("\\\\", "");
    for (escape, mend) in [
        ("\\d", "[0-9]"),
        ("\\D", "[^0-9]"),
        ("\\w", "[A-Za-z0-9_]"),
        ("\\W", "[^A-Za-z0-9_]"),
        ("\\s", "the spaces you mean, such as [ \\t]"),
        ("\\S", "the spaces you mean, such as [^ \\t]"),
    ] {
        if pattern.contains(escape) {
            mistakes.add(
                text,
                format!(
                    "write {mend}: {escape} means all of Unicode here, and not the same to readers of the document"
                ),
            );
        }
    }
}

/// Text as a regular expression that matches it, in every dialect.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if "\\.+*?()|[]{}^$/".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
