//! The settings: read once at start, from layers that each override the one
//! before, with every mistake reported together.
//!
//! Here is what an API crate uses ([`Settings::section`]) and the sections of
//! the app itself; where values come from is in `layers`, how they are read in
//! `read`.

mod bind;
mod checked;
mod files;
mod layers;
mod log_filter;
mod middleware;
mod mistake;
mod operations;
mod read;
mod section;
mod sections;
mod tell;
#[cfg(feature = "tls")]
mod tls;

use std::{
    cell::RefCell, env, ffi::OsString, future::Future, net::SocketAddr, path::PathBuf, sync::Arc,
    time::Duration,
};

use config::{Map, Value, ValueKind};
use serde::de::DeserializeOwned;

#[cfg(feature = "tls")]
pub use self::tls::{ClientCertificates, TlsSettings};
pub use self::{
    bind::Bind,
    middleware::{
        CompressionSettings, ConditionalSettings, CorsSettings, ForwardedBy, IdempotencySettings,
        LimitSettings, ProxySettings, RateLimitSettings, SecurityHeaderSettings,
    },
    mistake::Mistake,
    operations::OpsSettings,
    section::Section,
    sections::{HttpSettings, LogFormat, LogSettings},
};

pub(crate) use self::{
    checked::network, log_filter::check_filter, middleware::MiddlewareSettings, tell::FLAGS,
};
use crate::{
    lifecycle::Hook,
    middleware::IdempotencyStore,
    ops::{ReadinessCheck, RejectionCounter, RejectionCounters},
};

use self::{
    read::{Notes, ReadError},
    section::Declared,
};

/// What settings are read from. Later fields override earlier ones.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Sources {
    /// The file given by `--config`, which must exist; without it
    /// `purlin.toml` in the working directory is read if there is one.
    pub file: Option<PathBuf>,
    /// Environment variables; those not named `PURLIN_…` are not looked at.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags as (name, setting, value): `("--bind", "http.bind", "[::]:80")`.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

impl Sources {
    /// The environment of this process, and nothing else yet.
    pub fn from_process() -> Self {
        Self {
            environment: env::vars_os().collect(),
            ..Self::default()
        }
    }
}

/// A line for the person who starts the server, made from the URL it answers
/// at.
type Notice = Box<dyn FnOnce(&str) -> Option<String>>;

/// The settings of this process.
///
/// Defaults are overridden by the file (`purlin.toml`), the file by environment
/// variables (`PURLIN_HTTP__BIND` sets `http.bind`), those by flags (`--bind`).
/// A setting nobody knows is refused, wherever it stands.
///
/// ```
/// use purlin_app::{Settings, Sources};
/// use purlin_router::schemas::JsonSchema;
///
/// #[derive(serde::Serialize, serde::Deserialize, JsonSchema)]
/// #[schemars(crate = "purlin_router::schemas::schemars")]
/// #[serde(default)]
/// struct MailSettings {
///     sender: String,
///     retries: u8,
/// }
///
/// impl Default for MailSettings {
///     fn default() -> Self {
///         Self { sender: "nobody@example.org".to_owned(), retries: 3 }
///     }
/// }
///
/// let mut sources = Sources::default();
/// sources.environment.push(("PURLIN_MAIL__RETRIES".into(), "5".into()));
///
/// let settings = Settings::new(&sources);
/// let mail: MailSettings = settings.section("mail");
/// assert_eq!((mail.sender.as_str(), mail.retries), ("nobody@example.org", 5));
/// assert!(settings.mistakes().is_empty());
/// ```
pub struct Settings {
    root: Map<String, Value>,
    state: RefCell<State>,
    http: HttpSettings,
    log: LogSettings,
    ops: OpsSettings,
    rejection_counters: Arc<RejectionCounters>,
    middleware: MiddlewareSettings,
    #[cfg(feature = "tls")]
    tls: TlsSettings,
}

#[derive(Default)]
struct State {
    notes: RefCell<Notes>,
    sections: Vec<Declared>,
    mistakes: Vec<Mistake>,
    notices: Vec<Notice>,
    at_start: Vec<Hook>,
    at_stop: Vec<Hook>,
    checks: Vec<ReadinessCheck>,
    idempotency_store: Option<Arc<dyn IdempotencyStore>>,
}

impl Settings {
    /// Reads the sources. Mistakes are kept for [`mistakes`](Self::mistakes);
    /// until then what could not be read has its default.
    pub fn new(sources: &Sources) -> Self {
        let mut state = State::default();
        let root = match layers::collect(sources, &mut state.mistakes).kind {
            ValueKind::Table(root) => root,
            _ => Map::new(),
        };
        let mut settings = Self {
            root,
            state: RefCell::new(state),
            http: HttpSettings::default(),
            log: LogSettings::default(),
            ops: OpsSettings::default(),
            rejection_counters: Arc::default(),
            middleware: MiddlewareSettings::default(),
            #[cfg(feature = "tls")]
            tls: TlsSettings::default(),
        };
        settings.http = settings.section("http");
        #[cfg(feature = "tls")]
        {
            settings.tls = settings.section("tls");
        }
        settings.log = settings.section("log");
        settings.ops = settings.section("ops");
        settings.middleware = MiddlewareSettings::take(&settings);
        settings
    }

