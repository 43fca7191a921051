//! The page about compile errors shows the code and the messages of the compile-fail tests, as they are.

use std::{fs, path::PathBuf};

const PAGE: &str = "docs/compile-errors.md";

/// An entry of the page: the test it names, and its blocks of code and of messages.
struct Entry {
    test: String,
    code: Vec<String>,
    messages: Vec<String>,
}

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Reads the entries: each begins with a comment that names its test, as in
/// `<!-- crates/router/tests/compile_fail/invalid_path_template -->`.
fn entries(page: &str) -> Vec<Entry> {
    let parts = page.split("<!-- ").skip(1);
    let entry = |part: &str| {
        let (test, text) = part.split_once(" -->").expect("the comment ends");
        let blocks = text.split("```").skip(1).step_by(2);
        let mut entry = Entry {
            test: test.to_owned(),
            code: Vec::new(),
            messages: Vec::new(),
        };
        for block in blocks {
            let (language, content) = block.split_once('\n').expect("a block has lines");
            match language {
                "rust,ignore" => entry.code.push(content.to_owned()),
                "text" => entry.messages.push(content.to_owned()),
                other => panic!("{test}: a block of {other}"),
            }
        }
        entry
    };
    parts.map(entry).collect()
}

#[test]
fn page_shows_code_and_messages_of_compile_fail_tests() {
    let entries = entries(&read(PAGE));
    assert!(entries.len() >= 10, "{} entries", entries.len());
    for Entry {
        test,
        code,
        messages,
    } in entries
    {
        assert!(!code.is_empty() && !messages.is_empty(), "{test}");
        let source = read(&format!("{test}.rs"));
        for code in code {
            assert!(source.contains(&code), "{test}.rs has no\n{code}");
        }
        let output = read(&format!("{test}.stderr"));
        for message in messages {
            assert!(output.contains(&message), "{test}.stderr has no\n{message}");
        }
    }
}
