//! The tests of the files for GitHub: they are YAML, and call only commands that exist and actions that are pinned.

use std::path::PathBuf;

use fs_err as fs;
use serde_json::Value;

use crate::{commands, run::root};

/// Returns the YAML files below `.github`, with their paths.
fn files() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join(".github")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yml") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}

fn is_workflow(path: &std::path::Path) -> bool {
    path.parent()
        .is_some_and(|folder| folder.ends_with("workflows"))
}

#[test]
fn files_are_yaml() {
    let files = files();
    assert!(files.len() > 5, "{files:?}");
    for (path, text) in files {
        let value: Result<Value, _> = yaml_serde::from_str(&text);
        let value = value.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(value.is_object(), "{}", path.display());
    }
}

#[test]
fn commands_in_workflows_exist() {
    for (path, text) in files() {
        assert_eq!(commands::unknown(&text), [], "{}", path.display());
    }
}

/// Returns the steps of all jobs of a workflow.
fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_array().unwrap())
        .collect()
}

#[test]
fn workflows_have_triggers_permissions_and_timeouts() {
    for (path, text) in files().iter().filter(|(path, _)| is_workflow(path)) {
        let workflow: Value = yaml_serde::from_str(text).unwrap();
        let path = path.display();
        // YAML 1.1 reads the key `on` as a boolean; this reader, as GitHub, does not.
        assert!(workflow["on"].is_object(), "{path}: no triggers");
        assert!(
            workflow["permissions"].is_object(),
            "{path}: no permissions"
        );
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            assert!(job["runs-on"].is_string(), "{path}: {name} runs nowhere");
            assert!(
                job["timeout-minutes"].is_u64(),
                "{path}: {name} has no timeout"
            );
        }
    }
}

#[test]
fn actions_are_pinned_to_a_commit() {
    for (path, text) in files().iter().filter(|(path, _)| is_workflow(path)) {
        let workflow: Value = yaml_serde::from_str(text).unwrap();
        for step in steps(&workflow) {
            let Some(action) = step["uses"].as_str() else {
                continue;
            };
            let revision = action.rsplit_once('@').map(|(_, revision)| revision);
            let is_commit = |it: &str| it.len() == 40 && it.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(
                revision.is_some_and(is_commit),
                "{}: {action}",
                path.display()
            );
        }
    }
}
