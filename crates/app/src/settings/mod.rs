//! The settings: read once at startup from layers that override each other, with all errors reported together.
//!
//! This module has [`Settings`], its own sections and [`Settings::section`] for those of an application; where values come
//! from is in `layers`, how they are deserialized in `read`, how they are printed in `render`.

mod bind;
mod bounded;
mod duration_buckets;
mod error;
mod files;
mod http;
mod layers;
mod log;
mod log_filter;
mod middleware;
mod ops;
mod origin;
mod read;
mod render;
mod replicas;
mod secret;
mod section;
mod service_links;
mod store;
mod telemetry;
#[cfg(feature = "tls")]
mod tls;
mod toml_file;
mod values;

use std::{cell::RefCell, env, ffi::OsString, net::SocketAddr, path::PathBuf};

use config::{Map, Value, ValueKind};
use serde::de::DeserializeOwned;

#[cfg(feature = "tls")]
pub use self::tls::{ClientCertificates, TlsSettings};
pub use self::{
    bind::Bind,
    bounded::Bounded,
    duration_buckets::DurationBuckets,
    error::SettingsError,
    http::HttpSettings,
    log::{LogFormat, LogSettings},
    log_filter::LogFilter,
    middleware::{
        CompressionSettings, ConditionalSettings, CorsSettings, ForwardedBy, IdempotencySettings,
        LimitSettings, OnStoreFailure, ProxySettings, RateLimitSettings, SecurityHeaderSettings,
    },
    ops::OpsSettings,
    replicas::{InMemoryState, ReplicaSettings},
    secret::Secret,
    section::Section,
    store::StoreSettings,
    telemetry::TelemetrySettings,
};

use self::{
    layers::Layers,
    read::{Notes, ReadError},
    section::ReadSection,
};
pub(crate) use self::{
    middleware::MiddlewareSettings,
    render::FLAGS,
    values::{network, origin_error},
};
use crate::prefix::Prefix;

/// What settings are read from. Later fields override earlier ones.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sources {
    prefix: Prefix,
    /// The file given by `--config`, which must exist; without it `prefix.toml` in the working directory is read, if there is
    /// one.
    pub file: Option<PathBuf>,
    /// Environment variables; those not named `PREFIX_…` are ignored.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags as (name, setting, value): `("--bind", "http.bind", "[::]:80")`.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

impl Sources {
    /// Returns sources without values, for a program with this [`prefix`](crate::Program::prefix).
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self::with_prefix(Prefix::new(prefix))
    }

    /// Returns the environment of this process, for a program with this [`prefix`](crate::Program::prefix).
    #[must_use]
    pub fn from_process(prefix: &str) -> Self {
        Self::new(prefix).with_environment()
    }

    pub(crate) fn with_prefix(prefix: Prefix) -> Self {
        Self {
            prefix,
            file: None,
            environment: Vec::new(),
            flags: Vec::new(),
        }
    }

    pub(crate) fn with_environment(mut self) -> Self {
        self.environment = env::vars_os().collect();
        self
    }
}

/// The settings of this process.
///
/// The file (`billing.toml`) overrides defaults, environment variables (`BILLING_HTTP__BIND` sets `http.bind`) override the
/// file, and flags (`--bind`) override both. A setting that no section has is rejected.
///
/// ```
/// use purlin_app::{Bounded, Settings, Sources};
/// use purlin_router::schemas::JsonSchema;
///
/// #[derive(serde::Serialize, serde::Deserialize, JsonSchema)]
/// #[schemars(crate = "purlin_router::schemas::schemars")]
/// #[serde(default)]
/// struct MailSettings {
///     sender: String,
///     retries: Bounded<0, 10>,
/// }
///
/// impl Default for MailSettings {
///     fn default() -> Self {
///         Self { sender: "billing@example.org".to_owned(), retries: Bounded::of::<3>() }
///     }
/// }
///
/// let mut sources = Sources::new("billing");
/// sources.environment.push(("BILLING_MAIL__RETRIES".into(), "5".into()));
///
/// let mut settings = Settings::new(&sources);
/// let mail: MailSettings = settings.section("mail");
/// assert_eq!((mail.sender.as_str(), mail.retries.get()), ("billing@example.org", 5));
/// assert!(settings.errors().is_empty());
/// ```
pub struct Settings {
    prefix: Prefix,
    root: Map<String, Value>,
    service_links: usize,
    sections: Vec<ReadSection>,
    notes: Notes,
    errors: Vec<SettingsError>,
    http: HttpSettings,
    #[cfg(feature = "tls")]
    tls: TlsSettings,
    log: LogSettings,
    ops: OpsSettings,
    replicas: ReplicaSettings,
    store: StoreSettings,
    telemetry: TelemetrySettings,
    middleware: MiddlewareSettings,
}

