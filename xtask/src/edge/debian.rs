//! What of Debian's packages the edge's image is: nginx, the shared libraries it needs, whose they are, and nothing else.
//!
//! No shell, no package manager, no files of configuration but ours. How a tree becomes an image is `image`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::run::{Failure, Outcome, Run, root};

/// Files that are taken of a package, by how their names begin.
const LIBRARIES: &[&str] = &[
    "ld-linux-",
    "libc.so.",
    "libcrypt.so.",
    "libcrypto.so.",
    "libpcre2-8.so.",
    "libssl.so.",
    "libz.so.",
    "libzstd.so.",
];

/// Packages that have something for the image, whatever of them nginx of this Debian depends on. Others, such as
/// `iproute2`, are for whoever administers a machine.
const PACKAGES: &[&str] = &[
    "libc6",
    "libcrypt1",
    "libpcre2-8-0",
    "libssl3",
    "libssl3t64",
    "libzstd1",
    "zlib1g",
];

/// Where the packages of a named release are fetched from.
const MIRROR: &str = "http://deb.debian.org";

/// Who has signed them.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Which packages.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'s> {
    pub(crate) architecture: &'s str,
    /// The release of Debian, such as `forky`; this machine's unless it is named.
    pub(crate) release: Option<&'s str>,
}

/// A package as it was fetched.
pub(crate) struct Deb {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Its file.
    pub(crate) archive: Vec<u8>,
    /// Indices of those it depends on.
    pub(crate) uses: Vec<usize>,
}

/// Fills `tree` from packages, which are fetched into `fetched`; nginx is the first of them.
pub(crate) fn fill(tree: &Path, fetched: &Path, wanted: Wanted<'_>) -> Outcome<Vec<Deb>> {
    let apt = Apt::new(fetched, wanted)?;
    let mut packages: Vec<(String, PathBuf)> = Vec::new();
    let mut depends = Vec::new();
    let mut next = vec!["nginx".to_owned()];
    while !next.is_empty() {
        apt.fetch(&next)?;
        let mut found = Vec::new();
        for name in next {
            let package = apt.fetched(&name)?;
            let needed = needed(&field(&package, "Depends")?);
            found.extend(needed.iter().cloned());
            packages.push((name, package));
            depends.push(needed);
        }
        found.retain(|name| packages.iter().all(|(known, _)| known != name));
        found.sort();
        found.dedup();
        next = found;
    }
    let mut debs = Vec::new();
    for ((name, package), depends) in packages.iter().zip(depends) {
        take(name, package, tree, fetched)?;
        let nth = |wanted: &String| packages.iter().position(|(name, _)| name == wanted);
        debs.push(Deb {
            name: name.clone(),
            version: field(package, "Version")?,
            archive: fs::read(package).map_err(Failure::file(package))?,
            uses: depends.iter().filter_map(nth).collect(),
        });
    }
    Ok(debs)
}

/// What fetches packages for an architecture into a folder.
struct Apt<'f> {
    fetched: &'f Path,
    options: Vec<String>,
}

impl<'f> Apt<'f> {
    /// By the lists of this machine where they will do, else by lists of its own: those of this machine are for its
    /// architecture alone, may never have been fetched, and are root's.
    fn new(fetched: &'f Path, wanted: Wanted<'_>) -> Outcome<Self> {
        let Wanted {
            architecture,
            release,
        } = wanted;
        if release.is_none() {
            let machine = Self {
                fetched,
                options: Vec::new(),
            };
            let here = Run::new("dpkg").args(["--print-architecture"]).read()?;
            if here.trim() == architecture && machine.command("download").args(["nginx"]).succeeds()
            {
                return Ok(machine);
            }
        }
        let state = release.unwrap_or("machine");
        let state = root().join(format!("target/edge/apt-{state}-{architecture}"));
        for folder in ["lists/partial", "cache/archives/partial"] {
            let folder = state.join(folder);
            fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        }
        let sources = release
            .map(|release| sources(&state, release))
            .transpose()?;
        let state = state.display();
        let options = [
            format!("APT::Architecture={architecture}"),
            format!("Dir::State={state}"),
            // Nothing is installed there.
            "Dir::State::status=/dev/null".to_owned(),
            format!("Dir::Cache={state}/cache"),
            // Its own user may have no right to that folder.
            "APT::Sandbox::User=root".to_owned(),
        ];
        let own = Self {
            fetched,
            options: options
                .into_iter()
                .chain(sources.into_iter().flatten())
                .collect(),
        };
        let update = own.command("update");
        update.output().map_err(|failure| own.missed(&failure))?;
        Ok(own)
    }

    fn command(&self, command: &str) -> Run {
        let options = self.options.iter().flat_map(|option| ["-o", option]);
        let apt = Run::new("apt-get").within(self.fetched).args(options);
        apt.args(["--quiet", command])
    }

    fn fetch(&self, names: &[String]) -> Outcome {
        let apt = self.command("download").args(names);
        apt.output().map_err(|failure| self.missed(&failure))?;
        Ok(())
    }

    fn missed(&self, failure: &Failure) -> Failure {
        Failure::said(format!(
            "the edge's image is made of Debian's packages, and they were not to be had: {failure}. Name an image that has \
             nginx by --base, or leave the edge out by --image server"
        ))
    }

    /// The file of a package.
    fn fetched(&self, name: &str) -> Outcome<PathBuf> {
        let begin = format!("{name}_");
        let mut found = entries(self.fetched)?.into_iter();
        let is_it = |path: &PathBuf| {
            let is_package = path.extension().is_some_and(|end| end == "deb");
            is_package && file_name(path).starts_with(&begin)
        };
        found
            .find(is_it)
            .ok_or_else(|| Failure::said(format!("apt-get left no file of the package {name}")))
    }
}

