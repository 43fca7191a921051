//! Bills of materials: every crate that is in the program and the files of the docs page, and every package that is in the
//! edge's image, as CycloneDX and as SPDX tell it; the crates in the program itself as well.

mod auditable;
mod cyclonedx;
mod spdx;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{
    Plan,
    binary::Binary,
    last,
    oci::{Artifact, Digest, Platform},
    server, version,
};
use crate::{
    edge::debian::Deb,
    run::{Failure, Outcome, Run, root},
    swagger_ui::{self, Upstream},
};

pub(super) use self::auditable::embed;

/// Who has a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Cargo,
    /// For this architecture.
    Debian(&'static str),
    Npm,
    /// This repository.
    Here,
}

/// A crate, or a package of another kind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Package {
    origin: Origin,
    name: String,
    version: String,
    /// An SPDX expression, where the crate says one.
    license: Option<String>,
    /// SHA-256 of the package's archive; none for those of this workspace.
    checksum: Option<String>,
    /// Indices of those it uses.
    uses: BTreeSet<usize>,
}

impl Package {
    /// How others refer to it (package URL specification, where some signs have to be encoded).
    fn purl(&self) -> String {
        let version = self.version.replace('+', "%2B").replace(':', "%3A");
        let name = self.name.replace('+', "%2B");
        match self.origin {
            Origin::Cargo => format!("pkg:cargo/{name}@{version}"),
            Origin::Debian(architecture) => {
                format!("pkg:deb/debian/{name}@{version}?arch={architecture}")
            }
            Origin::Npm => format!("pkg:npm/{name}@{version}"),
            Origin::Here => format!("pkg:generic/{name}@{version}"),
        }
    }
}

/// What something is made of, the thing itself first.
struct Materials {
    packages: Vec<Package>,
    /// For what it was built, as Rust calls it.
    target: String,
    created: String,
    commit: String,
}

/// Both bills for one platform.
pub(super) fn of(plan: &Plan<'_>, binary: &Binary) -> Outcome<Vec<Artifact>> {
    let target = plan.options.libc.target(binary.platform);
    let mut packages = linked(target)?;
    add_swagger_ui(&mut packages, Upstream::named()?)?;
    let materials = Materials {
        packages,
        target: target.to_owned(),
        created: super::oci::rfc3339(plan.commit.epoch),
        commit: plan.commit.id.clone(),
    };
    Ok(bills(last(&plan.name), binary.platform, &materials))
}

/// Both bills of an image that is made of Debian's packages.
pub(super) fn of_packages(
    plan: &Plan<'_>,
    name: &str,
    platform: Platform,
    debs: &[Deb],
) -> Vec<Artifact> {
    let image = Package {
        origin: Origin::Here,
        name: name.to_owned(),
        version: version().to_owned(),
        license: Some(env!("CARGO_PKG_LICENSE").to_owned()),
        checksum: None,
        uses: (1..=debs.len()).collect(),
    };
    let packages = debs.iter().map(|deb| Package {
        origin: Origin::Debian(platform.architecture()),
        name: deb.name.clone(),
        version: deb.version.clone(),
        license: None,
        checksum: Some(Digest::of(&deb.archive).hex().to_owned()),
        uses: deb.uses.iter().map(|nth| nth + 1).collect(),
    });
    let materials = Materials {
        packages: [image].into_iter().chain(packages).collect(),
        target: format!("linux-{}", platform.architecture()),
        created: super::oci::rfc3339(plan.commit.epoch),
        commit: plan.commit.id.clone(),
    };
    bills(name, platform, &materials)
}

fn bills(name: &str, platform: Platform, materials: &Materials) -> Vec<Artifact> {
    let name = format!("{name}-linux-{}", platform.architecture());
    let bills = [
        (
            "application/vnd.cyclonedx+json",
            "cdx",
            cyclonedx::bill(materials),
        ),
        ("application/spdx+json", "spdx", spdx::bill(materials)),
    ];
    let bills = bills.into_iter().map(|(media_type, kind, bill)| Artifact {
        media_type,
        title: format!("{name}.{kind}.json"),
        bytes: format!("{bill:#}\n").into_bytes(),
    });
    bills.collect()
}

/// Exactly what is linked: no macros, nothing that only builds, no features others have on.
fn linked(target: &str) -> Outcome<Vec<Package>> {
    let tree = Run::cargo()
        .args(["tree", "--locked", "--package", server::NAME])
        .args(["--edges", "normal,no-proc-macro", "--target", target])
        .args(["--prefix", "depth", "--format", "|{p}|{l}"])
        .read()?;
    let lock = root().join("Cargo.lock");
    let lock = fs::read_to_string(&lock).map_err(Failure::file(&lock))?;
    Ok(packages(&tree, &checksums(&lock)?))
}

/// What the docs page is made of, and is no crate.
fn add_swagger_ui(packages: &mut Vec<Package>, upstream: Upstream) -> Outcome {
    let added = packages.len();
    let user = packages.iter_mut().find(|it| it.name == swagger_ui::USER);
    let user = user.ok_or_else(|| Failure::said(format!("{} is not linked", swagger_ui::USER)))?;
    user.uses.insert(added);
    packages.push(Package {
        origin: Origin::Npm,
        name: swagger_ui::NAME.to_owned(),
        version: upstream.version,
        license: Some(upstream.license),
        checksum: None,
        uses: BTreeSet::new(),
    });
    Ok(())
}

