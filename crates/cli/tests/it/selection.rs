//! Which package of a workspace is the service.

use cargo_purlin::Selection;

use crate::support::Workspace;

const MAIN: &str = "fn main() {}\n";

/// A workspace with a library, the service `shop`, and a stand-in for purlin-app.
fn workspace(metadata: &str, others: &[&str]) -> Workspace {
    let package = |name: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n")
    };
    let service = |name: &str| {
        let dependency = "[dependencies]\npurlin-app = { path = \"../purlin-app\" }\n";
        format!("{}\n{dependency}", package(name))
    };
    let workspace = Workspace::new(&[
        (
            "Cargo.toml",
            &format!("[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n{metadata}"),
        ),
        ("crates/purlin-app/Cargo.toml", &package("purlin-app")),
        ("crates/purlin-app/src/lib.rs", ""),
        ("crates/schemas/Cargo.toml", &service("schemas")),
        ("crates/schemas/src/lib.rs", ""),
        ("crates/tool/Cargo.toml", &package("tool")),
        ("crates/tool/src/main.rs", MAIN),
    ]);
    for name in others {
        workspace.write(&format!("crates/{name}/Cargo.toml"), &service(name));
        workspace.write(&format!("crates/{name}/src/main.rs"), MAIN);
    }
    workspace
}

/// Returns the selected package.
fn selected(
    workspace: &Workspace,
    manifest: &str,
    package: Option<&str>,
) -> Result<String, String> {
    let mut selection = Selection::default();
    selection.manifest_path = Some(workspace.path().join(manifest));
    selection.package = package.map(str::to_owned);
    let service = selection.service().map_err(|error| error.to_string())?;
    Ok(service.package)
}

#[test]
fn only_executable_that_depends_on_purlin_app_is_the_service() {
    let workspace = workspace("", &["shop"]);
    assert_eq!(selected(&workspace, "Cargo.toml", None).unwrap(), "shop");
    // Also from the folder of another package.
    let manifest = "crates/schemas/Cargo.toml";
    assert_eq!(selected(&workspace, manifest, None).unwrap(), "shop");
    assert_eq!(
        selected(&workspace, manifest, Some("tool")).unwrap(),
        "tool"
    );
}

#[test]
fn workspace_without_a_service_is_an_error_with_the_remedy() {
    let error = selected(&workspace("", &[]), "Cargo.toml", None).unwrap_err();
    assert!(
        error.contains("is a service") && error.contains("--package"),
        "{error}"
    );
    let error = selected(&workspace("", &["shop"]), "Cargo.toml", Some("shpo")).unwrap_err();
    assert!(
        error.ends_with("has no package `shpo`; did you mean `shop`?"),
        "{error}"
    );
    let error = selected(&workspace("", &[]), "Cargo.toml", Some("schemas")).unwrap_err();
    assert!(error.contains("schemas: it has no executable"), "{error}");
}

#[test]
fn one_of_several_services_is_chosen_by_folder_metadata_or_name() {
    let several = ["shop", "stock"];
    let plain = workspace("", &several);
    let error = selected(&plain, "Cargo.toml", None).unwrap_err();
    assert!(
        error.contains("choose one of shop, stock with --package"),
        "{error}"
    );
    assert_eq!(
        selected(&plain, "crates/stock/Cargo.toml", None).unwrap(),
        "stock"
    );
    assert_eq!(
        selected(&plain, "crates/stock/Cargo.toml", Some("shop")).unwrap(),
        "shop"
    );

    let described = workspace(
        "[workspace.metadata.purlin]\npackage = \"shop\"\n",
        &several,
    );
    assert_eq!(selected(&described, "Cargo.toml", None).unwrap(), "shop");
    let wrong = workspace(
        "[workspace.metadata.purlin]\npakcage = \"shop\"\n",
        &several,
    );
    let error = selected(&wrong, "Cargo.toml", None).unwrap_err();
    assert!(
        error.contains("[workspace.metadata.purlin] has an error:"),
        "{error}"
    );
    assert!(
        error.ends_with("pakcage: unknown key; did you mean `package`?"),
        "{error}"
    );
}

#[test]
fn folder_without_a_package_is_an_error_with_the_remedy() {
    let nothing = Workspace::new(&[]);
    let outcome = nothing.cargo_purlin(".", &["dist"]);
    assert_eq!(outcome.status, Some(2));
    assert!(
        outcome.errors.contains("--manifest-path"),
        "{}",
        outcome.errors
    );
}

#[test]
fn service_is_found_from_any_folder_below() {
    let workspace = workspace("", &["shop", "stock"]);
    let outcome = workspace.cargo_purlin("crates/shop/src", &["dist", "verify"]);
    assert_eq!(outcome.status, Some(2));
    assert!(
        outcome.errors.contains("target/purlin/shop"),
        "{}",
        outcome.errors
    );
    let outcome = workspace.cargo_purlin(".", &["dist", "verify"]);
    assert!(
        outcome.errors.contains("choose one of shop, stock"),
        "{}",
        outcome.errors
    );
}
