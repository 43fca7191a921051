//! Doc comments as text.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// A doc comment: its first paragraph, and the rest.
#[derive(Default)]
pub(crate) struct Doc {
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
}

impl Doc {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let lines: Vec<String> = attributes.iter().filter_map(line).collect();
        let text = lines
            .iter()
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect::<Vec<_>>()
            .join("\n");
        let text = text.trim();
        let (first, rest) = match text.split_once("\n\n") {
            Some((first, rest)) => (first, rest.trim()),
            None => (text, ""),
        };
        // A summary is one line (OpenAPI 3.1.1 section 4.8.10).
        let summary = first.lines().collect::<Vec<_>>().join(" ");
        Self {
            summary: Some(summary.trim_end_matches('.').to_owned()).filter(|s| !s.is_empty()),
            description: Some(rest.to_owned()).filter(|s| !s.is_empty()),
        }
    }
}

fn line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Turns `NotFound` into `not_found`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, character) in name.chars().enumerate() {
        if character.is_uppercase() {
            if index > 0 {
                snake.push('_');
            }
            snake.extend(character.to_lowercase());
        } else {
            snake.push(character);
        }
    }
    snake
}
