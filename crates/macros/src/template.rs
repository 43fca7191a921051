//! What a path template may look like, as far as it alone tells. The router
//! holds every template to the same when a registry is built, since not every
//! one is written in an attribute.

use syn::LitStr;

use crate::mistakes::Mistakes;

pub(crate) fn check(template: &LitStr, mistakes: &mut Mistakes) {
    for words in faults(&template.value()) {
        mistakes.add(template, words);
    }
}

fn faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with('/') {
        faults.push("a path template begins with `/`".to_owned());
    }
    let path = match text.split_once('?') {
        Some((path, _)) => {
            faults.push("leave the query out of the path: take a `Query<T>`".to_owned());
            path
        }
        None => text,
    };
    let is_odd = |c: &char| c.is_control() || c.is_whitespace() || "#%\\".contains(*c);
    if let Some(odd) = path.chars().find(is_odd) {
        faults.push(format!(
            "{odd:?} stands in no path template: write characters as they are, not percent-encoded"
        ));
    }
    let mut names: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        match parameter(segment, segments.peek().is_none()) {
            Ok(Some(name)) if names.contains(&name) => {
                faults.push(format!("two parameters are named `{name}`: rename one"));
            }
            Ok(name) => names.extend(name),
            Err(words) => faults.push(words.to_owned()),
        }
    }
    faults
}

/// The name of a segment's parameter, where it has one.
fn parameter(segment: &str, is_last: bool) -> Result<Option<&str>, &'static str> {
    let unbalanced = "every `{` of a path template has its `}`";
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
        return Err("a segment has one parameter: put a `/` between them");
    }
    let name = inside.strip_prefix('*').unwrap_or(inside);
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts_well || name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        return Err("a parameter's name is letters, digits and `_`: its type goes into `Path<T>`");
    }
    let is_all_there_is = is_last && before.is_empty() && after.is_empty();
    if inside != name && !is_all_there_is {
        return Err("`{*rest}` takes all the rest: put it last, alone in its segment");
    }
    Ok(Some(name))
}

#[cfg(test)]
mod tests {
    use super::faults;

    #[test]
    fn templates_of_every_shape_are_let_through() {
        for text in [
            "/",
            "/todos/",
            "/todos/{id}",
            "/v1.{_minor}/{a}-x/{b2}",
            "/{*rest}",
            "/größe",
        ] {
            assert_eq!(faults(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn every_fault_is_told() {
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
            assert_eq!(faults(text).len(), count, "{text}: {:?}", faults(text));
        }
    }
}
