//! Selects the derives and attributes of a struct that its partial struct has too.

use syn::{Attribute, Meta, Path, Token, parse_quote, punctuated::Punctuated};

use crate::diagnostics::Diagnostics;

/// The derives that a partial struct shares.
const SHARED: [&str; 9] = [
    "Debug",
    "Clone",
    "Copy",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
    "Default",
];

/// Returns the derives of the struct that the partial struct shares.
pub(super) fn derives(attributes: &[Attribute]) -> Vec<Path> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .filter(|path| {
            let name = path.segments.last().map(|last| last.ident.to_string());
            name.is_some_and(|name| SHARED.contains(&name.as_str()))
        })
        .collect()
}

/// Returns whether the partial struct keeps a setting of `#[serde(…)]` on the struct.
pub(super) fn keeps_of_container(
    meta: &Meta,
    derives: &[Path],
    keeps_some: bool,
    diagnostics: &mut Diagnostics,
) -> bool {
    let path = meta.path();
    if ["from", "try_from", "into", "transparent"]
        .iter()
        .any(|key| path.is_ident(key))
    {
        diagnostics.push(
            meta,
            "another type is serialized in place of this one: put `partial` on that type, or write the partial struct by hand",
        );
        return false;
    }
    if !path.is_ident("default") {
        return !path.is_ident("rename");
    }
    let has_default = derives.iter().any(|path| {
        path.segments
            .last()
            .is_some_and(|last| last.ident == "Default")
    });
    if keeps_some && !(has_default && matches!(meta, Meta::Path(_))) {
        diagnostics.push(
            meta,
            "the partial struct cannot use this default: derive `Default`, or put `#[serde(default)]` on the fields",
        );
    }
    keeps_some && has_default
}

/// Returns whether there is `#[serde(key …)]` with one of the keys.
pub(super) fn has_serde_key(attributes: &[Attribute], keys: &[&str]) -> bool {
    let own = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    let metas = own.filter_map(|attribute| {
        attribute
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()
    });
    metas
        .flatten()
        .any(|meta| keys.iter().any(|key| meta.path().is_ident(key)))
}

/// Returns an attribute with the settings that are kept, or nothing if none is.
pub(super) fn filtered(
    attribute: &Attribute,
    keep: &mut dyn FnMut(&Meta) -> bool,
) -> Option<Attribute> {
    let Ok(metas) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
    else {
        // The error is reported for the struct itself.
        return Some(attribute.clone());
    };
    let kept: Vec<Meta> = metas.into_iter().filter(|meta| keep(meta)).collect();
    let path = attribute.path();
    (!kept.is_empty()).then(|| parse_quote!(#[#path(#(#kept),*)]))
}
