//! Whether the parameters of a path template and those of `Path<T>` are the same.

use purlin_schemas::__router::PathShape;

use super::templates::Template;

/// Returns how `Path<T>` and the template differ, if they do.
pub(super) fn mismatch(
    shape: Option<&PathShape>,
    template: &Template,
    text: &str,
) -> Option<String> {
    let names = &template.names;
    match shape? {
        PathShape::Scalar(_) if names.len() == 1 => None,
        PathShape::Scalar(_) => Some(format!(
            "`Path<T>` reads one parameter, and the path `{text}` has {}; take a tuple or a struct, or change the path",
            names.len()
        )),
        PathShape::Tuple(items) if items.len() == names.len() => None,
        PathShape::Tuple(items) => Some(format!(
            "`Path<T>` reads {} parameters, and the path `{text}` has {}; make them the same number",
            items.len(),
            names.len()
        )),
        PathShape::Fields(fields) => {
            let missing: Vec<_> = fields
                .iter()
                .filter(|field| !names.contains(&field.name))
                .map(|field| format!("`{}`", field.name))
                .collect();
            let unread: Vec<_> = names
                .iter()
                .filter(|name| !fields.iter().any(|field| field.name == **name))
                .map(|name| format!("`{name}`"))
                .collect();
            let mut reasons = Vec::new();
            if !missing.is_empty() {
                reasons.push(format!(
                    "`Path<T>` reads {}, which the path `{text}` does not have",
                    missing.join(", ")
                ));
            }
            if !unread.is_empty() {
                reasons.push(format!(
                    "the path `{text}` has {}, which `Path<T>` does not read",
                    unread.join(", ")
                ));
            }
            (!reasons.is_empty())
                .then(|| format!("{}; give both the same names", reasons.join(", and ")))
        }
    }
}
