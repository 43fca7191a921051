//! The built program of a service, and what its commands print.

use std::{ffi::OsString, path::PathBuf};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Error, Result, Service, process::Cmd};

/// An executable of the service that runs on this machine.
#[derive(Clone, Debug)]
pub struct Program<'s> {
    service: &'s Service,
    path: PathBuf,
}

/// A registry that the program serves: an API with a document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Registry {
    /// The title of the document.
    pub title: String,
    /// The version of the document.
    pub version: String,
}

impl<'s> Program<'s> {
    /// Builds the service for this machine, with the profile `dev`.
    ///
    /// # Errors
    /// Fails if it does not compile.
    pub fn build(service: &'s Service) -> Result<Self> {
        let mut made = Cmd::cargo()
            .args([
                "build",
                "--package",
                &service.package,
                "--bin",
                &service.bin,
            ])
            .arg("--manifest-path")
            .arg(&service.manifest)
            .quiet_executables()?
            .into_iter();
        let path = made.find(|(name, _)| *name == service.bin);
        let (_, path) = path.ok_or_else(|| {
            Error::unsupported(format!("cargo built no executable named {}", service.bin))
        })?;
        Ok(Self { service, path })
    }

    /// Uses an executable that exists.
    pub fn at(service: &'s Service, path: impl Into<PathBuf>) -> Self {
        Self {
            service,
            path: path.into(),
        }
    }

    /// Runs a command of the program in place of this process, in the working directory and with its environment. Returns only
    /// the reason why the program could not be started.
    pub fn replace_process(&self, command: &str, args: &[OsString]) -> Error {
        let program = Cmd::new(&self.path).arg(command).args(args);
        program.replace_process()
    }

    /// Checks that the environment variables of the program begin as the metadata say.
    ///
    /// # Errors
    /// Fails if they do not, with the remedy.
    pub fn check_variables(&self) -> Result {
        #[derive(Deserialize)]
        struct Names {
            variables: String,
        }
        let names: Names = self.read_json(&["config", "names"])?;
        let expected = &self.service.variables;
        if names.variables == *expected {
            return Ok(());
        }
        let prefix = names.variables.trim_end_matches('_').to_lowercase();
        Err(Error::invalid(
            self.service.manifest.display(),
            format!(
                "the variables of the program begin with {}, not with {expected}: write `prefix = \"{prefix}\"` in \
                 [package.metadata.purlin]",
                names.variables
            ),
        ))
    }

    /// Returns the registries that the program serves.
    ///
    /// # Errors
    /// Fails if the program does.
    pub fn registries(&self) -> Result<Vec<Registry>> {
        self.read_json(&["openapi", "--list"])
    }

    /// Returns what `openapi` prints about a registry.
    ///
    /// # Errors
    /// Fails if the program does.
    pub fn document(&self, registry: &Registry, args: &[&str]) -> Result<String> {
        let name = format!("{} {}", registry.title, registry.version);
        self.cmd()
            .args(["openapi", "--registry", &name])
            .args(args)
            .read()
    }

    /// Returns what `openapi` prints about a registry, as JSON.
    ///
    /// # Errors
    /// Fails if the program does, or prints no JSON.
    pub fn document_value(&self, registry: &Registry, args: &[&str]) -> Result<Value> {
        let text = self.document(registry, args)?;
        serde_json::from_str(&text).map_err(|error| self.no_json("openapi", &error))
    }

    fn read_json<T: DeserializeOwned>(&self, args: &[&str]) -> Result<T> {
        let text = self.cmd().args(args).read()?;
        serde_json::from_str(&text).map_err(|error| self.no_json(&args.join(" "), &error))
    }

    fn no_json(&self, command: &str, error: &serde_json::Error) -> Error {
        let subject = format!("`{} {command}`", self.service.bin);
        let reason = format!(
            "printed something else than a program of this version of purlin-app does ({error}); update purlin-app"
        );
        Error::invalid(subject, reason)
    }

    /// Returns the program with default settings: neither the environment nor a settings file in the working directory
    /// changes what it prints.
    fn cmd(&self) -> Cmd {
        Cmd::new(&self.path)
            .env_remove_prefix(&self.service.variables)
            .args(["--config", "/dev/null"])
    }
}

impl Registry {
    /// Returns the title as the name of a file: lower-case letters, digits and hyphens.
    #[must_use]
    pub fn file_name(&self) -> String {
        let mut name = String::new();
        for c in self.title.to_lowercase().chars() {
            match c.is_alphanumeric() {
                true => name.push(c),
                false if name.ends_with('-') || name.is_empty() => {}
                false => name.push('-'),
            }
        }
        match name.trim_end_matches('-') {
            "" => "api".to_owned(),
            name => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Registry;

    #[test]
    fn files_are_named_after_the_title() {
        let name = |title: &str| {
            let (title, version) = (title.to_owned(), String::new());
            Registry { title, version }.file_name()
        };
        assert_eq!(name("Greetings"), "greetings");
        assert_eq!(name("The (old) Shop: v1!"), "the-old-shop-v1");
        assert_eq!(name("../.."), "api");
        assert_eq!(name("Bücher"), "bücher");
    }
}
