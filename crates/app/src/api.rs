//! Builds the registries, and reports paths that two of them serve.

use std::{collections::HashSet, fmt};

use purlin_router::{Registry, Router};
use serde_json::{Value, json};

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

    /// Returns title and version.
    pub(crate) fn to_json(&self) -> Value {
        json!({"title": self.title, "version": self.version})
    }

    /// Returns where it is served, for a URL: `at` the path that all its operations begin with, or `below` it if no operation
    /// has this path.
    pub(crate) fn root(&self) -> (&'static str, String) {
        let root = root(&self.router);
        let with_slash = format!("{}/", root.trim_end_matches('/'));
        let is_served = |path: &str| {
            let mut operations = self.router.operations();
            operations.any(|operation| operation.template() == path)
        };
        match is_served(&root) {
            true => ("at", root),
            false if is_served(&with_slash) => ("at", with_slash),
            false => ("below", with_slash),
        }
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

/// A path template that a registry serves, with a method.
struct Served {
    method: String,
    template: String,
    /// The path of the document or docs page that it belongs to.
    page: Option<String>,
}

impl Served {
    /// Returns the operations of a registry, then its documents and docs pages.
    fn of(router: &Router) -> Vec<Self> {
        let operations = router.operations().map(|operation| Self {
            method: operation.method().to_string(),
            template: operation.template().to_owned(),
            page: None,
        });
        let page = |path: &str, rest: &str| Self {
            method: "GET".to_owned(),
            template: format!("{path}{rest}"),
            page: Some(path.to_owned()),
        };
        let documents = router.documents().map(|(_, path)| page(path, ""));
        // The files of a docs page are below it.
        let docs = router.docs_paths().flat_map(|path| {
            let templates = ["", "/", "/{*file}"].into_iter();
            templates.map(move |rest| page(path, rest))
        });
        operations.chain(documents).chain(docs).collect()
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

/// Reports path templates that an earlier registry hides: the first registry with a template for a path gets its requests,
/// whatever their method.
fn conflicts(apis: &[Api]) -> Vec<String> {
    let mut earlier: Vec<(&Api, Served)> = Vec::new();
    let mut errors = Vec::new();
    for api in apis {
        let name = api.name();
        let served = Served::of(&api.router);
        let mut reported = HashSet::new();
        for hidden in &served {
            let matching = || {
                let all = earlier.iter();
                all.filter(|(other, first)| {
                    // Versions are selected by a header, their documents are not.
                    let is_version = other.router.__is_version_beside(&api.router);
                    let are_operations = first.page.is_none() && hidden.page.is_none();
                    !(is_version && are_operations) && hides(&first.template, &hidden.template)
                })
            };
            let same_method = matching().find(|(_, first)| first.method == hidden.method);
            let Some((other, first)) = same_method.or_else(|| matching().next()) else {
                continue;
            };
            if reported.insert(hidden.page.as_ref().unwrap_or(&hidden.template)) {
                let remedy = match first.page.is_none() && hidden.page.is_none() {
                    true => "or merge them",
                    false => "merge them, or give its documents other paths",
                };
                let first_name = other.name();
                errors.push(format!(
                    "{first} of registry `{first_name}` hides {hidden} of registry `{name}`: the first registry that has \
                     a path gets its requests of every method; give one of the registries a prefix, {remedy}"
                ));
            }
        }
        earlier.extend(served.into_iter().map(|served| (api, served)));
    }
    errors
}

/// Returns whether every path of the template `later` is also one of the template `earlier`.
fn hides(earlier: &str, later: &str) -> bool {
    let mut later = later.split('/');
    for segment in earlier.split('/') {
        let Some(other) = later.next() else {
            return false;
        };
        if segment.starts_with("{*") {
            // It does not match the empty rest.
            return !other.is_empty() || later.next().is_some();
        }
        if !segment_hides(segment, other) {
            return false;
        }
    }
    later.next().is_none()
}

/// Returns whether every value of the segment `later` is also one of the segment `earlier`.
fn segment_hides(earlier: &str, later: &str) -> bool {
    let (Some((before, _)), Some((_, after))) = (earlier.split_once('{'), earlier.rsplit_once('}'))
    else {
        return earlier == later;
    };
    let (is_whole, is_parameter) = (before.is_empty() && after.is_empty(), later.contains('{'));
    if later.starts_with("{*") {
        return false;
    }
    let rest = later.strip_prefix(before);
    let rest = rest.and_then(|rest| rest.strip_suffix(after));
    // A parameter does not match an empty text.
    is_whole && is_parameter || rest.is_some_and(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use purlin_router::{Json, Operation, Registry, Versions, schemas::Message};

    use super::{build, hides};

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
        let expected = ["/todos", "/v2/todos"].map(|path| ("at", path.to_owned()));
        assert_eq!(roots, expected);
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
        assert!(
            errors[0].starts_with(
                "GET /new of registry `One 1.0.0` hides GET /new of registry `Two 1.0.0`: "
            ),
            "{errors:?}"
        );
        assert!(
            errors[1].starts_with(
                "GET /docs of registry `One 1.0.0` hides GET /docs of registry `Two 1.0.0`: "
            ),
            "{errors:?}"
        );
        assert!(
            errors[1].ends_with("or give its documents other paths"),
            "{errors:?}"
        );
    }

    #[test]
    fn paths_that_an_earlier_registry_matches_are_reported() {
        let one = registry("One", &["/slow", "/names/{name}"]);
        let post = Operation::post("/slow", hello).operation_id("post");
        let two = registry("Two", &["/names/new", "/names", "/names/{id}/age"])
            .operation(post)
            .without_openapi()
            .openapi_path("/two.json")
            .docs_path("/names/docs");
        let (_, errors) = build([one.clone(), two.clone()]);
        assert_eq!(errors.len(), 3, "{errors:?}");
        for (first, hidden) in [
            ("GET /names/{name}", "GET /names/new"),
            ("GET /slow", "POST /slow"),
            ("GET /names/{name}", "GET /names/docs"),
        ] {
            let start =
                format!("{first} of registry `One 1.0.0` hides {hidden} of registry `Two 1.0.0`: ");
            assert!(
                errors.iter().any(|error| error.starts_with(&start)),
                "{errors:?}"
            );
        }
        assert!(
            errors[0].ends_with("give one of the registries a prefix, or merge them"),
            "{errors:?}"
        );
        // A literal path in front of a parameter hides no template.
        let (_, errors) = build([
            registry("One", &["/names/new"]),
            registry("Two", &["/names/{name}"]),
        ]);
        assert!(
            !errors.iter().any(|error| error.contains("/names")),
            "{errors:?}"
        );
        // The files of a docs page are below it.
        let (_, errors) = build([
            registry("One", &["/"]),
            registry("Two", &["/docs/new"]).without_openapi(),
        ]);
        assert!(
            errors[0]
                .starts_with("GET /docs/{*file} of registry `One 1.0.0` hides GET /docs/new of "),
            "{errors:?}"
        );
        let (_, errors) = build([one.prefix("/one"), two]);
        assert_eq!(errors, [""; 0]);
    }

    #[test]
    fn versions_that_a_header_selects_have_the_same_paths() {
        let versions = || {
            Versions::by_header("X-Api-Version")
                .version("1", registry("One", &["/"]))
                .default_version("2", registry("Two", &["/", "/new"]))
        };
        let (_, errors) = build(versions().registries());
        assert_eq!(errors, [""; 0]);
        let third = registry("Three", &["/new"]).without_openapi();
        let (_, errors) = build(versions().registries().into_iter().chain([third]));
        assert_eq!(errors.len(), 1, "{errors:?}");
    }

    #[test]
    fn templates_hide_those_whose_paths_they_all_match() {
        for (earlier, later, expected) in [
            ("/a/{x}", "/a/{y}", true),
            ("/a/{x}", "/a/b", true),
            ("/a/{x}", "/a/", false),
            ("/a/{x}", "/a/b/c", false),
            ("/a/b", "/a/{x}", false),
            ("/a/{x}.json", "/a/b.json", true),
            ("/a/{x}.json", "/a/.json", false),
            ("/a/{x}.json", "/a/b.xml", false),
            ("/a/{x}.json", "/a/{y}", false),
            ("/a/{x}", "/a/{y}.json", true),
            ("/a/{*rest}", "/a/b/c", true),
            ("/a/{*rest}", "/a/{x}/c", true),
            ("/a/{*rest}", "/a/{*other}", true),
            ("/a/{*rest}", "/a/", false),
            ("/a/{*rest}", "/a", false),
            ("/a/{x}", "/a/{*rest}", false),
        ] {
            assert_eq!(hides(earlier, later), expected, "{earlier} {later}");
        }
    }

    #[test]
    fn the_printed_path_is_one_that_is_served() {
        for (templates, at, path) in [
            (&["/", "/new"][..], "at", "/admin/"),
            (&["/users", "/users/{id}"], "at", "/admin/users"),
            (&["/users/{id}"], "below", "/admin/users/"),
            (&["/users", "/groups"], "below", "/admin/"),
        ] {
            let (apis, errors) = build([registry("Admin", templates).prefix("/admin")]);
            assert_eq!(errors, [""; 0]);
            assert_eq!(apis[0].root(), (at, path.to_owned()), "{templates:?}");
        }
        let (apis, _) = build([registry("Admin", &["/users", "/groups"])]);
        assert_eq!(apis[0].root(), ("below", "/".to_owned()));
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