    /// How the server listens and stops: section `http`.
    pub fn http(&self) -> &HttpSettings {
        &self.http
    }

    /// How connections are encrypted: section `tls`.
    #[cfg(feature = "tls")]
    pub fn tls(&self) -> &TlsSettings {
        &self.tls
    }

    /// Where the API is served in clear text, if at an address.
    pub(crate) fn clear_address(&self) -> Option<SocketAddr> {
        #[cfg(feature = "tls")]
        if self.tls.certificate.is_some() {
            return None;
        }
        self.http.bind.address()
    }

    /// What is logged: section `log`.
    pub fn log(&self) -> &LogSettings {
        &self.log
    }

    /// Where health and metrics are served: section `ops`.
    pub fn ops(&self) -> &OpsSettings {
        &self.ops
    }

    /// What stands around every request.
    pub(crate) fn middleware(&self) -> &MiddlewareSettings {
        &self.middleware
    }

    /// Keeps the answers to requests with an idempotency key (section `idempotency`) elsewhere than in the memory of this
    /// process, such as in a database that several share.
    pub fn idempotency_store(&self, store: impl IdempotencyStore + 'static) {
        self.state.borrow_mut().idempotency_store = Some(Arc::new(store));
    }

    pub(crate) fn take_idempotency_store(&self) -> Option<Arc<dyn IdempotencyStore>> {
        self.state.borrow().idempotency_store.clone()
    }

    /// The settings an API crate declares for itself, under a name of its own.
    ///
    /// `T` is any struct with serde's traits and `JsonSchema`; give it
    /// `#[serde(default)]` so that each field may be left out. Its doc comments
    /// are what `config example` and `config schema` say. Fields it does not have are refused
    /// as unknown, also without `deny_unknown_fields`; text from the
    /// environment is read as the field's type, lists are separated by commas.
    ///
    /// A value that cannot be read is noted as a mistake, which stops the start
    /// once all settings have been looked at; meanwhile the default stands in.
    pub fn section<T: Section>(&self, name: &str) -> T {
        let mut declared = Declared::new::<T>(name);
        let read: T = self.read(name, &declared.schema);
        declared.value = serde_json::to_value(&read).unwrap_or_default();
        self.declare(declared);
        read
    }

    /// Not part of `section`: what does not depend on a type is there once, not once for each.
    fn declare(&self, declared: Declared) {
        let sections = &mut self.state.borrow_mut().sections;
        match sections.iter_mut().find(|it| it.name == declared.name) {
            Some(section) => *section = declared,
            None => sections.push(declared),
        }
    }

    fn read<T: DeserializeOwned + Default>(&self, name: &str, schema: &serde_json::Value) -> T {
        let path = [name.to_owned()];
        let mut value = self.found(name, schema);
        // Each round either reads the section or takes the value that cannot be
        // read out of it, so that one round finds one more mistake.
        loop {
            let notes = RefCell::new(Notes::default());
            match read::read(&value, &path, &notes) {
                Ok(section) => {
                    self.note(notes.into_inner());
                    return section;
                }
                Err(error) => {
                    if !self.note_mistake(notes.into_inner(), error, &mut value) {
                        return T::default();
                    }
                }
            }
        }
    }

    /// What the sources say of a section; files that it names are read.
    fn found(&self, name: &str, schema: &serde_json::Value) -> Value {
        let empty = || Value::new(None, Map::<String, Value>::new());
        let mut value = self.root.get(name).cloned().unwrap_or_else(empty);
        let mistakes = &mut self.state.borrow_mut().mistakes;
        files::resolve(&mut value, schema, name, mistakes);
        value
    }

    /// Keeps what a reading that came to its end has found out.
    fn note(&self, mut found: Notes) {
        let state = self.state.borrow();
        let mut notes = state.notes.borrow_mut();
        notes.known.append(&mut found.known);
        notes.unknown.append(&mut found.unknown);
    }

    /// Keeps what kept a reading from its end, and takes it out of the value; whether that could be done.
    fn note_mistake(&self, mut found: Notes, error: ReadError, value: &mut Value) -> bool {
        let mut state = self.state.borrow_mut();
        state.notes.borrow_mut().known.append(&mut found.known);
        let removed = remove(value, error.path.get(1..).unwrap_or_default());
        state.mistakes.push(mistake(error));
        removed
    }

    /// Prints a line at start, beside the URLs to open. The function is given
    /// the URL the server answers at, without a final slash, and is called by
    /// `serve` alone: other commands print nothing of it.
    pub fn at_start(&self, notice: impl FnOnce(&str) -> Option<String> + 'static) {
        self.state.borrow_mut().notices.push(Box::new(notice));
    }

