//! Reads the attributes of serde, and rejects those that the document cannot express.

use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Field, Fields, Lit, Meta, Token, Type,
    punctuated::Punctuated,
};

use super::{names::RenameRule, schemars_attributes::overrides_schema};
use crate::diagnostics::Diagnostics;

/// How an enum's variants are tagged.
pub(super) enum Tagging {
    External,
    Internal { tag: String },
    Adjacent { tag: String, content: String },
    Untagged,
}

/// `from = "…"` or `try_from = "…"`
pub(super) struct ReadAs {
    pub(super) ty: Type,
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
    /// serde buffers parts of it before it deserializes them.
    pub(super) is_buffered: bool,
    pub(super) may_deny_unknown: bool,
    /// The type it is converted from.
    pub(super) read_as: Option<ReadAs>,
    /// It states the bounds of its type parameters itself: `#[serde(bound = "…")]`.
    pub(super) has_bound: bool,
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
    /// It is not deserialized, so there is nothing to check.
    pub(super) is_skipped: bool,
    pub(super) has_default: bool,
    pub(super) has_custom_serde: bool,
    pub(super) skips_none: bool,
}

/// Returns every setting in the `#[serde(…)]` attributes.
fn settings(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Vec<Meta> {
    let mut settings = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        let parsed = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        settings.extend(diagnostics.capture_fatal(parsed).into_iter().flatten());
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

/// Returns the value of `key = "…"` or `key(deserialize = "…")`.
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
    pub(super) fn read(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let settings = settings(&input.attrs, diagnostics);
        let find = |key: &str| settings.iter().find(|meta| meta.path().is_ident(key));
        if let Some(meta) = find("remote") {
            diagnostics.push_fatal(
                meta,
                "`remote` is not supported: declare a schema and convert it with `#[serde(from = \"…\")]`",
            );
        }
        if let Some(meta) = find("crate") {
            diagnostics.push_fatal(
                meta,
                "set the path of `purlin-schemas` instead: `#[schema(crate = \"path\")]`",
            );
        }
        if let (Some(meta), Data::Struct(_)) = (find("tag"), &input.data) {
            diagnostics.push(
                meta,
                "serde writes the tag of a struct and does not read it: add a field, or declare an enum with this variant",
            );
        }
        let read_as = read_as(&settings, diagnostics);
        let tag = find("tag").and_then(read_name);
        let content = find("content").and_then(read_name);
        let tagging = match (find("untagged"), tag, content) {
            (Some(_), ..) => Tagging::Untagged,
            (None, Some(tag), Some(content)) => Tagging::Adjacent { tag, content },
            (None, Some(tag), None) => Tagging::Internal { tag },
            (None, None, _) => Tagging::External,
        };
        let is_transparent = find("transparent").is_some();
        let has_flatten = all_fields(&input.data).into_iter().any(is_flattened);
        let has_untagged_variant = match &input.data {
            Data::Enum(data) => data
                .variants
                .iter()
                .any(|one| variant(&one.attrs, &mut Diagnostics::default()).is_untagged),
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
            has_bound: find("bound").is_some(),
        }
    }
}

fn read_as(settings: &[Meta], diagnostics: &mut Diagnostics) -> Option<ReadAs> {
    settings.iter().find_map(|meta| {
        let may_fail = match key(meta).as_deref() {
            Some("from") => false,
            Some("try_from") => true,
            _ => return None,
        };
        let ty = syn::parse_str(&read_name(meta)?);
        let ty = diagnostics.capture_fatal(ty)?;
        Some(ReadAs { ty, may_fail })
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
    settings(&field.attrs, &mut Diagnostics::default())
        .iter()
        .any(|meta| meta.path().is_ident("flatten"))
}

pub(super) fn variant(
    attributes: &[Attribute],
    diagnostics: &mut Diagnostics,
) -> VariantAttributes {
    let mut variant = VariantAttributes::default();
    let mut custom = None;
    for meta in settings(attributes, diagnostics) {
        match key(&meta).as_deref() {
            Some("rename") => variant.rename = read_name(&meta),
            Some("rename_all") => variant.rename_all = rename_rule(&meta),
            Some("untagged") => variant.is_untagged = true,
            Some("skip" | "skip_deserializing") => variant.is_skipped = true,
            Some("alias") => reject_alias(&meta, diagnostics),
            Some("other") => diagnostics.push(
                &meta,
                "`other` accepts names that the document does not list: deserialize the tag as a `String`",
            ),
            Some("with" | "deserialize_with" | "serialize_with") => custom = Some(meta),
            _ => {}
        }
    }
    require_schema(custom.as_ref(), attributes, diagnostics);
    variant
}

pub(super) fn field(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> FieldAttributes {
    let mut field = FieldAttributes::default();
    let mut custom = None;
    for meta in settings(attributes, diagnostics) {
        match key(&meta).as_deref() {
            Some("rename") => field.rename = read_name(&meta),
            Some("flatten") => field.is_flattened = true,
            Some("skip" | "skip_deserializing") => field.is_skipped = true,
            Some("default") => field.has_default = true,
            Some("skip_serializing_if") => {
                field.skips_none = read_name(&meta).as_deref() == Some("Option::is_none");
            }
            Some("with" | "deserialize_with" | "serialize_with") => {
                field.has_custom_serde = true;
                custom = Some(meta);
            }
            Some("alias") => reject_alias(&meta, diagnostics),
            _ => {}
        }
    }
    require_schema(custom.as_ref(), attributes, diagnostics);
    field
}

/// Requires the schema of a field or variant that serde reads or writes by functions.
fn require_schema(meta: Option<&Meta>, attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    if let Some(meta) = meta
        && !overrides_schema(attributes)
    {
        let verb = match key(meta).as_deref() {
            Some("serialize_with") => "writes",
            Some("deserialize_with") => "reads",
            _ => "reads and writes",
        };
        let function = match meta {
            Meta::NameValue(pair) => text(&pair.value),
            _ => None,
        };
        let function = function.unwrap_or_else(|| "this function".to_owned());
        diagnostics.push_fatal(
            meta,
            format!(
                "the document cannot see what `{function}` {verb}: add `#[schemars(with = \"Type\")]`"
            ),
        );
    }
}

fn reject_alias(meta: &Meta, diagnostics: &mut Diagnostics) {
    diagnostics.push(meta, "the document cannot express an alias: use one name");
}
