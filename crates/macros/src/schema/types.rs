//! What the names of types tell: a macro sees no more of them.

use syn::{GenericArgument, PathArguments, Type, TypePath};

/// What a field holds, as far as its type's name tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    List,
    Map,
    Unknown,
}

pub(super) fn holds(kind: &Type) -> Holds {
    match last_segment(innermost(kind)).as_deref() {
        Some("String" | "str" | "Cow") => Holds::Text,
        Some(
            "Vec" | "VecDeque" | "BTreeSet" | "HashSet" | "IndexSet" | "CommaSeparated" | "[]",
        ) => Holds::List,
        Some("HashMap" | "BTreeMap" | "IndexMap") => Holds::Map,
        _ => Holds::Unknown,
    }
}

/// A type without the `Option`s, boxes and the like around it.
pub(super) fn innermost(kind: &Type) -> &Type {
    match last_segment(kind).as_deref() {
        Some("Option" | "Patch" | "WriteOnly" | "Box" | "Arc" | "Rc") => match argument(kind) {
            Some(inside) => innermost(inside),
            None => kind,
        },
        _ => kind,
    }
}

/// What is left of a type without the `Option`s, boxes and lists around it.
pub(super) fn item(kind: &Type) -> &Type {
    let inside = innermost(kind);
    match (holds(inside), argument(inside)) {
        (Holds::List, Some(argument)) => item(argument),
        _ => inside,
    }
}

/// `T` of `Option<T>`.
pub(super) fn inside_option(kind: &Type) -> Option<&Type> {
    (last_segment(kind).as_deref() == Some("Option"))
        .then(|| argument(kind))
        .flatten()
}

/// Whether a type is the wrapper of that name around one other type.
pub(super) fn is_wrapper(kind: &Type, name: &str) -> bool {
    last_segment(kind).as_deref() == Some(name) && arguments(kind).len() == 1
}

/// The last segment of a type's path: `String` of `std::string::String`.
pub(super) fn last_segment(kind: &Type) -> Option<String> {
    match kind {
        Type::Path(TypePath { path, .. }) => path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        Type::Reference(reference) => last_segment(&reference.elem),
        Type::Array(_) | Type::Slice(_) => Some("[]".to_owned()),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

/// The first type argument.
pub(super) fn argument(kind: &Type) -> Option<&Type> {
    arguments(kind).into_iter().next()
}

/// Every type argument of a path; the items' type of an array or slice.
fn arguments(kind: &Type) -> Vec<&Type> {
    match kind {
        Type::Path(TypePath { path, .. }) => match path.segments.last().map(|s| &s.arguments) {
            Some(PathArguments::AngleBracketed(arguments)) => arguments
                .args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(kind) => Some(kind),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        },
        Type::Array(array) => vec![&array.elem],
        Type::Slice(slice) => vec![&slice.elem],
        Type::Group(group) => arguments(&group.elem),
        Type::Paren(paren) => arguments(&paren.elem),
        _ => Vec::new(),
    }
}

/// `u128` or `i128`, wherever in a type one is named.
pub(super) fn wide_integer(kind: &Type) -> Option<&Type> {
    if let Type::Tuple(tuple) = kind {
        return tuple.elems.iter().find_map(wide_integer);
    }
    match last_segment(kind).as_deref() {
        Some("u128" | "i128") => Some(kind),
        _ => arguments(kind).into_iter().find_map(wide_integer),
    }
}
