//! What serde's attributes say of names and shapes, and those that a document
//! cannot follow.

use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Field, Fields, Lit, Meta, Token, Type,
    punctuated::Punctuated,
};

use super::{names::RenameRule, schemars_attributes::says_its_schema};
use crate::mistakes::Mistakes;

/// How an enum's variants are told apart on the wire.
pub(super) enum Tagging {
    External,
    Internal,
    Adjacent { content: String },
    Untagged,
}

/// `from = "…"` or `try_from = "…"`
pub(super) struct ReadAs {
    pub(super) kind: Type,
    pub(super) may_fail: bool,
}

/// A type's attributes.
pub(super) struct Container {
    pub(super) rename_all: Option<RenameRule>,
    pub(super) rename_all_fields: Option<RenameRule>,
    pub(super) tagging: Tagging,
    pub(super) is_transparent: bool,
    pub(super) has_default: bool,
    pub(super) has_flatten: bool,
    /// serde reads parts of it into a buffer first.
    pub(super) is_buffered: bool,
    pub(super) may_deny_unknown: bool,
    /// What is read in its stead.
    pub(super) read_as: Option<ReadAs>,
}

/// A variant's attributes.
#[derive(Default)]
pub(super) struct VariantAttributes {
    pub(super) rename: Option<String>,
    pub(super) rename_all: Option<RenameRule>,
    pub(super) is_untagged: bool,
    pub(super) is_skipped: bool,
}

/// A field's attributes.
#[derive(Default)]
pub(super) struct FieldAttributes {
    pub(super) rename: Option<String>,
    pub(super) is_flattened: bool,
    /// It is not read, so there is nothing to check.
    pub(super) is_skipped: bool,
    pub(super) has_default: bool,
    pub(super) reads_its_own_way: bool,
    pub(super) skips_none: bool,
}

/// Every setting in the `#[serde(…)]` attributes.
fn settings(attributes: &[Attribute], mistakes: &mut Mistakes) -> Vec<Meta> {
    let mut settings = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        let parsed = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        settings.extend(mistakes.keep_grave(parsed).into_iter().flatten());
    }
    settings
}

fn key(meta: &Meta) -> Option<String> {
    meta.path().get_ident().map(ToString::to_string)
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// `key = "…"`, or `key(deserialize = "…")`.
fn read_name(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) => text(&pair.value),
        Meta::List(list) => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()?
            .iter()
            .find_map(|inner| match inner {
                Meta::NameValue(pair) if pair.path.is_ident("deserialize") => text(&pair.value),
                _ => None,
            }),
        Meta::Path(_) => None,
    }
}

fn rename_rule(meta: &Meta) -> Option<RenameRule> {
    read_name(meta).and_then(|text| RenameRule::parse(&text))
}

impl Container {
    pub(super) fn read(input: &DeriveInput, mistakes: &mut Mistakes) -> Self {
        let settings = settings(&input.attrs, mistakes);
        let find = |key: &str| settings.iter().find(|meta| meta.path().is_ident(key));
        if let Some(meta) = find("remote") {
            mistakes.add_grave(
                meta,
                "a schema is the type that is read: declare one and convert it with `#[serde(from = \"…\")]`",
            );
        }
        if let Some(meta) = find("crate") {
            mistakes.add_grave(
                meta,
                "say where `purlin-schemas` is: `#[schema(crate = \"path\")]`",
            );
        }
        let read_as = read_as(&settings, mistakes);
        let tag = find("tag").and_then(read_name);
        let content = find("content").and_then(read_name);
        let tagging = match (find("untagged"), tag, content) {
            (Some(_), ..) => Tagging::Untagged,
            (None, Some(_), Some(content)) => Tagging::Adjacent { content },
            (None, Some(_), None) => Tagging::Internal,
            (None, None, _) => Tagging::External,
        };
        let is_transparent = find("transparent").is_some();
        let has_flatten = all_fields(&input.data).into_iter().any(is_flattened);
        let has_untagged_variant = match &input.data {
            Data::Enum(data) => data
                .variants
                .iter()
                .any(|one| variant(&one.attrs, &mut Mistakes::default()).is_untagged),
            _ => false,
        };
        let is_named = match &input.data {
            Data::Struct(data) => matches!(data.fields, Fields::Named(_)),
            Data::Enum(_) => true,
            Data::Union(_) => false,
        };
        let may_deny_unknown = is_named
            && !is_transparent
            && !has_flatten
            && read_as.is_none()
            && find("deny_unknown_fields").is_none();
        Self {
            rename_all: find("rename_all").and_then(rename_rule),
            rename_all_fields: find("rename_all_fields").and_then(rename_rule),
            is_buffered: has_flatten
                || has_untagged_variant
                || !matches!(tagging, Tagging::External),
            tagging,
            is_transparent,
            has_default: find("default").is_some(),
            has_flatten,
            may_deny_unknown,
            read_as,
        }
    }
}