impl Settings {
    /// Reads the sources. Errors are kept for [`errors`](Self::errors); a value that cannot be read is replaced by its
    /// default.
    pub fn new(sources: &Sources) -> Self {
        let mut errors = Vec::new();
        let Layers {
            root,
            service_links,
        } = Layers::merge(sources, &mut errors);
        let mut settings = Self {
            prefix: sources.prefix.clone(),
            root,
            service_links,
            sections: Vec::new(),
            notes: Notes::default(),
            errors,
            http: HttpSettings::default(),
            #[cfg(feature = "tls")]
            tls: TlsSettings::default(),
            log: LogSettings::default(),
            ops: OpsSettings::default(),
            replicas: ReplicaSettings::default(),
            store: StoreSettings::default(),
            telemetry: TelemetrySettings::default(),
            middleware: MiddlewareSettings::default(),
        };
        settings.http = settings.section("http");
        #[cfg(feature = "tls")]
        {
            settings.tls = settings.section("tls");
        }
        settings.log = settings.section("log");
        settings.ops = settings.section("ops");
        settings.replicas = settings.section("replicas");
        settings.store = settings.section("store");
        settings.telemetry = settings.section("telemetry");
        settings.middleware = MiddlewareSettings::read(&mut settings);
        settings
    }

    /// Returns the section `http`: listening, connections and shutdown.
    pub fn http(&self) -> &HttpSettings {
        &self.http
    }

    /// Returns the section `tls`: certificates.
    #[cfg(feature = "tls")]
    pub fn tls(&self) -> &TlsSettings {
        &self.tls
    }

    /// Returns the section `log`: what is logged, and how.
    pub fn log(&self) -> &LogSettings {
        &self.log
    }

    /// Returns the section `ops`: the operations port.
    pub fn ops(&self) -> &OpsSettings {
        &self.ops
    }

    /// Returns the section `replicas`: how many processes serve the same clients.
    pub fn replicas(&self) -> &ReplicaSettings {
        &self.replicas
    }

    /// Returns the section `store`: the state that replicas share.
    pub fn store(&self) -> &StoreSettings {
        &self.store
    }

    /// Returns the prefix of the program.
    #[cfg(any(feature = "store-postgres", feature = "store-redis"))]
    pub(crate) fn prefix(&self) -> &str {
        self.prefix.as_str()
    }

    /// Returns the section `telemetry`: traces and metrics that are sent to a collector.
    pub fn telemetry(&self) -> &TelemetrySettings {
        &self.telemetry
    }

    /// Returns the sections of the middleware.
    pub(crate) fn middleware(&self) -> &MiddlewareSettings {
        &self.middleware
    }

    /// Returns the address at which the API is served without TLS, if there is one.
    pub(crate) fn plain_http_address(&self) -> Option<SocketAddr> {
        #[cfg(feature = "tls")]
        if self.tls.certificate.is_some() {
            return None;
        }
        self.http.bind.address()
    }

    /// Returns how many environment variables were ignored because Kubernetes or Docker inject them for a service with the
    /// prefix of this program.
    pub(crate) fn service_links(&self) -> usize {
        self.service_links
    }

    /// Reads a section of the application.
    ///
    /// `T` is any struct with serde's traits and `JsonSchema`; give it `#[serde(default)]` so that every field may be left
    /// out. Its doc comments are printed by `config example` and `config schema`. Unknown fields are rejected, also without
    /// `deny_unknown_fields`; text from the environment is parsed as the type of the field, and lists are separated by
    /// commas.
    ///
    /// A value that cannot be read is replaced by its default, and reported by [`errors`](Self::errors) before anything
    /// starts.
    pub fn section<T: Section>(&mut self, name: &str) -> T {
        let mut section = ReadSection::new::<T>(name);
        let value: T = self.read(name, &section.schema);
        section.value = serde_json::to_value(&value).unwrap_or_default();
        self.keep(section);
        value
    }

