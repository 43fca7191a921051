//! `[package.metadata.purlin]`: what it changes, and its errors.

use std::path::Path;

use cargo_purlin::{Service, metadata_table};
use fs_err as fs;

use crate::support::{Workspace, assert_golden};

fn workspace(metadata: &str) -> Workspace {
    let manifest = format!(
        "[package]\nname = \"shop-server\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n{metadata}\n\n[workspace]\n"
    );
    Workspace::new(&[("Cargo.toml", &manifest), ("src/main.rs", "fn main() {}\n")])
}

fn service(metadata: &str) -> cargo_purlin::Result<Service> {
    Service::of_package(workspace(metadata).path(), "shop-server")
}

#[test]
fn service_without_metadata_is_named_after_its_package() {
    let workspace = workspace("");
    let service = Service::of_package(workspace.path(), "shop-server").unwrap();
    assert_eq!(
        (service.bin.as_str(), service.image.as_str()),
        ("shop-server", "shop-server")
    );
    assert_eq!(service.ports, [8000]);
    let expected = [
        "SHOP_SERVER_HTTP__BIND=0.0.0.0:8000",
        "SHOP_SERVER_LOG__FORMAT=json",
    ];
    assert_eq!(service.env, expected);
    assert_eq!(service.healthcheck.unwrap(), ["healthcheck"]);
    let root = fs::canonicalize(workspace.path()).unwrap();
    assert_eq!(service.contract, root.join("contract"));
    assert!(
        service.output.ends_with("purlin/shop-server"),
        "{:?}",
        service.output
    );
    // No profile `dist` in the workspace.
    assert_eq!(service.profile, "dist");
    assert_eq!(
        service.profile_settings[0],
        "profile.dist.inherits=\"release\""
    );
}

#[test]
fn metadata_describe_the_image() {
    let service = service(
        "[package.metadata.purlin]\nimage = \"acme/shop\"\nport = 8080\nprefix = \"shop\"\nhealthcheck = []\n\
         contract = \"docs/contract\"\ndeploy.replicas = 2\n\
         [package.metadata.purlin.env]\nSHOP_LOG__FORMAT = \"text\"\nTZ = \"UTC\"\n[profile.dist]\ninherits = \"release\"",
    )
    .unwrap();
    assert_eq!(service.image, "acme/shop");
    assert!(
        service
            .image_file()
            .ends_with("purlin/shop-server/shop-image.tar")
    );
    let expected = [
        "SHOP_HTTP__BIND=0.0.0.0:8080",
        "SHOP_LOG__FORMAT=text",
        "TZ=UTC",
    ];
    assert_eq!(service.env, expected);
    assert_eq!(
        (service.ports.as_slice(), service.healthcheck),
        (&[8080][..], None)
    );
    assert!(service.contract.ends_with("docs/contract"));
    assert_eq!(service.deploy["replicas"], 2);
    assert!(service.profile_settings.is_empty());
}

#[test]
fn all_errors_are_reported_with_file_key_and_remedy() {
    let workspace = workspace(
        "[package.metadata.purlin]\nimgae = \"shop\"\nport = \"8000\"\nprefix = \"my shop\"\nzzz = 1\n\
         env = { 1ST = \"a\" }\nhealthcheck = \"healthcheck\"",
    );
    let error = Service::of_package(workspace.path(), "shop-server").unwrap_err();
    let manifest = fs::canonicalize(workspace.path())
        .unwrap()
        .join("Cargo.toml");
    let expected = format!(
        "{}: [package.metadata.purlin] has 6 errors:
  healthcheck: invalid type: string \"healthcheck\", expected a sequence; write it as in `healthcheck = [\"healthcheck\", \
         \"--url\", \"http://127.0.0.1:8000/\"]`
  imgae: unknown key; did you mean `image`?
  port: invalid type: string \"8000\", expected a nonzero u16; write it as in `port = 8080`
  zzz: unknown key; the keys are bin, contract, deploy, env, healthcheck, image, port, prefix, profile
  prefix: `my shop` cannot begin the name of a variable: use letters, digits, - and _
  env: `1ST` cannot be the name of a variable: use letters, digits and _",
        manifest.display()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn invalid_image_names_are_rejected() {
    for name in ["Shop", "a//b", "-a", "a:1", ""] {
        let error = service(&format!("[package.metadata.purlin]\nimage = \"{name}\"")).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains(&format!("image: `{name}` is not a valid image name")),
            "{error}"
        );
    }
}

#[test]
fn executable_of_several_is_chosen_or_demanded() {
    let with_bins = |metadata: &str| {
        let workspace = workspace(metadata);
        workspace.write("src/bin/shop.rs", "fn main() {}\n");
        Service::of_package(workspace.path(), "shop-server")
    };
    // The one with the name of the package.
    assert_eq!(with_bins("").unwrap().bin, "shop-server");
    let chosen = with_bins("[package.metadata.purlin]\nbin = \"shop\"");
    assert_eq!(chosen.unwrap().bin, "shop");
    let error = with_bins("[package.metadata.purlin]\nbin = \"shp\"").unwrap_err();
    let expected = "the package shop-server: `bin` in [package.metadata.purlin] is `shp`, and the executables are shop, \
                    shop-server";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn page_has_the_table_of_all_keys() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cargo-purlin.md");
    let text = fs::read_to_string(&page).unwrap();
    let begin = text.find("| key | value | default |").unwrap();
    let end = begin + text[begin..].find("\n\n").unwrap() + 1;
    let updated = format!("{}{}{}", &text[..begin], metadata_table(), &text[end..]);
    assert_golden(&page, &updated);
}
