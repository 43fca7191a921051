//! A layer: files and folders as a compressed tar archive.

use std::{collections::BTreeMap, io};

use libdeflater::{CompressionLvl, Compressor};

use super::{Blob, Digest};

const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A file or folder of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// A folder.
    Folder {
        /// Its permissions.
        mode: u32,
    },
    /// A regular file.
    File {
        /// Its permissions.
        mode: u32,
        /// Its content.
        bytes: Vec<u8>,
    },
}

impl Entry {
    /// Creates a regular file.
    pub fn file(mode: u32, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::File { mode, bytes }
    }
}

/// A layer of an image.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The compressed archive.
    pub blob: Blob,
    /// The digest of the archive before compression.
    pub diff_id: Digest,
}

impl Layer {
    /// Creates a layer from entries by their paths, without a leading slash. All entries belong to root; missing parent
    /// folders are added.
    ///
    /// # Errors
    /// Fails for a path that is too long for the format.
    pub fn new(entries: BTreeMap<String, Entry>, epoch: u64) -> io::Result<Self> {
        let tar = tar(&with_folders(entries), epoch)?;
        Ok(Self {
            blob: Blob {
                media_type: LAYER,
                bytes: gzip(&tar)?,
            },
            diff_id: Digest::of(&tar),
        })
    }
}

/// Compresses with libdeflate, 3 % smaller than zlib's best level; the header has neither a time nor a name.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut packed = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut packed);
    packed.truncate(length.map_err(io::Error::other)?);
    Ok(packed)
}

fn with_folders(mut entries: BTreeMap<String, Entry>) -> BTreeMap<String, Entry> {
    let paths: Vec<String> = entries.keys().cloned().collect();
    for path in paths {
        for (at, _) in path.match_indices('/') {
            let folder = path.get(..at).unwrap_or_default();
            let there = entries.entry(folder.to_owned());
            there.or_insert(Entry::Folder { mode: 0o755 });
        }
    }
    entries
}

/// Writes an archive sorted by path, so that folders precede their contents.
pub(super) fn tar(entries: &BTreeMap<String, Entry>, epoch: u64) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, entry) in entries {
        let (kind, mode, bytes) = match entry {
            Entry::Folder { mode } => (tar::EntryType::Directory, *mode, &[][..]),
            Entry::File { mode, bytes } => (tar::EntryType::Regular, *mode, &bytes[..]),
        };
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(epoch);
        header.set_size(bytes.len() as u64);
        // Not `append_data`, which writes a GNU extension where a path is too long for ustar.
        match entry {
            Entry::Folder { .. } => header.set_path(format!("{path}/"))?,
            Entry::File { .. } => header.set_path(path)?,
        }
        header.set_cksum();
        archive.append(&header, bytes)?;
    }
    archive.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> BTreeMap<String, Entry> {
        BTreeMap::from([
            ("usr/bin/b".to_owned(), Entry::file(0o755, "b")),
            ("etc/a".to_owned(), Entry::file(0o644, "a")),
            ("tmp".to_owned(), Entry::Folder { mode: 0o1777 }),
        ])
    }

    #[test]
    fn folders_precede_files_and_everything_belongs_to_root() {
        let tar = tar(&with_folders(entries()), 1_000).unwrap();
        let mut archive = tar::Archive::new(&tar[..]);
        let found = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            let header = entry.header();
            assert_eq!(header.uid().unwrap() + header.gid().unwrap(), 0);
            assert_eq!(header.mtime().unwrap(), 1_000);
            let path = entry.path().unwrap().display().to_string();
            (path, header.mode().unwrap())
        });
        let found: Vec<_> = found.collect();
        let expected = [
            ("etc/", 0o755),
            ("etc/a", 0o644),
            ("tmp/", 0o1777),
            ("usr/", 0o755),
            ("usr/bin/", 0o755),
            ("usr/bin/b", 0o755),
        ];
        assert_eq!(found, expected.map(|(path, mode)| (path.to_owned(), mode)));
    }

    #[test]
    fn path_too_long_for_ustar_is_rejected() {
        let long = BTreeMap::from([("a".repeat(101), Entry::file(0o644, ""))]);
        assert!(tar(&long, 0).is_err());
        // Long, with a folder to split it at.
        let parted = BTreeMap::from([(
            format!("{}/{}", "a".repeat(99), "b".repeat(99)),
            Entry::file(0o644, ""),
        )]);
        assert!(tar(&parted, 0).is_ok());
    }

    #[test]
    fn layers_are_reproducible() {
        let layer = |epoch| Layer::new(entries(), epoch).unwrap();
        assert_eq!(layer(1).blob.digest(), layer(1).blob.digest());
        assert_ne!(layer(1).blob.digest(), layer(2).blob.digest());
        // A gzip stream without a time, a name or a system.
        let packed = layer(1).blob.bytes;
        assert_eq!(packed[..4], [0x1f, 0x8b, 8, 0]);
        assert_eq!(packed[4..8], [0; 4]);
        assert_eq!(packed[9], 255);
    }
}
