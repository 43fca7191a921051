//! Recognizes types by their names, which is all that a macro sees of them.

use syn::{GenericArgument, PathArguments, Type, TypePath};

/// The category of a type, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    List,
    Map,
    Unknown,
}

pub(super) fn holds(ty: &Type) -> Holds {
    match last_segment(innermost(ty)).as_deref() {
        Some("String" | "str" | "Cow") => Holds::Text,
        Some(
            "Vec" | "VecDeque" | "BTreeSet" | "HashSet" | "IndexSet" | "CommaSeparated"
            | "SpaceDelimited" | "PipeDelimited" | "[]",
        ) => Holds::List,
        Some("HashMap" | "BTreeMap" | "IndexMap") => Holds::Map,
        _ => Holds::Unknown,
    }
}

/// Returns a type without the `Option`s, boxes and other wrappers around it.
pub(super) fn innermost(ty: &Type) -> &Type {
    match last_segment(ty).as_deref() {
        Some("Option" | "Patch" | "WriteOnly" | "Box" | "Arc" | "Rc") => match argument(ty) {
            Some(inside) => innermost(inside),
            None => ty,
        },
        _ => ty,
    }
}

/// Returns a type without the wrappers and lists around it.
pub(super) fn item(ty: &Type) -> &Type {
    let inside = innermost(ty);
    match (holds(inside), argument(inside)) {
        (Holds::List, Some(argument)) => item(argument),
        _ => inside,
    }
}

/// Returns `T` of `Option<T>`.
pub(super) fn inside_option(ty: &Type) -> Option<&Type> {
    (last_segment(ty).as_deref() == Some("Option"))
        .then(|| argument(ty))
        .flatten()
}

/// Returns whether a type is the wrapper of that name around one other type.
pub(super) fn is_wrapper(ty: &Type, name: &str) -> bool {
    last_segment(ty).as_deref() == Some(name) && arguments(ty).len() == 1
}

/// Returns the last segment of a type's path: `String` of `std::string::String`.
pub(super) fn last_segment(ty: &Type) -> Option<String> {
    match ty {
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

/// Returns the first type argument.
pub(super) fn argument(ty: &Type) -> Option<&Type> {
    arguments(ty).into_iter().next()
}

/// Returns all type arguments of a path, or the item type of an array or slice.
fn arguments(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::Path(TypePath { path, .. }) => match path.segments.last().map(|s| &s.arguments) {
            Some(PathArguments::AngleBracketed(arguments)) => arguments
                .args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty),
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

/// Finds `u128` or `i128` anywhere in a type.
pub(super) fn wide_integer(ty: &Type) -> Option<&Type> {
    if let Type::Tuple(tuple) = ty {
        return tuple.elems.iter().find_map(wide_integer);
    }
    match last_segment(ty).as_deref() {
        Some("u128" | "i128") => Some(ty),
        _ => arguments(ty).into_iter().find_map(wide_integer),
    }
}

/// Returns an array that may be longer than the 32 items that serde and schemars know.
pub(super) fn long_array(ty: &Type) -> Option<&syn::TypeArray> {
    match ty {
        Type::Array(array) => {
            let length = literal_length(array);
            length.is_none_or(|length| length > 32).then_some(array)
        }
        Type::Group(group) => long_array(&group.elem),
        Type::Paren(paren) => long_array(&paren.elem),
        _ => None,
    }
}

/// Finds an array of more than 32 items inside of another type.
pub(super) fn nested_long_array(ty: &Type) -> Option<&syn::TypeArray> {
    let inside: Vec<&Type> = match ty {
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        _ => arguments(ty),
    };
    inside.into_iter().find_map(|inside| {
        let long = long_array(inside).filter(|array| literal_length(array).is_some());
        long.or_else(|| nested_long_array(inside))
    })
}

fn literal_length(array: &syn::TypeArray) -> Option<usize> {
    match &array.len {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Int(length),
            ..
        }) => length.base10_parse().ok(),
        _ => None,
    }
}
