//! Bills of materials of an executable: every crate that is linked into it and everything else it contains, as CycloneDX, as
//! SPDX, and as the section `.dep-v0` of the executable itself.

mod auditable;
pub(crate) mod component;
mod cyclonedx;
mod spdx;
mod system;

use std::collections::BTreeMap;

use fs_err as fs;

pub use self::component::{Checksum, Component};
pub(crate) use self::{auditable::embed, component::encoded};
use crate::{
    Error, Result, Service,
    oci::{Artifact, Platform, rfc3339},
    process::Cmd,
    toolchain::Libc,
};

/// The components of an executable; the first is the executable itself.
struct Materials {
    components: Vec<Component>,
    target: String,
    created: String,
    commit: String,
}

/// Returns the bills of materials of a service built for a platform.
pub fn bills(
    service: &Service,
    libc: Libc,
    platform: Platform,
    commit: &str,
    epoch: u64,
) -> Result<Vec<Artifact>> {
    let target = libc.target(platform);
    let mut components = linked(service, target)?;
    let (std, libraries) = system::libraries(libc, platform)?;
    add_libraries(&mut components, std, libraries);
    add_bundled(&mut components, &service.bundled)?;
    let materials = Materials {
        components,
        target: target.to_owned(),
        created: rfc3339(epoch),
        commit: commit.to_owned(),
    };
    let name = format!("{}-linux-{}", service.short_name(), platform.architecture());
    let bills = [
        (
            "application/vnd.cyclonedx+json",
            "cdx",
            cyclonedx::bill(&materials),
        ),
        ("application/spdx+json", "spdx", spdx::bill(&materials)),
    ];
    let bills = bills.into_iter().map(|(media_type, kind, bill)| Artifact {
        media_type,
        title: format!("{name}.{kind}.json"),
        bytes: format!("{bill:#}\n").into_bytes(),
    });
    Ok(bills.collect())
}

/// Returns exactly the crates that are linked: no macros, no build dependencies, no features of other packages.
fn linked(service: &Service, target: &str) -> Result<Vec<Component>> {
    let tree = Cmd::cargo()
        .args(["tree", "--locked", "--package", &service.package])
        .args(["--edges", "normal,no-proc-macro", "--target", target])
        .args(["--prefix", "depth", "--format", "|{p}|{l}"])
        .current_dir(&service.workspace)
        .read()?;
    let lock = service.workspace.join("Cargo.lock");
    let text = fs::read_to_string(&lock)?;
    let checksums = checksums(&text).map_err(|error| Error::invalid(lock.display(), error))?;
    Ok(components(&tree, &checksums))
}

/// Adds the standard library, which the executable depends on, and what the standard library depends on.
fn add_libraries(components: &mut Vec<Component>, mut std: Component, libraries: Vec<Component>) {
    let index = components.len();
    std.dependencies = (index + 1..=index + libraries.len()).collect();
    if let Some(program) = components.first_mut() {
        program.dependencies.insert(index);
    }
    components.push(std);
    components.extend(libraries);
}

fn add_bundled(components: &mut Vec<Component>, bundled: &[(String, Component)]) -> Result {
    for (owner, component) in bundled {
        let index = components.len();
        let found = components.iter_mut().find(|it| it.name == *owner);
        let owner = found.ok_or_else(|| Error::unsupported(format!("{owner} is not linked")))?;
        owner.dependencies.insert(index);
        components.push(component.clone());
    }
    Ok(())
}

/// Reads the output of `cargo tree`, such as `2|serde v1.0.0|MIT OR Apache-2.0`; ` (*)` marks a repeated crate.
fn components(tree: &str, checksums: &BTreeMap<(String, String), String>) -> Vec<Component> {
    let mut components: Vec<Component> = Vec::new();
    let mut ancestors: Vec<usize> = Vec::new();
    for line in tree.lines() {
        let mut parts = line.trim_end_matches(" (*)").splitn(3, '|');
        let (Some(depth), Some(package), license) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let mut package = package.split(' ');
        let (Ok(depth), Some(name), Some(version)) = (
            depth.trim().parse::<usize>(),
            package.next(),
            package.next(),
        ) else {
            continue;
        };
        let version = version.trim_start_matches('v');
        let mut known = components.iter();
        let known = known.position(|it| it.name == name && it.version == version);
        let index = known.unwrap_or_else(|| {
            let license = license.map(spdx_expression).filter(|it| !it.is_empty());
            let key = (name.to_owned(), version.to_owned());
            components.push(Component {
                checksum: checksums.get(&key).cloned().map(Checksum::Sha256),
                ..Component::new("cargo", name, version, license)
            });
            components.len() - 1
        });
        ancestors.truncate(depth);
        if let Some(parent) = ancestors.last().and_then(|it| components.get_mut(*it)) {
            parent.dependencies.insert(index);
        }
        ancestors.push(index);
    }
    components
}

