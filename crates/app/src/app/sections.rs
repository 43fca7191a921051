//! The sections of the settings that an application declares.

use std::collections::HashMap;

use crate::settings::Settings;

/// The type of each declared section, by its name.
#[derive(Debug, Default)]
pub(super) struct Sections(HashMap<String, &'static str>);

impl Sections {
    /// Notes a section; an error names it and the remedy.
    pub(super) fn declare(
        &mut self,
        name: &str,
        type_name: &'static str,
        settings: &Settings,
    ) -> Result<(), String> {
        if !is_variable_part(name) {
            return Err(format!(
                "no environment variable can name the section `{}` of the settings; use lowercase letters, digits and single \
                 `_` between them, beginning with a letter",
                name.escape_debug()
            ));
        }
        match self.0.get(name) {
            Some(first) if *first == type_name => Ok(()),
            Some(first) => Err(format!(
                "the section `{name}` of the settings is read as `{first}` and as `{type_name}`; rename one of the two, or put \
                 all fields into one type"
            )),
            None if settings.has_section(name) => Err(format!(
                "the section `{name}` of the settings is one of Purlin's own; choose another name for `{type_name}`"
            )),
            None => {
                self.0.insert(name.to_owned(), type_name);
                Ok(())
            }
        }
    }
}

/// Returns whether the name can be written in an environment variable, in which `__` separates the parts.
fn is_variable_part(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(is_allowed)
        && !name.contains("__")
        && !name.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Sources;

    #[test]
    fn names_that_variables_cannot_express_are_errors() {
        let settings = Settings::new(&Sources::new("purlin"));
        let mut sections = Sections::default();
        for name in [
            "",
            "Mail",
            "mail-queue",
            "mail.queue",
            "1st",
            "_mail",
            "mail_",
            "a__b",
            "päckchen",
        ] {
            let error = sections.declare(name, "Mail", &settings).unwrap_err();
            assert!(error.contains(&format!("the section `{name}`")), "{error}");
        }
        for name in ["mail", "mail_queue", "s3"] {
            assert_eq!(sections.declare(name, "Mail", &settings), Ok(()));
            assert_eq!(sections.declare(name, "Mail", &settings), Ok(()));
        }
    }
}
