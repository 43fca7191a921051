//! Which of a struct's derives and attributes its twin has too.

use syn::{Attribute, Meta, Path, Token, parse_quote, punctuated::Punctuated};

use crate::mistakes::Mistakes;

/// The derives that a twin has as well.
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

/// The type's derives that the twin has too.
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

/// Whether the twin takes over what `#[serde(…)]` says of the type.
pub(super) fn keeps_of_container(
    meta: &Meta,
    derives: &[Path],
    keeps_some: bool,
    mistakes: &mut Mistakes,
) -> bool {
    let path = meta.path();
    if ["from", "try_from", "into", "transparent"]
        .iter()
        .any(|key| path.is_ident(key))
    {
        mistakes.add(
            meta,
            "what crosses the wire is another type: put `partial` on that one, or declare the twin by hand",
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
        mistakes.add(
            meta,
            "the twin has no default of this kind: derive `Default`, or say `#[serde(default)]` on the fields that have one",
        );
    }
    keeps_some && has_default
}

/// Whether there is `#[serde(key …)]` with one of the keys.
pub(super) fn says_serde(attributes: &[Attribute], keys: &[&str]) -> bool {
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

/// An attribute with the settings that are kept; nothing where none is.
pub(super) fn filtered(
    attribute: &Attribute,
    keep: &mut dyn FnMut(&Meta) -> bool,
) -> Option<Attribute> {
    let Ok(metas) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
    else {
        // What cannot be read is said of the struct itself.
        return Some(attribute.clone());
    };
    let kept: Vec<Meta> = metas.into_iter().filter(|meta| keep(meta)).collect();
    let path = attribute.path();
    (!kept.is_empty()).then(|| parse_quote!(#[#path(#(#kept),*)]))
}
