//! Builds the registries, and reports paths that two of them serve.

use std::collections::HashMap;

use purlin_router::{Registry, Router};

/// A built registry with its name.
pub(crate) struct Api {
    pub(crate) router: Router,
    title: String,
    version: String,
}

impl Api {
    /// Returns title and version.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.title, self.version)
    }

    /// Returns the path that all its operations begin with.
    pub(crate) fn root(&self) -> String {
        root(&self.router)
    }

    pub(crate) fn is_named(&self, name: &str) -> bool {
        name == self.title || name == self.name()
    }
}

/// Returns the path that all operations of a registry begin with.
pub(crate) fn root(router: &Router) -> String {
    let mut templates = router.operations().map(|operation| operation.template());
    let mut shared: Vec<&str> = match templates.next() {
        Some(first) => first
            .split('/')
            .take_while(|part| !part.contains('{'))
            .collect(),
        None => Vec::new(),
    };
    for template in templates {
        let same = shared
            .iter()
            .zip(template.split('/'))
            .take_while(|(a, b)| *a == b)
            .count();
        shared.truncate(same);
    }
    match shared.join("/") {
        root if root.is_empty() => "/".to_owned(),
        root => root,
    }
}

/// Builds every registry; returns those that are valid, and the errors of all.
pub(crate) fn build(registries: impl IntoIterator<Item = Registry>) -> (Vec<Api>, Vec<String>) {
    let mut apis = Vec::new();
    let mut errors = Vec::new();
    let mut first_index = 0_u32;
    for registry in registries {
        // One sequence of indices for the operations of all registries.
        let registry = registry.__first_index(first_index);
        let count = u32::try_from(registry.__operation_count()).unwrap_or(u32::MAX);
        first_index = first_index.saturating_add(count);
        match registry.build() {
            Ok(router) => {
                let info = &router.document().info;
                let (title, version) = (info.title.clone(), info.version.clone());
                apis.push(Api {
                    router,
                    title,
                    version,
                });
            }
            Err(found) => {
                let title = registry.title();
                errors.extend(
                    found
                        .iter()
                        .map(|error| format!("registry `{title}`: {error}")),
                );
            }
        }
    }
    errors.extend(conflicts(&apis));
    (apis, errors)
}

/// Reports requests that two registries serve: the first would hide the second.
fn conflicts(apis: &[Api]) -> Vec<String> {
    let mut owners = HashMap::new();
    let mut errors = Vec::new();
    for api in apis {
        let operations = api.router.operations();
        let mut served: Vec<String> = operations
            .map(|operation| format!("{} {}", operation.method(), shape(operation.template())))
            .collect();
        let documents = api.router.documents().map(|(_, path)| path);
        let pages = documents.chain(api.router.docs_paths());
        served.extend(pages.map(|path| format!("GET {path}")));
        for request in served {
            if let Some(first) = owners.insert(request.clone(), api.name()) {
                errors.push(format!(
                    "registries `{first}` and `{}` both serve {request}; give one of them a prefix, or its documents other \
                     paths",
                    api.name()
                ));
            }
        }
    }
    errors
}

/// Returns a template without the names of its parameters, which do not matter for routing.
fn shape(template: &str) -> String {
    let mut shape = String::new();
    let mut in_parameter = false;
    for character in template.chars() {
        match character {
            '{' => in_parameter = true,
            '}' if in_parameter => {
                in_parameter = false;
                shape.push_str("{}");
            }
            _ if in_parameter => {}
            other => shape.push(other),
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use purlin_router::{Json, Operation, Registry, schemas::Message};

    use super::build;

    async fn hello() -> Json<Message> {
        Json(Message::new("Hello"))
    }

    fn registry(title: &str, templates: &[&'static str]) -> Registry {
        let registry = Registry::new(title, "1.0.0");
        templates.iter().fold(registry, |registry, template| {
            let id = template.replace(['/', '{', '}'], "_");
            registry.operation(Operation::get(*template, hello).operation_id(id))
        })
    }

    #[test]
    fn registries_with_different_prefixes_do_not_conflict() {
        let one = registry("One", &["/todos", "/todos/new"]);
        let two = one.clone().prefix("/v2");
        let (apis, errors) = build([one, two]);
        assert_eq!(errors, [""; 0]);
        let roots: Vec<_> = apis.iter().map(|api| api.root()).collect();
        assert_eq!(roots, ["/todos", "/v2/todos"]);
        assert!(apis[0].is_named("One") && apis[0].is_named("One 1.0.0"));
    }

    #[test]
    fn paths_that_two_registries_serve_are_reported() {
        let one = registry("One", &["/", "/new"]);
        let two = registry("Two", &["/new", "/old"])
            .without_openapi()
            .openapi_path("/two.json")
            .docs_path("/docs");
        let (_, errors) = build([one, two]);
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors[0].contains("`One 1.0.0` and `Two 1.0.0` both serve GET /new"));
        assert!(errors[1].contains("both serve GET /docs"));
    }

    #[test]
    fn errors_of_all_registries_are_reported_together() {
        let wrong = registry("Wrong", &["no-slash"]);
        let worse = registry("Worse", &["/a", "/a"]);
        let (_, errors) = build([wrong, worse]);
        for start in ["registry `Wrong`: ", "registry `Worse`: "] {
            assert!(
                errors.iter().any(|error| error.starts_with(start)),
                "{errors:?}"
            );
        }
    }
}