fn read_as(settings: &[Meta], mistakes: &mut Mistakes) -> Option<ReadAs> {
    settings.iter().find_map(|meta| {
        let may_fail = match key(meta).as_deref() {
            Some("from") => false,
            Some("try_from") => true,
            _ => return None,
        };
        let kind = syn::parse_str(&read_name(meta)?);
        let kind = mistakes.keep_grave(kind)?;
        Some(ReadAs { kind, may_fail })
    })
}

fn all_fields(data: &Data) -> Vec<&Field> {
    match data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(data) => data.variants.iter().flat_map(|v| v.fields.iter()).collect(),
        Data::Union(_) => Vec::new(),
    }
}

fn is_flattened(field: &Field) -> bool {
    settings(&field.attrs, &mut Mistakes::default())
        .iter()
        .any(|meta| meta.path().is_ident("flatten"))
}

pub(super) fn variant(attributes: &[Attribute], mistakes: &mut Mistakes) -> VariantAttributes {
    let mut variant = VariantAttributes::default();
    let mut own_way = None;
    for meta in settings(attributes, mistakes) {
        match key(&meta).as_deref() {
            Some("rename") => variant.rename = read_name(&meta),
            Some("rename_all") => variant.rename_all = rename_rule(&meta),
            Some("untagged") => variant.is_untagged = true,
            Some("skip" | "skip_deserializing") => variant.is_skipped = true,
            Some("alias") => refuse_alias(&meta, mistakes),
            Some("other") => mistakes.add(
                &meta,
                "`other` takes names the document does not list: read the tag as a `String`",
            ),
            Some("with" | "deserialize_with" | "serialize_with") => own_way = Some(meta),
            _ => {}
        }
    }
    refuse_own_way(own_way.as_ref(), attributes, mistakes);
    variant
}

pub(super) fn field(attributes: &[Attribute], mistakes: &mut Mistakes) -> FieldAttributes {
    let mut field = FieldAttributes::default();
    let mut own_way = None;
    for meta in settings(attributes, mistakes) {
        match key(&meta).as_deref() {
            Some("rename") => field.rename = read_name(&meta),
            Some("flatten") => field.is_flattened = true,
            Some("skip" | "skip_deserializing") => field.is_skipped = true,
            Some("default") => field.has_default = true,
            Some("skip_serializing_if") => {
                field.skips_none = read_name(&meta).as_deref() == Some("Option::is_none");
            }
            Some("with" | "deserialize_with" | "serialize_with") => {
                field.reads_its_own_way = true;
                own_way = Some(meta);
            }
            Some("alias") => refuse_alias(&meta, mistakes),
            _ => {}
        }
    }
    refuse_own_way(own_way.as_ref(), attributes, mistakes);
    field
}

/// The attributes that say what serde does by a function only.
fn refuse_own_way(meta: Option<&Meta>, attributes: &[Attribute], mistakes: &mut Mistakes) {
    if let Some(meta) = meta
        && !says_its_schema(attributes)
    {
        mistakes.add_grave(
            meta,
            "only you know what this reads and writes: say it with `#[schemars(with = \"Type\")]`",
        );
    }
}

fn refuse_alias(meta: &Meta, mistakes: &mut Mistakes) {
    mistakes.add(
        meta,
        "an alias is a second name that the document cannot state: use one name",
    );
}
