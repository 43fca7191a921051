//! The rules of `#[garde(…)]`: each becomes a call of a check and a keyword of
//! the schema. `parse.rs` parses rules, `pattern.rs` checks regular expressions,
//! `keywords.rs` writes the attributes of schemars, and `optional.rs` adapts
//! rules to the optional fields of partial structs.

mod keywords;
mod optional;
mod parse;
mod pattern;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, Expr, ExprLit, Lit, LitStr, Token, Type, parse::Parser, punctuated::Punctuated,
};

use super::types::{Holds, argument, holds, innermost, inside_option, last_segment};
use crate::diagnostics::Diagnostics;
use keywords::Keywords;
pub(super) use optional::{are_required, for_optional_field};
use parse::{Bounds, Rule, json_literal};

/// The rules of one field.
#[derive(Default)]
pub(super) struct Rules {
    /// Statements over `__value`, `__at` and `__report`.
    pub(super) checks: TokenStream,
    /// The attributes of schemars that add the keywords.
    pub(super) attributes: Vec<Attribute>,
    /// The field is an `Option` that must be present.
    pub(super) is_required: bool,
    /// There is no rule other than `skip` and `dive`.
    pub(super) is_empty: bool,
    /// There is a rule that the document states by a keyword.
    pub(super) has_keywords: bool,
}

/// Reads the `#[garde]` attributes of a field.
pub(super) fn read(
    attributes: &[Attribute],
    ty: &Type,
    schemas: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Rules {
    let mut rules = Vec::new();
    for attribute in attributes {
        let parsed = attribute.parse_args_with(Punctuated::<Rule, Token![,]>::parse_terminated);
        rules.extend(diagnostics.capture(parsed).into_iter().flatten());
    }
    let mut writer = Writer::new(schemas, ty, diagnostics);
    writer.rules(&rules);
    let Writer {
        checks,
        keywords,
        is_required,
        ..
    } = writer;
    Rules {
        checks,
        is_empty: rules
            .iter()
            .all(|rule| rule.name == "skip" || rule.name == "dive"),
        has_keywords: !keywords.is_empty(),
        attributes: keywords.into_attributes(schemas, is_required),
        is_required,
    }
}

struct Writer<'w> {
    check: TokenStream,
    schemas: &'w TokenStream,
    ty: &'w Type,
    checks: TokenStream,
    keywords: Keywords,
    is_required: bool,
    is_inner: bool,
    diagnostics: &'w mut Diagnostics,
}