/// Has apt know one release of Debian and nothing else.
fn sources(state: &Path, release: &str) -> Outcome<[String; 2]> {
    let known = release.chars().all(|c| c.is_ascii_lowercase());
    if release.is_empty() || !known {
        return Err(Failure::said(format!(
            "`{release}` is no release of Debian, such as bookworm, trixie or forky"
        )));
    }
    let file = state.join("sources.list");
    let signed = format!("deb [signed-by={KEYRING}] {MIRROR}");
    let mut text = format!("{signed}/debian {release} main\n");
    // Unstable is mended in itself.
    if release != "sid" && release != "unstable" {
        text.push_str(&format!(
            "{signed}/debian-security {release}-security main\n"
        ));
    }
    write(&file, text.as_bytes())?;
    Ok([
        format!("Dir::Etc::SourceList={}", file.display()),
        "Dir::Etc::SourceParts=/dev/null".to_owned(),
    ])
}

/// The packages in a `Depends` that are wanted.
fn needed(depends: &str) -> Vec<String> {
    let named = depends
        .split(',')
        .filter_map(|one| one.split_whitespace().next());
    let mut names: Vec<_> = named
        .filter(|name| PACKAGES.contains(name))
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

fn field(package: &Path, name: &str) -> Outcome<String> {
    let told = Run::new("dpkg-deb").args(["--field".as_ref(), package.as_os_str(), name.as_ref()]);
    told.read().map(|text| text.trim().to_owned())
}

/// Takes what is wanted of one package.
fn take(name: &str, package: &Path, tree: &Path, fetched: &Path) -> Outcome {
    let whole = fetched.join(name);
    if whole.exists() {
        fs::remove_dir_all(&whole).map_err(Failure::file(&whole))?;
    }
    let unpack = Run::new("dpkg-deb").args(["--extract".as_ref(), package.as_os_str()]);
    unpack.args([&whole]).output()?;
    let files = files(&whole)?;
    let targets: Vec<_> = files
        .iter()
        .filter_map(|file| fs::read_link(file).ok())
        .collect();
    for file in files {
        // A library is taken by the name programs ask for, which is a link, and not a second time by its own. A link from
        // the root would lead out of the package, to this machine's.
        let target = fs::read_link(&file);
        let twice = target.is_err()
            && targets
                .iter()
                .any(|name| Path::new(file_name(&file)) == name);
        if twice || target.is_ok_and(|target| target.is_absolute()) {
            continue;
        }
        let below = file.strip_prefix(&whole).unwrap_or(&file);
        if wanted(below, name) {
            let to = tree.join(place(below));
            write(&to, &[])?;
            // With its mode: programs may be run.
            fs::copy(&file, &to).map_err(Failure::file(&file))?;
        }
    }
    // Who looks for known faults in an image finds its packages here.
    let control = Run::new("dpkg-deb")
        .args(["--field".as_ref(), package.as_os_str()])
        .read()?;
    write(
        &tree.join("var/lib/dpkg/status.d").join(name),
        control.as_bytes(),
    )
}

fn wanted(file: &Path, package: &str) -> bool {
    let name = file_name(file);
    let library = LIBRARIES.iter().any(|begin| name.starts_with(begin));
    let twice = file
        .components()
        .any(|part| part.as_os_str() == "gconv" || part.as_os_str() == "audit");
    file == Path::new("usr/sbin/nginx")
        || (library && !twice)
        || file == Path::new("usr/share/doc").join(package).join("copyright")
}

/// Where a file goes: the linker, which programs name by its path of old, to that.
fn place(file: &Path) -> PathBuf {
    match file_name(file) {
        "ld-linux-x86-64.so.2" => Path::new("lib64").join(file_name(file)),
        name if name.starts_with("ld-linux-") => Path::new("lib").join(name),
        _ => file.to_owned(),
    }
}

fn file_name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

fn write(file: &Path, bytes: &[u8]) -> Outcome {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    }
    fs::write(file, bytes).map_err(Failure::file(file))
}

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Failure::file(folder))? {
        found.push(entry.map_err(Failure::file(folder))?.path());
    }
    found.sort();
    Ok(found)
}

/// Every file below a folder, links to files among them; folders that are links are not gone into.
pub(crate) fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path)?);
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_brings_those_it_depends_on() {
        let depends = "libc6 (>= 2.34), libssl3 (>= 3.0.0), iproute2, nginx-common (<< 1.22.1), nginx-common (>= 1)";
        assert_eq!(needed(depends), ["libc6", "libssl3"]);
    }

    #[test]
    fn libraries_and_whose_they_are_are_taken_and_nothing_else() {
        let is = |file: &str| wanted(Path::new(file), "libc6");
        assert!(is("usr/lib/x86_64-linux-gnu/libssl.so.3"));
        assert!(is("usr/share/doc/libc6/copyright"));
        assert!(!is("usr/share/doc/libc6/changelog.gz"));
        assert!(!is("usr/lib/x86_64-linux-gnu/gconv/libc.so.1"));
        assert!(!is("lib/x86_64-linux-gnu/libnss_dns.so.2"));
    }

    #[test]
    fn the_linker_is_where_programs_look_for_it() {
        let linker = Path::new("lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
        assert_eq!(place(linker), Path::new("lib64/ld-linux-x86-64.so.2"));
        let other = Path::new("usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1");
        assert_eq!(place(other), Path::new("lib/ld-linux-aarch64.so.1"));
    }
}
