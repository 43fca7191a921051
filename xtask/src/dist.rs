//! `cargo xtask dist`: Purlin's own server as `cargo_purlin::dist` packages it.

use anyhow::Result;
use cargo_purlin::{Service, dist, sbom::Component};

use crate::{
    run::root,
    swagger_ui::{self, Upstream},
};

/// The package of the server.
pub(crate) const SERVER: &str = "purlin-server";

/// Builds the server and writes everything into `target/dist`.
pub(crate) fn dist(options: &dist::Options) -> Result<()> {
    let mut server = Service::of_package(root(), SERVER)?;
    let Upstream { version, license } = Upstream::locked()?;
    let page = Component::new("npm", swagger_ui::NAME, &version, Some(license));
    server.bundled.push((swagger_ui::OWNER.to_owned(), page));
    Ok(dist::dist(&server, options)?)
}

/// Builds the server for this machine.
pub(crate) fn for_this_machine() -> Result<()> {
    dist(&dist::Options::for_this_machine()?)
}