/// What `cargo tree` says, line by line: `2|serde v1.0.0|MIT OR Apache-2.0`, with ` (*)` behind what was told before.
fn packages(tree: &str, checksums: &BTreeMap<(String, String), String>) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut above: Vec<usize> = Vec::new();
    for line in tree.lines() {
        let mut parts = line.trim_end_matches(" (*)").splitn(3, '|');
        let (Some(depth), Some(package), license) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let Ok(depth) = depth.trim().parse::<usize>() else {
            continue;
        };
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            continue;
        };
        let version = version.trim_start_matches('v');
        let known = packages
            .iter()
            .position(|it| it.name == name && it.version == version);
        let index = known.unwrap_or_else(|| {
            let key = (name.to_owned(), version.to_owned());
            packages.push(Package {
                origin: Origin::Cargo,
                name: name.to_owned(),
                version: version.to_owned(),
                license: license.map(spdx_expression).filter(|it| !it.is_empty()),
                checksum: checksums.get(&key).cloned(),
                uses: BTreeSet::new(),
            });
            packages.len() - 1
        });
        above.truncate(depth);
        if let Some(user) = above.last().and_then(|user| packages.get_mut(*user)) {
            user.uses.insert(index);
        }
        above.push(index);
    }
    packages
}

/// Crates of long ago write `MIT/Apache-2.0`.
fn spdx_expression(license: &str) -> String {
    license.trim().replace('/', " OR ")
}

fn checksums(lock: &str) -> Outcome<BTreeMap<(String, String), String>> {
    let lock: toml::Table = lock
        .parse()
        .map_err(|error| Failure::said(format!("Cargo.lock: {error}")))?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let text = |package: &toml::Value, key| package.get(key)?.as_str().map(str::to_owned);
    let known = packages.into_iter().flatten().filter_map(|package| {
        let key = (text(package, "name")?, text(package, "version")?);
        Some((key, text(package, "checksum")?))
    });
    Ok(known.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "0|server v0.1.0 (/somewhere/server)|MIT OR Apache-2.0\n\
                        1|app v0.1.0 (/somewhere/app)|MIT OR Apache-2.0\n\
                        2|log v0.4.1|MIT/Apache-2.0\n\
                        1|log v0.4.1|MIT/Apache-2.0 (*)\n\
                        1|old v1.0.0+spec-1.1|\n";

    const LOCK: &str = "version = 4\n[[package]]\nname = \"log\"\nversion = \"0.4.1\"\nchecksum = \"ab\"\n\
                        [[package]]\nname = \"server\"\nversion = \"0.1.0\"\n";

    pub(super) fn materials() -> Materials {
        Materials {
            packages: packages(TREE, &checksums(LOCK).unwrap()),
            target: "x86_64-unknown-linux-musl".to_owned(),
            created: "2026-01-01T00:00:00Z".to_owned(),
            commit: "c0ffee".to_owned(),
        }
    }

    #[test]
    fn every_crate_is_told_once_with_what_it_uses_and_without_where_it_lies() {
        let packages = materials().packages;
        let names: Vec<_> = packages.iter().map(Package::purl).collect();
        let expected = [
            "pkg:cargo/server@0.1.0",
            "pkg:cargo/app@0.1.0",
            "pkg:cargo/log@0.4.1",
            "pkg:cargo/old@1.0.0%2Bspec-1.1",
        ];
        assert_eq!(names, expected);
        assert_eq!(packages[0].uses, BTreeSet::from([1, 2, 3]));
        assert_eq!(packages[1].uses, BTreeSet::from([2]));
        assert_eq!(packages[2].license.as_deref(), Some("MIT OR Apache-2.0"));
        assert_eq!(packages[2].checksum.as_deref(), Some("ab"));
        assert_eq!(
            (&packages[3].license, &packages[3].checksum),
            (&None, &None)
        );
    }

    #[test]
    fn a_package_of_debian_is_told_with_its_architecture() {
        let package = Package {
            origin: Origin::Debian("arm64"),
            name: "libstdc++6".to_owned(),
            version: "1:1.2.13.dfsg-1+b1".to_owned(),
            license: None,
            checksum: None,
            uses: BTreeSet::new(),
        };
        let expected = "pkg:deb/debian/libstdc%2B%2B6@1%3A1.2.13.dfsg-1%2Bb1?arch=arm64";
        assert_eq!(package.purl(), expected);
    }

    #[test]
    fn the_files_of_the_docs_page_are_told_as_what_the_router_uses() {
        let upstream = || Upstream {
            version: "5.1.2".to_owned(),
            license: "Apache-2.0".to_owned(),
        };
        let tree = TREE.replace("app", "purlin-router");
        let mut packages = packages(&tree, &BTreeMap::new());
        add_swagger_ui(&mut packages, upstream()).unwrap();
        let told = packages.last().unwrap();
        assert_eq!(told.purl(), "pkg:npm/swagger-ui-dist@5.1.2");
        assert_eq!(told.license.as_deref(), Some("Apache-2.0"));
        assert_eq!(packages[1].uses, BTreeSet::from([2, packages.len() - 1]));

        let mut elsewhere = materials().packages;
        let missing = add_swagger_ui(&mut elsewhere, upstream()).unwrap_err();
        assert_eq!(missing.to_string(), "purlin-router is not linked");
    }

    #[test]
    fn both_bills_tell_the_same_crates_and_nothing_of_this_machine() {
        let materials = materials();
        let (cyclonedx, spdx) = (cyclonedx::bill(&materials), spdx::bill(&materials));
        assert_eq!(cyclonedx["components"].as_array().unwrap().len(), 3);
        assert_eq!(spdx["packages"].as_array().unwrap().len(), 4);
        for bill in [cyclonedx, spdx] {
            assert!(!bill.to_string().contains("/somewhere"), "{bill}");
        }
    }
}
