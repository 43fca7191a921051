//! `cargo xtask swagger-ui`: the compressed files of Swagger UI that the docs page is made of.
//!
//! They come from the npm package `swagger-ui-dist`, in the version that `xtask/swagger-ui/package-lock.json` pins. They are
//! committed, so that building the server needs neither npm nor a network.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::sbom::{Checksum, Component};
use fs_err as fs;
use serde_json::Value;

mod bundle;

use self::bundle::Bundle;
use crate::run::{cmd, npm, root};

/// The name of the package.
const NAME: &str = "swagger-ui-dist";

/// The crate that contains the files.
const OWNER: &str = "purlin-router";

/// The folder of the lock file.
const FOLDER: &str = "xtask/swagger-ui";

/// The folder of the committed files.
const ASSETS: &str = "crates/router/assets/swagger-ui";

/// The compressed bundle.
const BUNDLE: &str = "swagger-ui-bundle.js.br";

/// The committed files, and whether they are compressed with brotli.
const FILES: &[(&str, bool)] = &[
    ("swagger-ui-bundle.js", true),
    ("swagger-ui.css", true),
    ("favicon-32x32.png", false),
    ("LICENSE", false),
    ("NOTICE", false),
    // The licences of the code in the bundle.
    ("swagger-ui-bundle.js.LICENSE.txt", false),
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing, fail where the committed files differ from the package
    #[arg(long)]
    check: bool,
}

/// Installs the package, and writes the files or compares them.
pub(crate) fn swagger_ui(options: &Options) -> Result<()> {
    match options.check {
        true => check(),
        false => write(),
    }
}

/// Fails where the committed files differ from the package.
pub(crate) fn check() -> Result<()> {
    let (package, assets) = folders()?;
    let unpacked = package.with_file_name(".unpacked");
    for (name, compressed) in FILES {
        // The uncompressed files are compared: another version of brotli may write other bytes.
        let committed = match compressed {
            true => {
                brotli("decompress", &assets.join(format!("{name}.br")), &unpacked)?;
                unpacked.clone()
            }
            false => assets.join(name),
        };
        compare(name, &fs::read(committed)?, &fs::read(package.join(name))?)?;
    }
    let readme = readme(&Upstream::locked()?);
    compare(
        "README.md",
        &fs::read(assets.join("README.md"))?,
        readme.as_bytes(),
    )?;
    ensure!(
        Bundle::committed()? == Bundle::of_package(&package, &assets.join(BUNDLE))?,
        "the packages in the bundle are not those of the package; run `cargo xtask swagger-ui`"
    );
    Ok(())
}

fn write() -> Result<()> {
    let (package, assets) = folders()?;
    fs::create_dir_all(&assets)?;
    for (name, compressed) in FILES {
        let from = package.join(name);
        match compressed {
            true => brotli("compress", &from, &assets.join(format!("{name}.br")))?,
            false => fs::write(assets.join(name), fs::read(from)?)?,
        }
    }
    let readme = readme(&Upstream::locked()?);
    fs::write(assets.join("README.md"), readme)?;
    Bundle::of_package(&package, &assets.join(BUNDLE))?.write()
}

/// Returns what the docs page contains, each with the name of the crate or part that contains it.
pub(crate) fn components() -> Result<Vec<(String, Component)>> {
    let page = Upstream::locked()?;
    let page = Component::new("npm", NAME, &page.version, Some(page.license))
        .checksum(Checksum::of_integrity(&page.integrity));
    let inside = Bundle::committed()?;
    let inside = inside.components().map(|it| (NAME.to_owned(), it));
    Ok([(OWNER.to_owned(), page)]
        .into_iter()
        .chain(inside)
        .collect())
}

/// Returns the folders of the installed package and of the committed files.
fn folders() -> Result<(PathBuf, PathBuf)> {
    npm(FOLDER)?;
    let package = root().join(FOLDER).join("node_modules").join(NAME);
    Ok((package, root().join(ASSETS)))
}

fn compare(name: &str, committed: &[u8], expected: &[u8]) -> Result<()> {
    ensure!(
        committed == expected,
        "{ASSETS}: {name} differs from the package; run `cargo xtask swagger-ui`"
    );
    Ok(())
}

/// Compresses or decompresses a file with Node.js.
fn brotli(action: &str, from: &Path, to: &Path) -> Result<()> {
    let script = cmd("node").arg(format!("{FOLDER}/brotli.mjs")).arg(action);
    Ok(script.args([from, to]).run()?)
}

/// What the lock file says about the package.
#[derive(Debug, PartialEq, Eq)]
struct Upstream {
    version: String,
    /// An SPDX expression.
    license: String,
    /// The digest of the archive, as npm writes it.
    integrity: String,
}

impl Upstream {
    /// Reads the lock file.
    fn locked() -> Result<Self> {
        let lock = root().join(FOLDER).join("package-lock.json");
        let text = fs::read_to_string(&lock)?;
        Self::parse(&text).with_context(|| format!("{}: no version of {NAME}", lock.display()))
    }

    fn parse(lock: &str) -> Option<Self> {
        let lock: Value = serde_json::from_str(lock).ok()?;
        let package = lock.get("packages")?.get(format!("node_modules/{NAME}"))?;
        let text = |property| Some(package.get(property)?.as_str()?.to_owned());
        Some(Self {
            version: text("version")?,
            license: text("license")?,
            integrity: text("integrity")?,
        })
    }
}

fn readme(
    Upstream {
        version, license, ..
    }: &Upstream,
) -> String {
    format!(
        "# Swagger UI {version}

Files of the npm package [{NAME}](https://www.npmjs.com/package/{NAME}/v/{version}), by SmartBear, under {license} (`LICENSE`,
`NOTICE`; the licences of the code in the bundle: `swagger-ui-bundle.js.LICENSE.txt`). They are unchanged, except that files
ending in `.br` are compressed with brotli (quality 11, window 22). The docs page of `{OWNER}` is made of them.

Written by `cargo xtask swagger-ui`, including this text; do not edit. For another version:

```sh
npm install --prefix {FOLDER} --package-lock-only --ignore-scripts --save-exact {NAME}@VERSION
cargo xtask swagger-ui
```

`cargo xtask swagger-ui --check`, which is part of `cargo xtask ci`, compares them with the package.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_and_licence_are_read_from_the_lock_file() {
        let lock = r#"{"packages": {
            "": {"dependencies": {"swagger-ui-dist": "^5"}},
            "node_modules/swagger-ui-dist": {"version": "5.1.2", "license": "Apache-2.0", "integrity": "sha512-YQ=="}
        }}"#;
        let expected = Upstream {
            version: "5.1.2".to_owned(),
            license: "Apache-2.0".to_owned(),
            integrity: "sha512-YQ==".to_owned(),
        };
        assert_eq!(Upstream::parse(lock), Some(expected));
        assert_eq!(Upstream::parse(r#"{"packages": {}}"#), None);
    }

    #[test]
    fn committed_readme_has_the_version_of_the_lock_file() {
        let path = root().join(ASSETS).join("README.md");
        let expected = readme(&Upstream::locked().unwrap());
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &expected).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap();
        assert_eq!(committed, expected, "run with UPDATE_GOLDEN=1");
    }
}
