//! The checksums of all files, in the format of `sha256sum --check`.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::oci::Digest;

/// The file of the checksums.
pub(super) const CHECKSUMS: &str = "SHA256SUMS";

/// Returns the checksums of files, by their names.
pub(super) fn checksums(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut text = String::new();
    for (name, bytes) in files {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}  {name}", Digest::of(bytes).hex());
    }
    text.into_bytes()
}

/// Reads checksums: the name and the digest of each line. A line that is neither is left out.
pub(super) fn parse(text: &str) -> impl Iterator<Item = (&str, Digest)> {
    text.lines().filter_map(|line| {
        let (hex, name) = line.split_once("  ")?;
        Some((name, Digest::parse(&format!("sha256:{hex}"))?))
    })
}
