//! Versions of an API at the same paths, which requests select by a header or by the media type they accept.

use std::{borrow::Cow, sync::Arc};

use actix_web::http::header::HeaderName;

use crate::{
    build::RegistryErrors,
    registry::Registry,
    router::Router,
    selection::{SelectedBy, SelectedVersion, Selection},
};

/// Versions of an API at the same paths: a request says in a header, or in the media type it accepts, which one it means.
///
/// Each version is a registry of its own, with its own document: that of the default version at its usual path, those of the
/// others below `/versions/NAME`. Paths that one version has and another has not are 404 there. Responses have `Vary`.
///
/// ```
/// use actix_web::App;
/// use purlin_router::{Json, Operation, Registry, Versions, schemas::Message, testing::TestClient};
///
/// async fn hello() -> Json<Message> {
///     Json(Message::new("Hello"))
/// }
///
/// async fn hello_being() -> Json<Message> {
///     Json(Message::new("Hello, Being!"))
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let v1 = Registry::new("Greetings", "1.4.0").operation(Operation::get("/hello", hello));
/// let v2 = Registry::new("Greetings", "2.0.0").operation(Operation::get("/hello", hello_being));
/// let versions = Versions::by_header("X-Api-Version").version("1", v1).default_version("2", v2);
///
/// let routers = versions.build()?;
/// let client = TestClient::new(&routers[0]);
/// let response = client.get("/hello").header("X-Api-Version", "1").send();
/// assert_eq!(response.json::<Message>(), Message::new("Hello"));
///
/// let app = routers.into_iter().fold(App::new(), |app, router| app.service(router));
/// # Ok(())
/// # }
/// ```
///
/// In a program made with `purlin_app::run`, add each of [`registries`](Self::registries) to the `App`. A `web::scope` serves
/// one registry alone; there, give versions different paths.
#[derive(Clone, Debug)]
pub struct Versions {
    by: By,
    versions: Vec<(Cow<'static, str>, Registry)>,
    default: Option<usize>,
}

#[derive(Clone, Debug)]
enum By {
    Header(Cow<'static, str>),
    MediaType(Cow<'static, str>),
}

impl Versions {
    /// Selects a version by the value of a request header.
    ///
    /// A value that names no version is a violation, and so is a missing header without a
    /// [`default_version`](Self::default_version).
    #[must_use]
    pub fn by_header(name: impl Into<Cow<'static, str>>) -> Self {
        Self::by(By::Header(name.into()))
    }

    /// Selects a version by `Accept` (RFC 9110 section 12.5.1): by the media type of its JSON responses, in which
    /// `{version}` stands for its name.
    ///
    /// A request that accepts everything, or `application/json`, gets the default version; without a
    /// [`default_version`](Self::default_version) that is the first. One that accepts none of the media types gets 406.
    ///
    /// ```
    /// # use purlin_router::{Registry, Versions};
    /// Versions::by_media_type("application/vnd.greetings.v{version}+json")
    ///     .version("1", Registry::new("Greetings", "1.4.0"))
    ///     .default_version("2", Registry::new("Greetings", "2.0.0"));
    /// ```
    #[must_use]
    pub fn by_media_type(template: impl Into<Cow<'static, str>>) -> Self {
        Self::by(By::MediaType(template.into()))
    }

    fn by(by: By) -> Self {
        Self {
            by,
            versions: Vec::new(),
            default: None,
        }
    }

    /// Adds a version under the name that requests select it by.
    #[must_use]
    pub fn version(mut self, name: impl Into<Cow<'static, str>>, registry: Registry) -> Self {
        self.versions.push((name.into(), registry));
        self
    }

    /// Adds the version of requests that select none.
    #[must_use]
    pub fn default_version(
        mut self,
        name: impl Into<Cow<'static, str>>,
        registry: Registry,
    ) -> Self {
        self.default = Some(self.versions.len());
        self.version(name, registry)
    }

    /// Returns the registries, which know of each other; for `purlin_app::App::registry`.
    ///
    /// What is wrong with the header, the media type or the names is reported by their `build`.
    #[must_use]
    pub fn registries(self) -> Vec<Registry> {
        let (by, mut errors) = self.selected_by();
        for (position, (name, _)) in self.versions.iter().enumerate() {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            if name.is_empty() || !name.bytes().all(is_name) {
                errors.push(format!(
                    "the version `{name}` is not a name; use letters, digits, `-`, `.` and `_`"
                ));
            }
            let mut earlier = self.versions.iter().take(position);
            if earlier.any(|(other, _)| other == name) {
                errors.push(format!(
                    "the version `{name}` is declared twice; leave one out"
                ));
            }
        }
        let selection = Arc::new(Selection {
            by,
            names: self
                .versions
                .iter()
                .map(|(name, _)| name.to_string())
                .collect(),
            default: self.default,
        });
        let versions = self.versions.into_iter().enumerate();
        let registries = versions.map(|(own, (name, registry))| {
            let version = SelectedVersion {
                selection: Arc::clone(&selection),
                own,
            };
            let is_usual = version.is_fallback();
            // Of the same mistakes each registry would report all.
            let errors = if own == 0 { errors.clone() } else { Vec::new() };
            registry.selected(version, &name, is_usual, errors)
        });
        registries.collect()
    }

    /// Builds every version.
    ///
    /// # Errors
    ///
    /// Every error of every version at once.
    pub fn build(self) -> Result<Vec<Router>, RegistryErrors> {
        let mut routers = Vec::new();
        let mut errors = Vec::new();
        for registry in self.registries() {
            match registry.build() {
                Ok(router) => routers.push(router),
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() {
            Ok(routers)
        } else {
            Err(RegistryErrors::new(errors))
        }
    }

    /// Returns what requests select by, and what is wrong with it.
    fn selected_by(&self) -> (SelectedBy, Vec<String>) {
        match &self.by {
            By::Header(text) => match HeaderName::try_from(text.as_ref()) {
                Ok(name) => (SelectedBy::Header(name), Vec::new()),
                Err(_) => {
                    let error = format!(
                        "`{text}` is not the name of a header; write one such as `X-Api-Version`"
                    );
                    (SelectedBy::MediaType(Vec::new()), vec![error])
                }
            },
            By::MediaType(template) => {
                let names = self.versions.iter().map(|(name, _)| name);
                let types: Vec<String> = names
                    .map(|name| template.replace("{version}", name))
                    .collect();
                let mut errors = Vec::new();
                if !template.contains("{version}") {
                    errors.push(format!(
                        "`{template}` does not contain `{{version}}`; write one such as `application/vnd.example.v{{version}}+json`"
                    ));
                }
                (SelectedBy::MediaType(types), errors)
            }
        }
    }
}
