//! A new service: a cargo package that builds, passes its tests and has no warning, for a database and a way to authenticate
//! callers of one's choice.
//!
//! The files are rendered from the templates beside this module, of the folder `all` and of those for what was chosen
//! (`files.rs`). `name.rs` checks the name, `source.rs` decides where the crates of Purlin come from, `lock.rs` locks the
//! versions of dependencies, `vcs.rs` makes a repository.

mod files;
mod lock;
mod name;
mod source;
mod vcs;

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use fs_err as fs;

pub use self::{source::SourceOptions, vcs::Vcs};
use crate::{Error, Result, process::Cmd};

/// The command-line options of a new service.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The name of the service, or the path of the folder to create, whose last part is the name
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// Where the service keeps its data
    #[arg(long, value_enum, default_value_t)]
    database: Database,
    /// How callers authenticate
    #[arg(long, value_enum, default_value_t)]
    auth: Auth,
    /// Whether the folder becomes a repository [default: git, unless it is within one]
    #[arg(long, value_enum)]
    vcs: Option<Vcs>,
    #[command(flatten)]
    source: SourceOptions,
}

/// Where a service keeps its data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Database {
    /// A file, by SQLite, which is compiled into the program
    #[default]
    Sqlite,
    /// A PostgreSQL server
    Postgres,
    /// In memory
    None,
}

/// How the callers of a service authenticate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Auth {
    /// A key in the header X-Api-Key
    #[default]
    Key,
    /// A JSON Web Token that is signed with a secret of the settings
    Jwt,
    /// Not at all
    None,
}

/// A service that was created.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Created {
    /// The folder of the service.
    pub folder: PathBuf,
    /// The name of the package.
    pub name: String,
    /// What else the user should know, a sentence each.
    pub notes: Vec<String>,
}

/// Creates the folder of a service and everything in it, or nothing.
///
/// # Errors
/// Fails if the name cannot be that of a package or of settings, if the folder exists and is not empty, if it cannot be
/// written, and if the crates of Purlin are not where they should be.
pub fn new(options: &Options) -> Result<Created> {
    let folder = std::path::absolute(&options.folder)?;
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| {
        let folder = options.folder.display();
        Error::unsupported(format!("`{folder}` has no name that a package can have"))
    })?;
    name::check(name)?;
    name::check_variables(name, std::env::vars_os().map(|(variable, _)| variable))?;
    check_vacant(&folder)?;
    let (source, mut notes) = options.source.choose()?;
    let files = files::render(name, options.database, options.auth, &source)?;
    name::check_dependencies(name, &files)?;

    let parent = folder.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent)?;
    let (vcs, no_git) = Vcs::choose(options.vcs, parent)?;
    notes.extend(no_git);
    // Renamed when it is complete, so that a failure leaves nothing behind.
    let draft = tempfile::Builder::new()
        .prefix(&format!(".{name}-"))
        .permissions(Permissions::from_mode(0o777))
        .tempdir_in(parent)
        .map_err(|error| not_written(&folder, error.kind()))?;
    for (path, text) in &files {
        let path = draft.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(&path))
            .and_then(|()| fs::write(path, text))
            .map_err(|error| not_written(&folder, error.kind()))?;
    }
    format(draft.path(), &files);
    let outer = outer_workspace(parent);
    if vcs == Vcs::Git {
        // Within a workspace, the file is that of the workspace.
        if outer.is_none() {
            notes.extend(lock::write(draft.path(), &source));
        }
        notes.extend(vcs::init(draft.path(), name)?);
    }
    notes.extend(outer);
    fs::rename(draft.path(), &folder).map_err(|error| not_written(&folder, error.kind()))?;
    // It has another name now.
    let _ = draft.keep();
    Ok(Created {
        name: name.to_owned(),
        folder,
        notes,
    })
}

/// Returns the error of a folder that cannot be written, without the name that it has until it is complete.
fn not_written(folder: &Path, error: std::io::ErrorKind) -> Error {
    Error::unsupported(format!("cannot create {}: {error}", folder.display()))
}

/// Fails if there is something in the place of the folder.
fn check_vacant(folder: &Path) -> Result {
    let is_vacant = match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error.into()),
        Ok(found) => found.is_dir() && fs::read_dir(folder)?.next().is_none(),
    };
    match is_vacant {
        true => Ok(()),
        false => Err(Error::unsupported(format!(
            "{} exists already; choose another name, or remove it",
            folder.display()
        ))),
    }
}

/// Returns a sentence about the workspace that `folder` is in, if it is in one: cargo does not build packages within its folder
/// that are no members.
fn outer_workspace(folder: &Path) -> Option<String> {
    let manifests = folder.ancestors().map(|folder| folder.join("Cargo.toml"));
    let root = manifests.into_iter().find(|manifest| {
        let text = fs::read_to_string(manifest).unwrap_or_default();
        let table = text.parse::<toml::Table>();
        table.is_ok_and(|table| table.contains_key("workspace"))
    })?;
    Some(format!(
        "{} is a workspace: cargo builds the service if it is one of its `members`.",
        root.display()
    ))
}

/// Formats the sources, in which a long name makes longer lines than in the templates; without rustfmt they stay as they are.
fn format(folder: &Path, files: &[(String, String)]) {
    let sources = files.iter().map(|(path, _)| path);
    let sources = sources.filter(|path| path.ends_with(".rs"));
    let _ = Cmd::new("rustfmt")
        .args(["--edition", "2024"])
        .args(sources)
        .current_dir(folder)
        .succeeds();
}
