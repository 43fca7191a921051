//! Replays the corpus and earlier findings through the functions the fuzzer calls: one test per target, on any compiler.

use std::{
    fs,
    path::{Path, PathBuf},
};

use purlin_fuzz::{
    compat::compat, decode::decode, dispatch::dispatch, documents::documents, text::text,
};

/// Runs every file of the corpus and of `found/`, which has the inputs that violated an invariant once.
fn replay(target: &str, run: fn(&[u8])) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = files(&here.join("corpus").join(target));
    assert!(!files.is_empty(), "no corpus for {target}");
    files.extend(self::files(&here.join("found").join(target)));
    for file in files {
        // The output of a failed test is shown; its last line names the input.
        println!("{}", file.display());
        match fs::read(&file) {
            Ok(bytes) => run(&bytes),
            Err(error) => panic!("{}: {error}", file.display()),
        }
    }
}

/// Returns the files of a folder, sorted; none without the folder.
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
            fn invariants_hold() {
                super::replay(stringify!($target), super::$target);
            }
        }
    )*};
}

replayed!(compat, decode, dispatch, documents, text);
