//! `cargo purlin contract` of a service whose program prints the documents that the test writes.

use serde_json::{Value, json};

use crate::support::Workspace;

const MANIFEST: &str = r#"[package]
name = "shop"
version = "1.0.0"
edition = "2024"

# Makes it a service without purlin-app.
[package.metadata.purlin]

[workspace]
"#;

/// Prints a file of the working directory: the list of registries, or the document of one.
const PROGRAM: &str = r#"fn main() {
    let args: Vec<String> = std::env::args().collect();
    let file = match args.iter().position(|it| it == "--registry") {
        Some(at) => args[at + 1].replace(' ', "-"),
        None => "list".to_owned(),
    };
    print!("{}", std::fs::read_to_string(format!("{file}.json")).unwrap());
}
"#;

/// A service with these versions of one API; those above 1.0 lack an operation.
fn shop(versions: &[&str]) -> Workspace {
    let workspace = Workspace::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", PROGRAM)]);
    serve(&workspace, versions);
    workspace
}

fn serve(workspace: &Workspace, versions: &[&str]) {
    let list = versions
        .iter()
        .map(|version| json!({"title": "My Shop", "version": version}));
    workspace.write("list.json", &Value::from_iter(list).to_string());
    for version in versions {
        let get = json!({"get": {"responses": {"204": {"description": "done"}}}});
        let mut paths = json!({"/orders": get});
        if version.starts_with("1.0") {
            paths["/carts"] = get;
        }
        let info = json!({"title": "My Shop", "version": version});
        let document = json!({"openapi": "3.1.0", "info": info, "paths": paths});
        workspace.write(&format!("My-Shop-{version}.json"), &document.to_string());
    }
}

#[test]
fn breaking_change_fails_until_the_version_is_raised() {
    let workspace = shop(&["1.0.0"]);
    let contract = |action: &str| workspace.cargo_purlin(".", &["contract", action]);

    let unsaved = contract("check");
    assert_eq!(unsaved.status, Some(1));
    assert!(
        unsaved.errors.contains("no document of my-shop is saved"),
        "{}",
        unsaved.errors
    );
    let blessed = contract("bless");
    assert_eq!(
        (blessed.status, blessed.out.as_str()),
        (Some(0), ""),
        "{}",
        blessed.errors
    );
    assert!(
        workspace
            .path()
            .join("contract/my-shop/1.0.0.json")
            .exists()
    );
    assert_eq!(contract("check").status, Some(0));

    serve(&workspace, &["1.1.0"]);
    let broken = contract("check");
    assert_eq!(broken.status, Some(1));
    // The cause comes first, and `bless`, which would refuse, is no remedy.
    assert!(
        broken.out.contains("my-shop\n\nbreaking: GET /carts"),
        "{}",
        broken.out
    );
    assert_eq!(broken.out.matches("breaking: ").count(), 2);
    let remedy = "revert it, raise the version of my-shop to 2.0.0, or accept it in ";
    assert!(broken.errors.contains(remedy), "{}", broken.errors);
    assert!(!broken.errors.contains("bless"), "{}", broken.errors);
    assert_eq!(contract("bless").status, Some(1));
    assert!(
        !workspace
            .path()
            .join("contract/my-shop/1.1.0.json")
            .exists()
    );

    serve(&workspace, &["2.0.0"]);
    assert_eq!(contract("check").status, Some(0));
}

#[test]
fn versions_side_by_side_are_compared_with_their_own() {
    let workspace = shop(&["1.0.0"]);
    let contract = |action: &str| workspace.cargo_purlin(".", &["contract", action]);
    assert_eq!(contract("bless").status, Some(0));
    serve(&workspace, &["1.0.0", "2.0.0"]);
    let unsaved = contract("check");
    assert_eq!(unsaved.status, Some(1), "{}", unsaved.errors);
    assert!(unsaved.errors.contains("is saved"), "{}", unsaved.errors);
    assert_eq!(contract("bless").status, Some(0));
    // Version 1 still has what version 2 lacks.
    assert_eq!(contract("check").status, Some(0));
    serve(&workspace, &["1.1.0", "2.0.0"]);
    assert_eq!(contract("check").status, Some(1));
}

#[test]
fn program_that_prints_no_document_is_no_finding() {
    let workspace = shop(&["1.0.0"]);
    workspace.write("My-Shop-1.0.0.json", "no document");
    let outcome = workspace.cargo_purlin(".", &["contract", "check"]);
    assert_eq!(outcome.status, Some(2));
    assert!(
        outcome.errors.contains("update purlin-app"),
        "{}",
        outcome.errors
    );
    workspace.write("src/main.rs", "fn main() {");
    let outcome = workspace.cargo_purlin(".", &["contract", "check"]);
    assert_eq!(outcome.status, Some(2));
}
