//! Checks the syntax of path templates. The router checks every template by the
//! same rules when a registry is built, since not all are written in attributes.

use syn::LitStr;

use crate::diagnostics::Diagnostics;

pub(crate) fn check(template: &LitStr, diagnostics: &mut Diagnostics) {
    for message in errors(&template.value()) {
        diagnostics.push(template, message);
    }
}

fn errors(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if !text.starts_with('/') {
        errors.push("a path template must begin with `/`".to_owned());
    }
    let path = match text.split_once('?') {
        Some((path, _)) => {
            errors.push(
                "remove the query from the path template: use a `Query<T>` extractor".to_owned(),
            );
            path
        }
        None => text,
    };
    let is_odd = |c: &char| c.is_control() || c.is_whitespace() || "#%\\".contains(*c);
    if let Some(odd) = path.chars().find(is_odd) {
        errors.push(format!(
            "{odd:?} is not allowed in a path template: write characters literally, not percent-encoded"
        ));
    }
    let mut names: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        match parameter(segment, segments.peek().is_none()) {
            Ok(Some(name)) if names.contains(&name) => {
                errors.push(format!("duplicate path parameter `{name}`"));
            }
            Ok(name) => names.extend(name),
            Err(message) => errors.push(message.to_owned()),
        }
    }
    errors
}

/// Returns the name of a segment's parameter, if it has one.
fn parameter(segment: &str, is_last: bool) -> Result<Option<&str>, &'static str> {
    let unbalanced = "unbalanced braces in the path template";
    let Some((before, rest)) = segment.split_once('{') else {
        return match segment.contains('}') {
            true => Err(unbalanced),
            false => Ok(None),
        };
    };
    let (inside, after) = rest.split_once('}').ok_or(unbalanced)?;
    if before.contains('}') || inside.contains('{') {
        return Err(unbalanced);
    }
    if after.contains(['{', '}']) {
        return Err("a path segment has at most one parameter: put a `/` between them");
    }
    let name = inside.strip_prefix('*').unwrap_or(inside);
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts_well || name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        return Err(
            "the name of a path parameter consists of letters, digits and `_`; its type belongs in `Path<T>`",
        );
    }
    let is_whole_last_segment = is_last && before.is_empty() && after.is_empty();
    if inside != name && !is_whole_last_segment {
        return Err("`{*rest}` matches the rest of the path: put it last, alone in its segment");
    }
    Ok(Some(name))
}

#[cfg(test)]
mod tests {
    use super::errors;

    #[test]
    fn valid_templates_are_accepted() {
        for text in [
            "/",
            "/todos/",
            "/todos/{id}",
            "/v1.{_minor}/{a}-x/{b2}",
            "/{*rest}",
            "/größe",
        ] {
            assert_eq!(errors(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn every_error_is_reported() {
        for (text, count) in [
            ("", 1),
            ("todos", 1),
            ("/a?b={c}", 1),
            ("/a b", 1),
            ("/%20", 1),
            ("/{a", 1),
            ("/a}", 1),
            ("/}a{", 1),
            ("/{{a}}", 1),
            ("/{a}{b}", 1),
            ("/{}", 1),
            ("/{1}", 1),
            ("/{a:u8}", 1),
            ("/{a}/{a}", 1),
            ("/{*a}/b", 1),
            ("/x{*a}", 1),
            ("{a}/{a}/{/ ?", 5),
        ] {
            assert_eq!(errors(text).len(), count, "{text}: {:?}", errors(text));
        }
    }
}
