//! The corpus and what was found, through the functions the fuzzer calls: one test a target, on any compiler.

use std::{
    fs,
    path::{Path, PathBuf},
};

use purlin_fuzz::{
    compat::compat, decode::decode, dispatch::dispatch, documents::documents, text::text,
};

/// Every file of a folder, and of `found/`, where inputs stand that broke a promise once.
fn replay(target: &str, run: fn(&[u8])) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = files(&here.join("corpus").join(target));
    assert!(!files.is_empty(), "no corpus for {target}");
    files.extend(self::files(&here.join("found").join(target)));
    for file in files {
        // The test's output is shown where it fails, and then the last line names the subject.
        println!("{}", file.display());
        match fs::read(&file) {
            Ok(bytes) => run(&bytes),
            Err(error) => panic!("{}: {error}", file.display()),
        }
    }
}

/// The files of a folder in the order of their names; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

macro_rules! replayed {
    ($($target:ident),* $(,)?) => {$(
        mod $target {
            #[test]
            fn keeps_its_promises() {
                super::replay(stringify!($target), super::$target);
            }
        }
    )*};
}

replayed!(compat, decode, dispatch, documents, text);
