//! The registries, built, and checked against one another: what one of them
//! cannot know is whether it stands in the way of the next.

use std::collections::HashMap;

use purlin_router::{Registry, Router};

/// A built registry and what it is called.
pub(crate) struct Api {
    pub(crate) router: Router,
    title: String,
    version: String,
}

impl Api {
    /// Title and version.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.title, self.version)
    }

    /// Returns the path that all its operations begin with.
    pub(crate) fn root(&self) -> String {
        root(&self.router)
    }

    pub(crate) fn is_called(&self, name: &str) -> bool {
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

/// Builds every registry; the mistakes of all of them come back at once.
pub(crate) fn build(
    registries: impl IntoIterator<Item = Registry>,
) -> Result<Vec<Api>, Vec<String>> {
    let mut apis = Vec::new();
    let mut mistakes = Vec::new();
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
            Err(errors) => mistakes.extend(
                errors
                    .iter()
                    .map(|error| format!("registry `{}`: {error}", registry.title())),
            ),
        }
    }
    if apis.is_empty() && mistakes.is_empty() {
        mistakes.push("there is no registry to serve; return at least one".to_owned());
    }
    mistakes.extend(collisions(&apis));
    if mistakes.is_empty() {
        Ok(apis)
    } else {
        Err(mistakes)
    }
}

/// Requests that two registries would answer: the first would hide the second.
fn collisions(apis: &[Api]) -> Vec<String> {
    let mut owners = HashMap::new();
    let mut mistakes = Vec::new();
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
                mistakes.push(format!(
                    "registries `{first}` and `{}` both answer {request}; give one of them a \
                     prefix, or its documents other paths",
                    api.name()
                ));
            }
        }
    }
    mistakes
}

/// A template without the names of its parameters, which route nothing.
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
    use purlin_router::{Json, Message, Operation, Registry};

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
    fn registries_under_different_prefixes_stand_side_by_side() {
        let one = registry("One", &["/todos", "/todos/new"]);
        let two = one.clone().prefix("/v2");
        let apis = build([one, two]).unwrap();
        let roots: Vec<_> = apis.iter().map(|api| api.root()).collect();
        assert_eq!(roots, ["/todos", "/v2/todos"]);
        assert!(apis[0].is_called("One") && apis[0].is_called("One 1.0.0"));
    }

    #[test]
    fn what_two_registries_would_both_answer_is_refused() {
        let one = registry("One", &["/", "/new"]);
        let two = registry("Two", &["/new", "/old"])
            .without_openapi()
            .openapi_path("/two.json")
            .docs_path("/docs");
        let mistakes = build([one, two]).err().unwrap();
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
        assert!(mistakes[0].contains("`One 1.0.0` and `Two 1.0.0` both answer GET /new"));
        assert!(mistakes[1].contains("both answer GET /docs"));
    }

    #[test]
    fn the_mistakes_of_every_registry_come_at_once() {
        let wrong = registry("Wrong", &["no-slash"]);
        let worse = registry("Worse", &["/a", "/a"]);
        let mistakes = build([wrong, worse]).err().unwrap();
        assert!(
            mistakes
                .iter()
                .any(|mistake| mistake.starts_with("registry `Wrong`: "))
        );
        assert!(
            mistakes
                .iter()
                .any(|mistake| mistake.starts_with("registry `Worse`: "))
        );
        assert_eq!(build([]).err().map(|mistakes| mistakes.len()), Some(1));
    }
}
