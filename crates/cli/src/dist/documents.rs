//! The documents of the service, which its program prints.

use std::collections::BTreeMap;

use super::files::Files;
use crate::{
    Result, Service,
    build::Binary,
    oci::Platform,
    program::{Program, Registry},
};

/// The dialects, and what the files are called.
const DIALECTS: [(&str, &str); 3] = [
    ("3.1", "openapi-3.1"),
    ("3.0", "openapi-3.0"),
    ("2.0", "swagger-2.0"),
];

/// Returns the documents that the executable for this machine prints, and checks that its environment variables are those of
/// the image.
pub(super) fn documents(service: &Service, binaries: &[Binary]) -> Result<Files> {
    let mut binaries = binaries.iter();
    let Some(binary) = binaries.find(|it| Some(it.platform) == Platform::here()) else {
        eprintln!(
            "none of the executables runs on this machine: no documents are written, and whether the variables of the \
             program begin with {} was not checked",
            service.variables
        );
        return Ok(Files::new());
    };
    let program = Program::at(service, &binary.path);
    program.check_variables()?;
    let registries = program.registries()?;
    let mut files = Files::new();
    for (registry, prefix) in registries.iter().zip(prefixes(&registries)) {
        for (dialect, file) in DIALECTS {
            for format in ["json", "yaml"] {
                let args = ["--dialect", dialect, "--format", format];
                let document = program.document(registry, &args)?;
                files.insert(format!("{prefix}{file}.{format}"), document.into_bytes());
            }
        }
    }
    Ok(files)
}

/// Returns what the files of each registry begin with: nothing if there is one, otherwise its title, and its version where
/// others have the same title.
fn prefixes(registries: &[Registry]) -> Vec<String> {
    if registries.len() == 1 {
        return vec![String::new()];
    }
    let mut titles = BTreeMap::<_, usize>::new();
    for registry in registries {
        *titles.entry(registry.file_name()).or_default() += 1;
    }
    let prefix = |registry: &Registry| {
        let title = registry.file_name();
        match titles.get(&title) {
            Some(1) => format!("{title}-"),
            _ => format!("{title}-{}-", registry.version),
        }
    };
    registries.iter().map(prefix).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_several_registries_begin_with_title_and_version() {
        let registry = |title: &str, version: &str| Registry {
            title: title.to_owned(),
            version: version.to_owned(),
        };
        let shop = registry("Shop", "1.2.0");
        assert_eq!(prefixes(std::slice::from_ref(&shop)), [""]);
        let rates = registry("Exchange rates", "0.1.0");
        assert_eq!(
            prefixes(&[shop.clone(), rates]),
            ["shop-", "exchange-rates-"]
        );
        let next = registry("Shop", "2.0.0");
        assert_eq!(prefixes(&[shop, next]), ["shop-1.2.0-", "shop-2.0.0-"]);
    }
}
