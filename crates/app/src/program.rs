//! The identity of a program: what its help text, `/version`, environment variables, settings file and metrics are named
//! after.

use crate::prefix::Prefix;

/// The program that [`run`](crate::run) runs.
///
/// [`program!`](crate::program) fills it from the Cargo.toml of the calling crate. Environment variables, the settings file
/// and metrics are named after the program: `billing` reads `BILLING_HTTP__BIND` and `billing.toml`, and exports
/// `billing_http_requests_total`. [`prefix`](Self::prefix) chooses another name for them.
///
/// ```
/// use purlin_app::{Program, program};
///
/// let from_cargo = program!().prefix("billing");
/// let by_hand = Program::new("billing-server", "1.2.0").about("Sends invoices.").prefix("billing");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Program {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) about: &'static str,
    pub(crate) commit: Option<&'static str>,
    prefix: Option<&'static str>,
}

impl Program {
    /// Describes a program by the name of its binary and its version.
    #[must_use]
    pub const fn new(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            about: "",
            commit: None,
            prefix: None,
        }
    }

    /// Sets the line that describes the program in its help text.
    #[must_use]
    pub const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// Sets the commit the program was built from; `/version` and the metric `…_build_info` report it.
    #[must_use]
    pub const fn commit(mut self, commit: Option<&'static str>) -> Self {
        self.commit = commit;
        self
    }

    /// Names environment variables (`PREFIX_…`), the settings file (`prefix.toml`) and metrics (`prefix_…`); the name of the
    /// program unless set. Characters that a variable cannot have are replaced by underscores.
    #[must_use]
    pub const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = Some(prefix);
        self
    }

    /// Returns the names derived from the prefix.
    pub(crate) fn names(&self) -> Prefix {
        Prefix::new(self.prefix.unwrap_or(self.name))
    }
}

/// Makes the [`Program`] that the Cargo.toml of the calling crate describes: `name`, `version` and `description`. The commit
/// is taken from the variable `PURLIN_COMMIT` of the build's environment, if it is set.
#[macro_export]
macro_rules! program {
    () => {
        $crate::Program::new(
            ::core::env!("CARGO_PKG_NAME"),
            ::core::env!("CARGO_PKG_VERSION"),
        )
        .about(::core::env!("CARGO_PKG_DESCRIPTION"))
        .commit(::core::option_env!("PURLIN_COMMIT"))
    };
}
