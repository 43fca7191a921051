//! Path templates: their syntax, their parameters, their shape.

/// A checked path template: `/todos/{id}`, `/files/{*path}`.
#[derive(Clone, Debug)]
pub(super) struct Template {
    /// Parameter names, in order.
    pub(super) names: Vec<String>,
    /// The template with its parameters numbered, for the trie.
    pub(super) shape: String,
    /// The template as OpenAPI writes it: `{*path}` is `{path}` there.
    pub(super) documented: String,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and the remedy.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err(format!("the path `{text}` has to start with `/`"));
        };
        if let Some(odd) = text
            .chars()
            .find(|c| c.is_control() || c.is_whitespace() || "?#%\\".contains(*c))
        {
            return Err(format!(
                "the path `{}` holds {odd:?}, which a path template cannot have; write characters as they are, not percent-encoded, and leave the query out",
                text.escape_debug()
            ));
        }
        let mut template = Self {
            names: Vec::new(),
            shape: String::new(),
            documented: String::new(),
        };
        let mut segments = rest.split('/').peekable();
        while let Some(segment) = segments.next() {
            template.shape.push('/');
            template.documented.push('/');
            template.segment(text, segment, segments.peek().is_none())?;
        }
        if template.names.len() > crate::path_spans::MAX_PARAMETERS {
            return Err(format!(
                "the path `{text}` has {} parameters; at most {} are possible",
                template.names.len(),
                crate::path_spans::MAX_PARAMETERS
            ));
        }
        Ok(template)
    }

    fn segment(&mut self, text: &str, segment: &str, is_last: bool) -> Result<(), String> {
        let Some((before, rest)) = segment.split_once('{') else {
            if segment.contains('}') {
                return Err(format!("the path `{text}` has a `}}` without its `{{`"));
            }
            self.shape.push_str(segment);
            self.documented.push_str(segment);
            return Ok(());
        };
        let Some((name, after)) = rest.split_once('}') else {
            return Err(format!("the path `{text}` has a `{{` without its `}}`"));
        };
        if before.contains('}') || after.contains(['{', '}']) {
            return Err(format!(
                "the path `{text}` has more than one parameter in `{segment}`; put a `/` between them"
            ));
        }
        let (star, name) = match name.strip_prefix('*') {
            Some(name) => ("*", name),
            None => ("", name),
        };
        let mut letters = name.chars();
        let starts_well = letters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if !starts_well || letters.any(|c| !c.is_ascii_alphanumeric() && c != '_') {
            return Err(format!(
                "the path `{text}` names a parameter `{name}`; a name is letters, digits and `_`, and types go into `Path<T>`"
            ));
        }
        let takes_all = !star.is_empty();
        let is_all_there_is = is_last && before.is_empty() && after.is_empty();
        if takes_all && !is_all_there_is {
            return Err(format!(
                "the path `{text}` continues after `{{*{name}}}`, which takes the rest of the path; put it last, alone in its segment"
            ));
        }
        if self.names.iter().any(|known| known == name) {
            return Err(format!("the path `{text}` names two parameters `{name}`"));
        }
        let number = self.names.len();
        self.shape
            .push_str(&format!("{before}{{{star}p{number}}}{after}"));
        self.documented
            .push_str(&format!("{before}{{{name}}}{after}"));
        self.names.push(name.to_owned());
        Ok(())
    }
}

/// A prefix is literal, starts with `/` and does not end with one.
pub(super) fn check_prefix(prefix: &str) -> Result<(), String> {
    if prefix.is_empty() {
        return Ok(());
    }
    let template = Template::parse(prefix)?;
    if !template.names.is_empty() {
        return Err(format!(
            "the prefix `{prefix}` has parameters; mount the router in `web::scope(\"{prefix}\")` instead"
        ));
    }
    if prefix == "/" {
        return Err("the prefix `/` has no effect; leave it out".to_owned());
    }
    if prefix.ends_with('/') {
        return Err(format!(
            "the prefix `{prefix}` ends with `/`; write `{}`",
            prefix.trim_end_matches('/')
        ));
    }
    Ok(())
}
