//! Renders the templates that are compiled into this program.

use minijinja::{Environment, UndefinedBehavior, Value, syntax::SyntaxConfig};

use crate::{Error, Result};

/// Renders a template, in which lines that only have a `{% … %}` vanish. A name without a value is an error.
pub(crate) fn render(name: &str, template: &str, context: &Value) -> Result<String> {
    let fail = |error: minijinja::Error| Error::invalid(format!("the template {name}"), error);
    let mut syntax = SyntaxConfig::builder();
    syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true);
    let mut environment = Environment::new();
    environment.set_syntax(syntax.build().map_err(fail)?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
        .render_str(template, context.clone())
        .map_err(fail)
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn name_without_a_value_is_an_error() {
        let error = render("a.toml", "{{ nothing }}", &context! {}).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("the template a.toml"), "{text}");
    }
}
