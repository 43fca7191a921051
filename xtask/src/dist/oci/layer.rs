//! A layer: files and folders as a tar archive, compressed.

use std::{collections::BTreeMap, io};

use libdeflater::{CompressionLvl, Compressor};

use super::{Blob, Digest};

pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Folder {
        mode: u32,
    },
    File {
        mode: u32,
        bytes: Vec<u8>,
    },
    /// A symbolic link to a path.
    #[cfg_attr(not(test), expect(dead_code, reason = "the server's image has none"))]
    Link(String),
}

impl Entry {
    pub(crate) fn file(mode: u32, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::File { mode, bytes }
    }
}

/// A layer as it is in an image.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) blob: Blob,
    /// The digest of what was compressed.
    pub(crate) diff_id: Digest,
}

impl Layer {
    /// Of entries by their paths, without a leading slash. All belong to root; folders that are missing are added.
    ///
    /// # Errors
    /// A path that is too long for the format.
    pub(crate) fn new(entries: BTreeMap<String, Entry>, epoch: u64) -> io::Result<Self> {
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

/// As small as it gets: 3 % less than zlib's best. Neither a time nor a name is in it.
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

/// An archive in the order of the paths, so that folders stand before what is in them.
pub(super) fn tar(entries: &BTreeMap<String, Entry>, epoch: u64) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, entry) in entries {
        let (kind, mode, bytes) = match entry {
            Entry::Folder { mode } => (tar::EntryType::Directory, *mode, &[][..]),
            Entry::File { mode, bytes } => (tar::EntryType::Regular, *mode, &bytes[..]),
            Entry::Link(_) => (tar::EntryType::Symlink, 0o777, &[][..]),
        };
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(epoch);
        header.set_size(bytes.len() as u64);
        // Not by `append_data` and `append_link`, which write GNU's extension where a path is too long for ustar.
        match entry {
            Entry::Folder { .. } => header.set_path(format!("{path}/"))?,
            Entry::File { .. } => header.set_path(path)?,
            Entry::Link(to) => {
                header.set_path(path)?;
                header.set_link_name(to)?;
            }
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
            ("bin".to_owned(), Entry::Link("usr/bin".to_owned())),
            ("tmp".to_owned(), Entry::Folder { mode: 0o1777 }),
        ])
    }

    #[test]
    fn folders_come_first_and_everything_belongs_to_root() {
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
            ("bin", 0o777),
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
    fn a_path_ustar_cannot_tell_is_refused() {
        let long = BTreeMap::from([("a".repeat(101), Entry::file(0o644, ""))]);
        assert!(tar(&long, 0).is_err());
        // Long, with a folder to part it at.
        let parted = BTreeMap::from([(
            format!("{}/{}", "a".repeat(99), "b".repeat(99)),
            Entry::file(0o644, ""),
        )]);
        assert!(tar(&parted, 0).is_ok());
    }

    #[test]
    fn the_same_entries_give_the_same_bytes_and_other_times_others() {
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
