//! The Debian package that a file of the system belongs to.

use std::path::Path;

use fs_err as fs;

use crate::process::Cmd;

/// An installed package of Debian, or of a distribution made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DebianPackage {
    /// The distribution, such as `debian`.
    pub(crate) distribution: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) architecture: String,
}

impl DebianPackage {
    /// Returns the package of a file; none on other systems, and for files of no package.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let path = fs::canonicalize(path).ok()?;
        let found = Cmd::new("dpkg-query")
            .arg("--search")
            .arg(path)
            .try_read()?;
        // `libc6-dev:amd64: /usr/lib/x86_64-linux-gnu/libc.a`
        let (package, _) = found.lines().next()?.split_once(": ")?;
        let format = "--showformat=${Package} ${Version} ${Architecture}";
        let shown = Cmd::new("dpkg-query").args(["--show", format, package]);
        let os = fs::read_to_string("/etc/os-release").unwrap_or_default();
        Self::parse(&shown.try_read()?, &os)
    }

    fn parse(shown: &str, os: &str) -> Option<Self> {
        let mut parts = shown.split_whitespace().map(str::to_owned);
        let mut lines = os.lines();
        let id = lines.find_map(|line| line.strip_prefix("ID="));
        Some(Self {
            distribution: id.unwrap_or("debian").trim_matches('"').to_owned(),
            name: parts.next()?,
            version: parts.next()?,
            architecture: parts.next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_has_name_version_and_architecture() {
        let os = "NAME=\"Debian GNU/Linux\"\nID=debian\nID_LIKE=none\n";
        let package = DebianPackage::parse("libc6-dev 2.36-9+deb12u14 amd64", os).unwrap();
        let expected = DebianPackage {
            distribution: "debian".to_owned(),
            name: "libc6-dev".to_owned(),
            version: "2.36-9+deb12u14".to_owned(),
            architecture: "amd64".to_owned(),
        };
        assert_eq!(package, expected);
        assert_eq!(DebianPackage::parse("", os), None);
    }
}