    /// Returns whether a section of this name has been read.
    pub(crate) fn has_section(&self, name: &str) -> bool {
        self.sections.iter().any(|section| section.name == name)
    }

    // Not part of `section`, so that it is compiled once and not for every type.
    fn keep(&mut self, section: ReadSection) {
        match self.sections.iter_mut().find(|it| it.name == section.name) {
            Some(known) => *known = section,
            None => self.sections.push(section),
        }
    }

    fn read<T: DeserializeOwned + Default>(&mut self, name: &str, schema: &serde_json::Value) -> T {
        let path = [name.to_owned()];
        let mut value = self.values_of(name, schema);
        // Each round either reads the section or removes the value that cannot be read, so that the next round finds the
        // next error.
        loop {
            let notes = RefCell::new(Notes::default());
            match read::read(&value, &path, &notes) {
                Ok(section) => {
                    self.notes.append(notes.into_inner());
                    return section;
                }
                Err(mut error) => {
                    error.mask(schema);
                    self.notes.known.append(&mut notes.into_inner().known);
                    let removed = remove(&mut value, error.path.get(1..).unwrap_or_default());
                    self.errors.push(read_error(error, &self.prefix));
                    if !removed {
                        return T::default();
                    }
                }
            }
        }
    }

    /// Returns the values of a section, with those that are kept in files of their own.
    fn values_of(&mut self, name: &str, schema: &serde_json::Value) -> Value {
        let empty = || Value::new(None, Map::<String, Value>::new());
        let mut value = self.root.get(name).cloned().unwrap_or_else(empty);
        files::resolve(&mut value, schema, name, &mut self.errors);
        value
    }

    /// Returns all errors, once every section has been read: values that no section has read are unknown settings.
    pub fn errors(&self) -> Vec<SettingsError> {
        let mut unknown = self.notes.unknown.clone();
        for (name, value) in &self.root {
            if !self.sections.iter().any(|section| section.name == *name) {
                layers::leaves(&mut vec![name.clone()], value, &mut unknown);
            }
        }
        unknown.sort();
        unknown.dedup();
        let unknown = unknown.iter().map(|(path, origin)| {
            let origin = origin.as_deref().unwrap_or("settings");
            let known = self.notes.known.iter();
            SettingsError::unknown(origin, &path.join("."), known, &self.prefix)
        });
        self.errors.iter().cloned().chain(unknown).collect()
    }

    /// Returns the errors of values that sections have read, without unknown settings.
    pub(crate) fn read_errors(&self) -> &[SettingsError] {
        &self.errors
    }

    /// Prints the effective settings as TOML with the origin of each; secrets are masked.
    pub fn effective(&self) -> String {
        render::effective(&self.sections, &self.root)
    }

    /// Prints a settings file with every setting, its documentation and its default.
    pub fn example(&self, program: &str) -> String {
        render::example(&self.sections, program, &self.prefix)
    }

    /// Prints every setting as a row of a table in Markdown.
    pub fn table(&self) -> String {
        render::table(&self.sections, &self.prefix)
    }

    /// Returns the JSON Schema of a settings file.
    pub fn schema(&self, program: &str) -> serde_json::Value {
        let title = format!("The settings of {program}");
        render::schema(&self.sections, &title)
    }
}

fn read_error(error: ReadError, prefix: &Prefix) -> SettingsError {
    let key = error.path.join(".");
    match error.origin {
        Some(origin) => SettingsError::new(origin, Some(key), error.message),
        None => {
            let variable = prefix.variable(&key);
            let message = format!("{} in the file or as {variable}", error.message);
            SettingsError::new("settings", Some(key), message)
        }
    }
}

/// Removes the value at `path` from `value`, a list as a whole; returns whether there was one.
fn remove(value: &mut Value, path: &[String]) -> bool {
    let (Some((key, rest)), ValueKind::Table(table)) = (path.split_first(), &mut value.kind) else {
        return false;
    };
    let removed_inside = match table.get_mut(key) {
        Some(inner) if !rest.is_empty() => remove(inner, rest),
        _ => false,
    };
    removed_inside || table.remove(key).is_some()
}
