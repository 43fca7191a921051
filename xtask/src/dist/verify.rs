//! Whether the same commit gives the same bytes: a second build, in another folder, by another umask, in another time zone.

use std::{collections::BTreeMap, fs, path::Path};

use super::{
    files::{CHECKSUMS, Files, show},
    options::{Commit, Options},
};
use crate::run::{Failure, Outcome, Run, root};

/// Refuses what could not be verified, before anything is built.
pub(super) fn verifiable(commit: &Commit) -> Outcome {
    let words = match commit.id.as_str() {
        "unknown" => "what is verified is a commit, and this is no checkout of one",
        id if id.ends_with("-dirty") => {
            "what is verified is a commit, and some files differ from it; commit or stash them"
        }
        _ => return Ok(()),
    };
    Err(Failure::said(words))
}

/// Builds a clone and compares.
pub(super) fn verify(options: &Options, folder: &Path, files: &Files, commit: &Commit) -> Outcome {
    let elsewhere = root().join("target/verify/elsewhere");
    clean_up(&elsewhere)?;
    let from = root().display().to_string();
    let to = elsewhere.display().to_string();
    Run::new("git")
        .args(["clone", "--quiet", "--no-checkout", &from, &to])
        .run()?;
    // The commit that was built: another may have been made meanwhile.
    Run::new("git")
        .args(["checkout", "--quiet", "--detach", &commit.id])
        .within(&elsewhere)
        .run()?;
    let command = "umask 077 && exec cargo xtask dist \"$@\"";
    Run::new("sh")
        .args(["-c", command, "dist"])
        .args(options.words())
        .called_by_hand()
        .within(&elsewhere)
        .env("TZ", "Asia/Kathmandu")
        .env("LC_ALL", "C")
        .env("CARGO_TARGET_DIR", &format!("{to}/target"))
        .run()?;
    let there = elsewhere.join("target/dist").join(CHECKSUMS);
    let there = fs::read_to_string(&there).map_err(Failure::file(&there))?;
    let here = files.get(CHECKSUMS).map_or(&[][..], |bytes| bytes);
    let differing = differing(&String::from_utf8_lossy(here), &there);
    if differing.is_empty() {
        eprintln!(
            "\nverified: {} files are the same, byte for byte",
            files.len()
        );
        return clean_up(&elsewhere);
    }
    Err(Failure::said(format!(
        "these files differ between {} and {}: {}",
        show(folder),
        show(&elsewhere.join("target/dist")),
        differing.join(", ")
    )))
}

/// Removes a folder, if it is there.
fn clean_up(folder: &Path) -> Outcome {
    match folder.exists() {
        true => fs::remove_dir_all(folder).map_err(Failure::file(folder)),
        false => Ok(()),
    }
}

/// The files whose checksums differ, or that only one of the two has.
fn differing(here: &str, there: &str) -> Vec<String> {
    let sums = |text: &str| -> BTreeMap<String, String> {
        let lines = text.lines().filter_map(|line| line.split_once("  "));
        lines
            .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
            .collect()
    };
    let (here, there) = (sums(here), sums(there));
    let mut names: Vec<_> = here.keys().chain(there.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| here.get(name) != there.get(name));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_commit_is_verified() {
        let of = |id: &str| Commit {
            id: id.to_owned(),
            epoch: 0,
        };
        assert!(verifiable(&of("c0ffee")).is_ok());
        assert!(verifiable(&of("c0ffee-dirty")).is_err());
        assert!(verifiable(&of("unknown")).is_err());
    }

    #[test]
    fn what_differs_and_what_is_missing_is_named() {
        let here = "1  same\n2  other\n3  here\n";
        let there = "1  same\n9  other\n4  there\n";
        assert_eq!(differing(here, there), ["here", "other", "there"]);
        assert!(differing(here, here).is_empty());
    }
}