impl<'w> Writer<'w> {
    fn new(schemas: &'w TokenStream, ty: &'w Type, diagnostics: &'w mut Diagnostics) -> Self {
        Self {
            check: quote!(#schemas::__private::check),
            schemas,
            ty,
            checks: TokenStream::new(),
            keywords: Keywords::default(),
            is_required: false,
            is_inner: false,
            diagnostics,
        }
    }

    fn rules(&mut self, rules: &[Rule]) {
        for (index, rule) in rules.iter().enumerate() {
            let is_duplicate = |earlier: &Rule| earlier.name == rule.name && rule.name != "custom";
            if rules[..index].iter().any(is_duplicate) {
                let message = format!("duplicate rule `{}`", rule.name);
                self.diagnostics.push(rule, message);
            } else {
                self.rule(rule);
            }
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let arguments = rule.arguments();
        let name = rule.name.to_string();
        let takes_arguments = match name.as_str() {
            "skip" | "dive" | "ascii" | "email" | "url" | "ip" | "ipv4" | "ipv6" | "required" => {
                false
            }
            "length" | "range" | "pattern" | "prefix" | "suffix" | "contains" | "custom"
            | "inner" => true,
            _ => return self.unknown(rule, &name),
        };
        if takes_arguments == arguments.is_empty() {
            let message = if takes_arguments {
                format!("`{name}` needs arguments, for example `{}`", example(&name))
            } else {
                format!("`{name}` takes no arguments")
            };
            return self.diagnostics.push(rule, message);
        }
        match name.as_str() {
            "length" => self.length(rule, arguments),
            "range" => self.range(rule, arguments),
            "pattern" => self.pattern(rule, arguments),
            "prefix" | "suffix" | "contains" => self.part(rule, arguments),
            "ascii" => self.fixed_pattern(
                rule,
                &quote!(::core::primitive::str::is_ascii),
                "^[\\x00-\\x7F]*$",
            ),
            "url" => self.format(rule, "uri"),
            "email" | "ipv4" | "ipv6" => self.format(rule, &name),
            "ip" => self.ip(rule),
            "required" => self.required(rule),
            "custom" => self.call(rule, |check, span| {
                quote_spanned! {span=>
                    #check::custom((#arguments)(__value, &()), __at, __report);
                }
            }),
            "inner" => self.inner(rule, arguments),
            // Nested values are always checked.
            _ => {}
        }
    }

    fn unknown(&mut self, rule: &Rule, name: &str) {
        let message = match name {
            "alphanumeric" => {
                "regular expression dialects disagree on Unicode letters and digits: use `pattern(\"^[0-9A-Za-z]*$\")`"
            }
            "matches" => {
                "JSON Schema cannot compare two fields: use `custom(…)` and describe the rule in the doc comment"
            }
            "credit_card" | "phone_number" => {
                "JSON Schema has no keyword for this rule: use `pattern(\"…\")`, or `custom(…)` and describe the rule in the doc comment"
            }
            _ => {
                "unknown rule: the rules are `length`, `range`, `pattern`, `email`, `url`, `ip`, `ipv4`, `ipv6`, `prefix`, `suffix`, `contains`, `ascii`, `required`, `inner` and `custom`"
            }
        };
        self.diagnostics.push(rule, message);
    }

    /// Adds a check; compiler errors in it are reported at the rule.
    fn call(&mut self, rule: &Rule, write: impl FnOnce(&TokenStream, Span) -> TokenStream) {
        let span = rule.name.span().resolved_at(Span::call_site());
        let check = self.check.clone().into_iter().map(|mut token| {
            token.set_span(span);
            token
        });
        self.checks.extend(write(&check.collect(), span));
    }

    fn keyword(&mut self, rule: &Rule, key: &'static str, value: TokenStream) {
        if !self.keywords.add(key, value) {
            let message = match key {
                "pattern" => {
                    "a schema has only one `pattern`: combine the rules into one `pattern(\"…\")`"
                        .to_owned()
                }
                _ => format!("another rule already sets `{key}`"),
            };
            self.diagnostics.push(rule, message);
        }
    }

    fn length(&mut self, rule: &Rule, arguments: TokenStream) {
        let Some(bounds) = self.bounds(rule, arguments) else {
            return;
        };
        let mode = bounds.mode.as_ref().map(ToString::to_string);
        let (function, low, high) = match (mode.as_deref(), holds(self.ty)) {
            (Some("bytes" | "graphemes" | "utf16"), _) => {
                return self.diagnostics.push(
                    &bounds.mode,
                    "OpenAPI counts characters: write `length(chars, …)`",
                );
            }
            (Some("chars"), Holds::Text | Holds::Unknown)
            | (None | Some("simple"), Holds::Text) => ("length_chars", "minLength", "maxLength"),
            (Some("chars"), _) => {
                return self.diagnostics.push(
                    &bounds.mode,
                    "only strings have characters: write `length(…)`",
                );
            }
            (None | Some("simple"), Holds::List) => ("length_items", "minItems", "maxItems"),
            (None | Some("simple"), Holds::Map) => {
                ("length_properties", "minProperties", "maxProperties")
            }
            (None | Some("simple"), Holds::Unknown) => {
                return self.diagnostics.push(
                    rule,
                    "the macro does not recognize this type as a string, list or map: write `length(chars, …)` for a string, or use `Vec`, `HashMap` or a similar type",
                );
            }
            (Some(_), _) => {
                return self.diagnostics.push(
                    &bounds.mode,
                    "unknown length mode: remove it, or write `chars`",
                );
            }
        };
        let value = |check: &TokenStream, bound: &Expr| match json_literal(bound) {
            Some(literal) => quote!(#literal),
            None => quote!(#check::size(#bound)),
        };
        self.limits(rule, function, &bounds, (low, high), value);
    }

    fn range(&mut self, rule: &Rule, arguments: TokenStream) {
        let Some(mut bounds) = self.bounds(rule, arguments) else {
            return;
        };
        let name = last_segment(innermost(self.ty));
        if matches!(name.as_deref(), Some("f32" | "f64")) {
            bounds.make_floats();
        }
        if let Some(mode) = &bounds.mode {
            self.diagnostics
                .push(mode, "unknown argument: use `min`, `max` or `equal`");
        }
        let ty = self.ty;
        let value = |check: &TokenStream, bound: &Expr| match json_literal(bound) {
            Some(literal) => quote!(#literal),
            // As a macro call it is one expression to schemars, even if the type contains commas.
            None => quote!(#check::verbatim!(#check::limit::<#ty>(#bound))),
        };
        self.limits(rule, "range", &bounds, ("minimum", "maximum"), value);
        if name.as_deref() == Some("f32") {
            // Numbers just beyond the limit are rounded to it by the conversion to `f32`.
            self.keywords.add("x-purlin-strict", quote!(true));
        }
    }

    fn bounds(&mut self, rule: &Rule, arguments: TokenStream) -> Option<Bounds> {
        let bounds = self.diagnostics.capture(syn::parse2::<Bounds>(arguments))?;
        if bounds.are_missing() {
            let name = rule.name.to_string();
            let message = format!("`{name}` needs arguments, for example `{}`", example(&name));
            self.diagnostics.push(rule, message);
        }
        if bounds.are_crossed() {
            self.diagnostics
                .push(rule, "no value is valid: `min` is greater than `max`");
        }
        Some(bounds)
    }

    fn limits(
        &mut self,
        rule: &Rule,
        function: &str,
        bounds: &Bounds,
        (low, high): (&'static str, &'static str),
        value: impl Fn(&TokenStream, &Expr) -> TokenStream,
    ) {
        self.call(rule, |check, span| {
            let function = Ident::new(function, span);
            let min = option(bounds.min.as_ref(), span);
            let max = option(bounds.max.as_ref(), span);
            quote_spanned!(span=> #check::#function(__value, #min, #max, __at, __report);)
        });
        if let Some(min) = &bounds.min {
            self.keyword(rule, low, value(&self.check, min));
        }
        if let Some(max) = &bounds.max {
            self.keyword(rule, high, value(&self.check, max));
        }
    }

    fn pattern(&mut self, rule: &Rule, arguments: TokenStream) {
        match syn::parse2::<Expr>(arguments) {
            Ok(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => {
                pattern::reject_ambiguous(&text, self.diagnostics);
                self.call(rule, |check, span| {
                    quote_spanned! {span=> {
                        static __PATTERN: ::std::sync::LazyLock<
                            ::std::option::Option<#check::Regex>,
                        > = ::std::sync::LazyLock::new(|| #check::compile(#text));
                        if let ::std::option::Option::Some(__pattern) = &*__PATTERN {
                            #check::pattern(__value, __pattern, __at, __report);
                        }
                    }}
                });
                self.keyword(rule, "pattern", quote!(#text));
            }
            Ok(Expr::Path(path)) => {
                self.call(
                    rule,
                    |check, span| quote_spanned!(span=> #check::pattern(__value, &#path, __at, __report);),
                );
                self.keyword(rule, "pattern", quote!(#path.as_str()));
            }
            _ => self.diagnostics.push(
                rule,
                "write the pattern as a string literal, or name a static `Regex`",
            ),
        }
    }

    fn part(&mut self, rule: &Rule, arguments: TokenStream) {
        let Ok(part) = syn::parse2::<LitStr>(arguments) else {
            let message = format!(
                "write the argument as a string literal: `{}(\"…\")`",
                rule.name
            );
            return self.diagnostics.push(rule, message);
        };
        let escaped = pattern::escape(&part.value());
        let (test, pattern) = match rule.name.to_string().as_str() {
            "prefix" => (
                quote!(|__text: &::core::primitive::str| __text.starts_with(#part)),
                format!("^{escaped}"),
            ),
            "suffix" => (
                quote!(|__text: &::core::primitive::str| __text.ends_with(#part)),
                format!("{escaped}$"),
            ),
            _ => (
                quote!(|__text: &::core::primitive::str| __text.contains(#part)),
                escaped,
            ),
        };
        self.fixed_pattern(rule, &test, &pattern);
    }

    fn fixed_pattern(&mut self, rule: &Rule, test: &TokenStream, pattern: &str) {
        self.call(
            rule,
            |check, span| quote_spanned!(span=> #check::pattern_by(__value, #test, #pattern, __at, __report);),
        );
        self.keyword(rule, "pattern", quote!(#pattern));
    }

    fn format(&mut self, rule: &Rule, format: &str) {
        self.call(
            rule,
            |check, span| quote_spanned!(span=> #check::format(__value, #format, __at, __report);),
        );
        self.keyword(rule, "format", quote!(#format));
    }

    /// Adds `anyOf`, since JSON Schema has no format for IP addresses of either version.
    fn ip(&mut self, rule: &Rule) {
        self.call(
            rule,
            |check, span| quote_spanned!(span=> #check::format(__value, "ip", __at, __report);),
        );
        let versions = quote!([{ "format": "ipv4" }, { "format": "ipv6" }]);
        self.keyword(rule, "anyOf", versions);
    }

    fn required(&mut self, rule: &Rule) {
        if self.is_inner || inside_option(self.ty).is_none() {
            return self.diagnostics.push(
                rule,
                "`required` is for fields of type `Option`; other fields are already required",
            );
        }
        self.is_required = true;
        self.call(
            rule,
            |check, span| quote_spanned!(span=> #check::required(__value, __at, __report);),
        );
    }

    fn inner(&mut self, rule: &Rule, arguments: TokenStream) {
        let parser = Punctuated::<Rule, Token![,]>::parse_terminated;
        let Some(rules) = self.diagnostics.capture(parser.parse2(arguments)) else {
            return;
        };
        let rules: Vec<Rule> = rules.into_iter().collect();
        let item = match holds(self.ty) {
            Holds::List => argument(innermost(self.ty)),
            _ => None,
        };
        let Some(item) = item else {
            return self.diagnostics.push(
                rule,
                "`inner` is for the items of lists such as `Vec<T>`; for the values of a map, declare a type with its own rules",
            );
        };
        let mut inner = Writer {
            is_inner: true,
            ..Writer::new(self.schemas, item, self.diagnostics)
        };
        inner.rules(&rules);
        let Writer {
            checks, keywords, ..
        } = inner;
        self.keywords.of_items(keywords);
        self.call(rule, |check, span| {
            quote_spanned! {span=>
                #check::inner(__value, __at, __report, |__value, __at, __report| { #checks });
            }
        });
    }
}

fn option(bound: Option<&Expr>, span: Span) -> TokenStream {
    match bound {
        Some(bound) => quote_spanned!(span=> ::std::option::Option::Some(#bound)),
        None => quote_spanned!(span=> ::std::option::Option::None),
    }
}

/// Returns an example of a rule that takes arguments.
fn example(name: &str) -> &'static str {
    match name {
        "length" => "length(min = 1, max = 80)",
        "range" => "range(min = 0, max = 150)",
        "pattern" => "pattern(\"^[a-z]+$\")",
        "prefix" => "prefix(\"https://\")",
        "suffix" => "suffix(\".png\")",
        "contains" => "contains(\"@\")",
        "inner" => "inner(length(min = 1))",
        _ => "custom(function)",
    }
}
