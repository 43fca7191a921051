//! `cargo xtask swagger-ui`: the files of Swagger UI that the docs page is made of, compressed.
//!
//! They are those of the npm package `swagger-ui-dist`, in the version that `xtask/swagger-ui/package-lock.json` names and
//! digests; nothing else says which. They are committed, so that whoever builds the server needs neither npm nor a network.

use std::{
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use clap::Args;
use serde_json::Value;

use crate::{
    npm,
    run::{cmd, root},
};

/// The name of the package.
pub(crate) const NAME: &str = "swagger-ui-dist";

/// The crate whose docs page has the files.
pub(crate) const USER: &str = "purlin-router";

/// Where they are taken from.
const FOLDER: &str = "xtask/swagger-ui";

/// Where they are committed.
const ASSETS: &str = "crates/router/assets/swagger-ui";

/// What is committed of the package: its name there, and how.
const FILES: &[(&str, Form)] = &[
    ("swagger-ui-bundle.js", Form::Compressed),
    ("swagger-ui.css", Form::Compressed),
    // A picture is compressed already.
    ("favicon-32x32.png", Form::AsItIs),
    ("LICENSE", Form::AsItIs),
    ("NOTICE", Form::AsItIs),
    // Whose code else is in the bundle.
    ("swagger-ui-bundle.js.LICENSE.txt", Form::AsItIs),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    AsItIs,
    Compressed,
}

#[derive(Args)]
pub(crate) struct Options {
    /// Change nothing, fail where the committed files are not those of the package
    #[arg(long)]
    check: bool,
}

/// Fetches the package, and writes the files or compares them.
pub(crate) fn swagger_ui(options: &Options) -> Result<()> {
    match options.check {
        true => checked(),
        false => written(),
    }
}

/// Fails where the committed files are not those of the package.
pub(crate) fn checked() -> Result<()> {
    let (package, assets) = places()?;
    // Compressors of other versions may write other bytes for the same text.
    let unpacked = root().join(FOLDER).join("node_modules/.unpacked");
    for (name, form) in FILES {
        let committed = assets.join(committed_as(name, *form));
        let committed = match form {
            Form::AsItIs => committed,
            Form::Compressed => {
                brotli("decompress", &committed, &unpacked).map(|()| unpacked.clone())?
            }
        };
        same(name, &read(&committed)?, &read(&package.join(name))?)?;
    }
    let readme = readme(&Upstream::named()?);
    same(
        "README.md",
        &read(&assets.join("README.md"))?,
        readme.as_bytes(),
    )
}

fn written() -> Result<()> {
    let (package, assets) = places()?;
    fs::create_dir_all(&assets)?;
    for (name, form) in FILES {
        let (from, to) = (package.join(name), assets.join(committed_as(name, *form)));
        match form {
            Form::AsItIs => write(&to, &read(&from)?)?,
            Form::Compressed => brotli("compress", &from, &to)?,
        }
    }
    let readme = readme(&Upstream::named()?);
    write(&assets.join("README.md"), readme.as_bytes())
}

/// The package, installed, and the folder of what is committed.
fn places() -> Result<(PathBuf, PathBuf)> {
    npm::packages(FOLDER)?;
    let package = root().join(FOLDER).join("node_modules").join(NAME);
    Ok((package, root().join(ASSETS)))
}

fn committed_as(name: &str, form: Form) -> String {
    match form {
        Form::AsItIs => name.to_owned(),
        Form::Compressed => format!("{name}.br"),
    }
}

fn same(name: &str, committed: &[u8], wanted: &[u8]) -> Result<()> {
    if committed == wanted {
        return Ok(());
    }
    Err(anyhow!("{ASSETS}: {name} is not what the package has; write it anew with `cargo xtask swagger-ui`"))
}

/// By Node.js, which has it built in.
fn brotli(what: &str, from: &Path, to: &Path) -> Result<()> {
    let script = root().join(FOLDER).join("brotli.mjs");
    cmd("node")
        .args([
            script.as_os_str(),
            what.as_ref(),
            from.as_ref(),
            to.as_ref(),
        ])
        .run()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes)
}

/// What the lock file says of the package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upstream {
    pub(crate) version: String,
    /// An SPDX expression.
    pub(crate) license: String,
}

impl Upstream {
    /// What is committed, as far as `checked` finds nothing.
    pub(crate) fn named() -> Result<Self> {
        let lock = root().join(FOLDER).join("package-lock.json");
        let text = fs::read_to_string(&lock)?;
        Self::of(&text).ok_or_else(|| {
            let lock = lock.display();
            anyhow!("{lock} names no version and licence of {NAME}")
        })
    }

    fn of(lock: &str) -> Option<Self> {
        let lock: Value = serde_json::from_str(lock).ok()?;
        let package = lock.get("packages")?.get(format!("node_modules/{NAME}"))?;
        let text = |member| Some(package.get(member)?.as_str()?.to_owned());
        Some(Self {
            version: text("version")?,
            license: text("license")?,
        })
    }
}

fn readme(Upstream { version, license }: &Upstream) -> String {
    format!(
        "# Swagger UI {version}

Files of the npm package [{NAME}](https://www.npmjs.com/package/{NAME}/v/{version}), by SmartBear, under {license} (`LICENSE`,
`NOTICE`; what else is in the bundle: `swagger-ui-bundle.js.LICENSE.txt`). They are unchanged, but that those whose names end
in `.br` are compressed with brotli (quality 11, window 22). The docs page of `{USER}` is made of them.

Written by `cargo xtask swagger-ui`, and this text with them: change nothing by hand. For another version:

```sh
npm install --prefix {FOLDER} --package-lock-only --ignore-scripts --save-exact {NAME}@VERSION
cargo xtask swagger-ui
```

`cargo xtask swagger-ui --check`, which is part of `cargo xtask ci`, holds them against the package.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_says_which_version_it_is_and_under_which_licence() {
        let lock = r#"{"packages": {
            "": {"dependencies": {"swagger-ui-dist": "^5"}},
            "node_modules/swagger-ui-dist": {"version": "5.1.2", "license": "Apache-2.0"}
        }}"#;
        let expected = Upstream {
            version: "5.1.2".to_owned(),
            license: "Apache-2.0".to_owned(),
        };
        assert_eq!(Upstream::of(lock), Some(expected));
        assert_eq!(Upstream::of(r#"{"packages": {}}"#), None);
    }

    #[test]
    fn the_readme_that_is_committed_tells_the_version_the_lock_file_names() {
        let committed = fs::read_to_string(root().join(ASSETS).join("README.md")).unwrap();
        assert_eq!(committed, readme(&Upstream::named().unwrap()));
    }

    #[test]
    fn a_file_that_differs_is_named_with_its_mend() {
        assert!(same("a.js", b"one", b"one").is_ok());
        let words = same("a.js", b"one", b"other").unwrap_err().to_string();
        assert!(
            words.contains("a.js") && words.contains("cargo xtask swagger-ui"),
            "{words}"
        );
    }
}
