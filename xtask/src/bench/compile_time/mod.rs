//! `cargo xtask bench --compile-time`: what a small service costs to compile, written for each of several frameworks.
//!
//! `services` is the text of the services, `build` compiles one of them in a folder of its own and counts processor seconds, `page`
//! writes docs/benchmarks-compile-time.md.

mod build;
mod page;
mod services;

use anyhow::Result;
use fs_err as fs;

use crate::run::root;

/// Measures the services whose name contains `only`, one after another; writes the page when these are all.
pub(super) fn measure(only: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut rows = Vec::new();
    let services = services::all().into_iter();
    for service in services.filter(|service| service.name.contains(only)) {
        let figures = build::measure(&service, folder.path())?;
        eprintln!("{}: {}", service.name, page::summary(&figures));
        rows.push((service, figures));
    }
    if only.is_empty() {
        let page = page::page(&rows)?;
        fs::write(root().join("docs/benchmarks-compile-time.md"), page)?;
    }
    Ok(())
}
