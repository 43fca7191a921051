//! The settings of serde and schemars that their derives know. A derive that rejects one emits no implementation, so each
//! mistake is reported here, and the type still gets its implementations from `stub.rs`.

use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Lit, Meta, Token, punctuated::Punctuated,
};

use super::{names::RenameRule, schemars_attributes::On};
use crate::diagnostics::Diagnostics;

const OF_TYPES: [&str; 18] = [
    "rename",
    "rename_all",
    "rename_all_fields",
    "deny_unknown_fields",
    "tag",
    "content",
    "untagged",
    "bound",
    "default",
    "remote",
    "transparent",
    "from",
    "try_from",
    "into",
    "crate",
    "expecting",
    "variant_identifier",
    "field_identifier",
];

const OF_VARIANTS: [&str; 13] = [
    "rename",
    "rename_all",
    "untagged",
    "skip",
    "skip_serializing",
    "skip_deserializing",
    "serialize_with",
    "deserialize_with",
    "with",
    "bound",
    "borrow",
    "alias",
    "other",
];

const OF_FIELDS: [&str; 14] = [
    "rename",
    "default",
    "flatten",
    "skip",
    "skip_serializing",
    "skip_deserializing",
    "skip_serializing_if",
    "serialize_with",
    "deserialize_with",
    "with",
    "borrow",
    "bound",
    "getter",
    "alias",
];

/// What schemars knows beside the settings of serde and of validators.
const OF_SCHEMARS: [&str; 10] = [
    "with",
    "schema_with",
    "title",
    "description",
    "example",
    "extend",
    "transform",
    "inline",
    "bound",
    "crate",
];

/// Settings that serde knows and no schema has: each is rejected elsewhere, or has no use.
const UNUSED: [&str; 6] = ["alias", "borrow", "crate", "getter", "other", "remote"];

/// Reports settings that no derive knows, and those that serde cannot apply.
pub(super) fn check(input: &DeriveInput, diagnostics: &mut Diagnostics) {
    check_attributes(&input.attrs, On::Type, diagnostics);
    match &input.data {
        Data::Struct(data) => check_fields(&data.fields, diagnostics),
        Data::Enum(data) => {
            for variant in &data.variants {
                check_attributes(&variant.attrs, On::Variant, diagnostics);
                check_fields(&variant.fields, diagnostics);
            }
            check_tagging(input, diagnostics);
        }
        Data::Union(_) => {}
    }
}

fn check_fields(fields: &Fields, diagnostics: &mut Diagnostics) {
    for field in fields {
        check_attributes(&field.attrs, On::Field, diagnostics);
    }
}

fn check_attributes(attributes: &[Attribute], on: On, diagnostics: &mut Diagnostics) {
    let (name, known) = match on {
        On::Type => ("type", &OF_TYPES[..]),
        On::Variant => ("variant", &OF_VARIANTS[..]),
        On::Field => ("field", &OF_FIELDS[..]),
    };
    for meta in settings(attributes, "serde") {
        let key = key(&meta);
        if !known.contains(&key.as_str()) {
            diagnostics.push_fatal(
                &meta,
                format!(
                    "unknown setting: serde's settings of a {name} are {}",
                    listed(known)
                ),
            );
        } else if let "rename_all" | "rename_all_fields" = key.as_str() {
            check_rule(&meta, diagnostics);
        } else if key == "rename" && is_written_otherwise(&meta) {
            diagnostics.push_fatal(
                &meta,
                "write the name as a string literal: `rename = \"name\"`",
            );
        }
    }
    for meta in settings(attributes, "schemars") {
        let key = key(&meta);
        let is_known = OF_SCHEMARS.contains(&key.as_str())
            || super::schemars_attributes::is_of_others(&key)
            || known.contains(&key.as_str());
        if !is_known {
            diagnostics.push_fatal(
                &meta,
                format!(
                    "unknown setting: schemars' settings are {}",
                    listed(&OF_SCHEMARS)
                ),
            );
        }
    }
}

fn check_rule(meta: &Meta, diagnostics: &mut Diagnostics) {
    let Meta::NameValue(pair) = meta else { return };
    let is_rule = match &pair.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => RenameRule::parse(&text.value()).is_some(),
        _ => false,
    };
    if !is_rule {
        diagnostics.push_fatal(
            &pair.value,
            "unknown rule: the rules are \"lowercase\", \"UPPERCASE\", \"PascalCase\", \"camelCase\", \"snake_case\", \"SCREAMING_SNAKE_CASE\", \"kebab-case\" and \"SCREAMING-KEBAB-CASE\"",
        );
    }
}

/// Returns whether the value of a setting is not a string literal.
fn is_written_otherwise(meta: &Meta) -> bool {
    match meta {
        Meta::NameValue(pair) => !matches!(
            &pair.value,
            Expr::Lit(ExprLit {
                lit: Lit::Str(_),
                ..
            })
        ),
        Meta::Path(_) => true,
        // `rename(serialize = "…", deserialize = "…")`
        Meta::List(_) => false,
    }
}

/// Reports tags that serde cannot read or write.
fn check_tagging(input: &DeriveInput, diagnostics: &mut Diagnostics) {
    let settings = settings(&input.attrs, "serde");
    let find = |name: &str| settings.iter().find(|meta| meta.path().is_ident(name));
    let (tag, content) = (find("tag"), find("content"));
    if let (None, Some(content)) = (tag, content) {
        diagnostics.push_fatal(
            content,
            "`content` has an effect beside `tag` alone: add `tag = \"…\"`",
        );
    }
    let (Some(_), None, Data::Enum(data)) = (tag, content, &input.data) else {
        return;
    };
    for variant in &data.variants {
        let is_tuple =
            matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() != 1);
        if is_tuple {
            diagnostics.push_fatal(
                variant,
                "a tuple has no place for the tag: name the fields of the variant, or add `content = \"…\"` to the enum",
            );
        }
    }
}

fn settings(attributes: &[Attribute], name: &str) -> Vec<Meta> {
    let attributes = attributes.iter().filter(|it| it.path().is_ident(name));
    let parsed = attributes.filter_map(|attribute| {
        // A syntax error is reported where the settings are read.
        attribute
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()
    });
    parsed.flatten().collect()
}

fn key(meta: &Meta) -> String {
    meta.path()
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn listed(names: &[&str]) -> String {
    let names = names.iter().filter(|name| !UNUSED.contains(name));
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