    /// Runs something before the first request, such as opening a pool of connections; where it fails, the server does
    /// not start. Of several, each waits for the one before. Called by `serve` alone.
    pub fn on_start<F, R, E>(&self, name: &str, run: F)
    where
        F: FnOnce() -> R + 'static,
        R: Future<Output = Result<(), E>> + 'static,
        E: std::fmt::Display,
    {
        let hook = Hook::new(name, run);
        self.state.borrow_mut().at_start.push(hook);
    }

    /// Runs something after the last request, the latest that was named first; it may take `http.shutdown_timeout`
    /// seconds. What fails is logged. Called by `serve` alone.
    pub fn on_stop<F, R, E>(&self, name: &str, run: F)
    where
        F: FnOnce() -> R + 'static,
        R: Future<Output = Result<(), E>> + 'static,
        E: std::fmt::Display,
    {
        let hook = Hook::new(name, run);
        self.state.borrow_mut().at_stop.push(hook);
    }

    /// Something without which the server should be sent no requests, such as its database: `/readyz` of the operations
    /// port asks for it. A check that fails, panics or takes longer than `limit` makes the server not ready; what was
    /// wrong is in the log. Checks run side by side, at most about once a second, on the thread of the operations port.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let settings = purlin_app::Settings::new(&purlin_app::Sources::default());
    /// settings.ready_check("database", Duration::from_millis(500), || async {
    ///     // pool.acquire().await?;
    ///     Ok::<(), std::io::Error>(())
    /// });
    /// ```
    pub fn ready_check<F, R, E>(&self, name: &str, limit: Duration, check: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + 'static,
        E: std::fmt::Display,
    {
        let check = ReadinessCheck::new(name, limit, check);
        self.state.borrow_mut().checks.push(check);
    }

    /// The counter of requests that are refused for this reason before an operation sees them, by a limit of your own
    /// for example: `purlin_http_requests_rejected_total{reason="…"}` among the metrics. Reasons are few and known at
    /// start; nothing a client sends should be one.
    pub fn rejection_counter(&self, reason: &str) -> RejectionCounter {
        self.rejection_counters.counter(reason)
    }

    /// Every mistake there is, once all sections have been taken: what is left
    /// over then belongs to nobody.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let state = self.state.borrow();
        let notes = state.notes.borrow();
        let mut unknown = notes.unknown.clone();
        for (name, value) in &self.root {
            if !state.sections.iter().any(|section| section.name == *name) {
                layers::leaves(&mut vec![name.clone()], value, &mut unknown);
            }
        }
        unknown.sort();
        unknown.dedup();
        let mut mistakes = state.mistakes.clone();
        mistakes.extend(unknown.iter().map(|(path, origin)| {
            let origin = origin.as_deref().unwrap_or("settings");
            Mistake::unknown(origin, &path.join("."), notes.known.iter())
        }));
        mistakes
    }

    /// What is in force, as TOML with the origin of each setting; secrets are masked.
    pub fn effective(&self) -> String {
        tell::effective(&self.state.borrow().sections, &self.root)
    }

    /// A settings file with every setting there is, its meaning and its default.
    pub fn example(&self, program: &str) -> String {
        tell::example(&self.state.borrow().sections, program)
    }

    /// Every setting as a row of a table in Markdown.
    pub fn table(&self) -> String {
        tell::table(&self.state.borrow().sections)
    }

    /// The JSON Schema of a settings file.
    pub fn schema(&self, program: &str) -> serde_json::Value {
        let title = format!("The settings of {program}");
        tell::schema(&self.state.borrow().sections, &title)
    }

    /// What is to run before the first request, and after the last.
    pub(crate) fn take_hooks(&self) -> (Vec<Hook>, Vec<Hook>) {
        let state = &mut self.state.borrow_mut();
        (
            std::mem::take(&mut state.at_start),
            std::mem::take(&mut state.at_stop),
        )
    }

    pub(crate) fn rejection_counters(&self) -> Arc<RejectionCounters> {
        Arc::clone(&self.rejection_counters)
    }

    pub(crate) fn take_checks(&self) -> Vec<ReadinessCheck> {
        std::mem::take(&mut self.state.borrow_mut().checks)
    }

    pub(crate) fn take_notices(&self) -> Vec<Notice> {
        std::mem::take(&mut self.state.borrow_mut().notices)
    }
}

fn mistake(error: ReadError) -> Mistake {
    let key = error.path.join(".");
    match error.origin {
        Some(origin) => Mistake::new(origin, Some(key), error.message),
        None => {
            let variable = layers::variable_name(&key);
            let message = format!("{} in the file or as {variable}", error.message);
            Mistake::new("settings", Some(key), message)
        }
    }
}

/// Takes the value at `path` out of `value`; a list goes as a whole.
fn remove(value: &mut Value, path: &[String]) -> bool {
    let (Some((key, rest)), ValueKind::Table(table)) = (path.split_first(), &mut value.kind) else {
        return false;
    };
    let inside = match table.get_mut(key) {
        Some(inner) if !rest.is_empty() => remove(inner, rest),
        _ => false,
    };
    inside || table.remove(key).is_some()
}