/// Old crates write `MIT/Apache-2.0`.
fn spdx_expression(license: &str) -> String {
    license.trim().replace('/', " OR ")
}

fn checksums(lock: &str) -> Result<BTreeMap<(String, String), String>, toml::de::Error> {
    let lock: toml::Table = lock.parse()?;
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
    use std::collections::BTreeSet;

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
            components: components(TREE, &checksums(LOCK).unwrap()),
            target: "x86_64-unknown-linux-musl".to_owned(),
            created: "2026-01-01T00:00:00Z".to_owned(),
            commit: "c0ffee".to_owned(),
        }
    }

    #[test]
    fn every_crate_is_listed_once_with_its_dependencies() {
        let components = materials().components;
        let names: Vec<_> = components.iter().map(Component::purl).collect();
        let expected = [
            "pkg:cargo/server@0.1.0",
            "pkg:cargo/app@0.1.0",
            "pkg:cargo/log@0.4.1",
            "pkg:cargo/old@1.0.0%2Bspec-1.1",
        ];
        assert_eq!(names, expected);
        assert_eq!(components[0].dependencies, BTreeSet::from([1, 2, 3]));
        assert_eq!(components[1].dependencies, BTreeSet::from([2]));
        assert_eq!(components[2].license.as_deref(), Some("MIT OR Apache-2.0"));
        let checksum = Some(Checksum::Sha256("ab".to_owned()));
        assert_eq!(components[2].checksum, checksum);
        let old = (&components[3].license, &components[3].checksum);
        assert_eq!(old, (&None, &None));
    }

    #[test]
    fn libraries_are_dependencies_of_the_executable() {
        let mut components = materials().components;
        let generic = |name| Component::new("generic", name, "1.0", None);
        let libraries = vec![generic("musl"), generic("llvm-libunwind")];
        add_libraries(&mut components, generic("rust-std"), libraries);
        assert!(components[0].dependencies.contains(&4));
        assert_eq!(components[4].name, "rust-std");
        assert_eq!(components[4].dependencies, BTreeSet::from([5, 6]));
    }

    #[test]
    fn bills_name_only_what_is_known() {
        let mut materials = materials();
        let sha512 = Checksum::Sha512("cd".to_owned());
        let mut page = Component::new("npm", "log", "", None).checksum(Some(sha512));
        page.sources = Some("git+https://example.com/a@c0ffee".to_owned());
        materials.components.push(page);
        let (cyclonedx, spdx) = (cyclonedx::bill(&materials), spdx::bill(&materials));
        let page = &cyclonedx["components"][3];
        assert_eq!(page.get("version"), None);
        assert_eq!(page["hashes"][0]["alg"], "SHA-512");
        let url = &page["externalReferences"][0]["url"];
        assert_eq!(url, "git+https://example.com/a@c0ffee");
        let package = &spdx["packages"][4];
        assert_eq!(package.get("versionInfo"), None);
        assert_eq!(package["checksums"][0]["algorithm"], "SHA512");
        assert_eq!(package["downloadLocation"], *url);
        // The crate of that name has another id.
        assert_ne!(package["SPDXID"], spdx["packages"][2]["SPDXID"]);
    }

    #[test]
    fn bundled_component_is_a_dependency_of_its_crate() {
        let mut components = materials().components;
        let page = Component::new("npm", "swagger-ui-dist", "5.1.2", None);
        let bundled = |owner: &str| [(owner.to_owned(), page.clone())];
        add_bundled(&mut components, &bundled("app")).unwrap();
        assert_eq!(components[4].purl(), "pkg:npm/swagger-ui-dist@5.1.2");
        assert_eq!(components[1].dependencies, BTreeSet::from([2, 4]));
        let error = add_bundled(&mut components, &bundled("none")).unwrap_err();
        assert_eq!(error.to_string(), "none is not linked");
    }

    #[test]
    fn bills_have_the_same_crates_and_no_paths() {
        let materials = materials();
        let (cyclonedx, spdx) = (cyclonedx::bill(&materials), spdx::bill(&materials));
        assert_eq!(cyclonedx["components"].as_array().unwrap().len(), 3);
        assert_eq!(spdx["packages"].as_array().unwrap().len(), 4);
        for bill in [cyclonedx, spdx] {
            assert!(!bill.to_string().contains("/somewhere"), "{bill}");
        }
    }
}
