//! What is rendered of a service's metadata, and which metadata is rejected.

use std::{fs::Permissions, os::unix::fs::PermissionsExt as _, path::Path};

use cargo_purlin::{
    Service,
    deploy::{Deployment, File, compose_files, edge::Bounds, kubernetes_files, metadata_table},
};
use yaml_serde::Value;

use crate::support::{Outcome, Workspace, cargo_purlin};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/orders");

/// A service with another name, port, prefix and number of servers than Purlin's own, which connects to PostgreSQL.
const ORDERS: &str = r#"
[package.metadata.purlin]
prefix = "orders_api"
port = 8080

[package.metadata.purlin.deploy]
name = "orders"
hosts = ["orders.example.org", "api.example.org"]
replicas = 2
max_replicas = 6
memory_mib = 512
connects = [5432]

[package.metadata.purlin.deploy.secrets]
database_url = { setting = "database.url_file" }
key = { setting = "clients.api_keys.shop.file", generate = true }

[package.metadata.purlin.deploy.settings]
cors.origins = ["https://shop.example.org", "https://example.org"]
http.shutdown_timeout = 60
limits.body_bytes = 4194304
"#;

/// A workspace with this service.
fn workspace() -> Workspace {
    let manifest = "[package]\nname = \"orders\"\nedition = \"2024\"\n[package.metadata.purlin]\n[workspace]\n";
    Workspace::new(&[("Cargo.toml", manifest), ("src/main.rs", "fn main() {}\n")])
}

#[test]
fn without_docker_nothing_is_written() {
    let workspace = workspace();
    for command in ["up", "down"] {
        let mut program = cargo_purlin(&[command]);
        program.current_dir(workspace.path()).env("PATH", "/none");
        let outcome = Outcome::of(&mut program);
        assert_eq!(outcome.status, Some(2));
        let errors = outcome.errors;
        assert!(
            errors.starts_with("error: docker was not found"),
            "{errors}"
        );
    }
    assert!(!workspace.path().join("target").exists());
}

#[test]
fn files_are_rendered_into_the_target_folder_of_cargo() {
    let workspace = workspace();
    // It finds nothing that runs.
    workspace.write("bin/docker", "#!/bin/sh\n");
    let docker = workspace.path().join("bin/docker");
    std::fs::set_permissions(&docker, Permissions::from_mode(0o755)).unwrap();
    let mut program = cargo_purlin(&["down"]);
    program
        .current_dir(workspace.path())
        .env("PATH", workspace.path().join("bin"))
        .env("EDGE_IMAGE", format!("nginx@sha256:{}", "0".repeat(64)))
        .env("CARGO_TARGET_DIR", workspace.path().join("elsewhere"));
    let outcome = Outcome::of(&mut program);
    assert_eq!(outcome.status, Some(0), "{}", outcome.errors);
    let elsewhere = workspace.path().join("elsewhere/deploy/orders");
    assert!(elsewhere.join("compose.yaml").exists());
    assert!(!workspace.path().join("target").exists());
}

/// Describes a package with this metadata.
fn service(metadata: &str) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!(
        "[package]\nname = \"orders-server\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\
         [[bin]]\nname = \"orders-server\"\npath = \"main.rs\"\n[workspace]\n{metadata}"
    );
    std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.path().join("main.rs"), "fn main() {}\n").unwrap();
    Service::of_package(folder.path(), "orders-server").unwrap()
}

fn deployment(deploy: &str) -> Deployment {
    Deployment::of(&service(deploy)).unwrap()
}

fn error(deploy: &str) -> String {
    let metadata = format!("[package.metadata.purlin.deploy]\n{deploy}");
    Deployment::of(&service(&metadata)).unwrap_err().to_string()
}

fn find<'f>(files: &'f [File], path: &str) -> &'f str {
    let found = files.iter().find(|file| file.path == path);
    &found
        .unwrap_or_else(|| panic!("{path} was not rendered"))
        .text
}

fn objects(text: &str) -> Vec<Value> {
    let documents = yaml_serde::Deserializer::from_str(text);
    documents
        .map(|it| serde::Deserialize::deserialize(it).unwrap())
        .collect()
}

/// Compares files with those of a folder, which has no others.
fn assert_golden(folder: &Path, files: &[File]) {
    for file in files {
        let path = folder.join(&file.path);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &file.text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let path = path.display();
        assert!(
            kept == file.text,
            "{path} differs: run with UPDATE_GOLDEN=1 and review the difference"
        );
    }
}

#[test]
fn files_of_another_service_are_as_reviewed() {
    let orders = deployment(ORDERS);
    assert_golden(Path::new(GOLDEN), &compose_files(&orders).unwrap());
    let image = "registry.example.org/team/orders:1.2.3";
    let manifests = kubernetes_files(&orders, Some(image)).unwrap();
    assert_golden(&Path::new(GOLDEN).join("kubernetes"), &manifests);
}

#[test]
fn every_rendered_yaml_parses_and_has_the_values_of_the_metadata() {
    let orders = deployment(ORDERS);
    let mut files = compose_files(&orders).unwrap();
    files.extend(kubernetes_files(&orders, None).unwrap());
    for file in files.iter().filter(|file| file.path.ends_with(".yaml")) {
        let objects = objects(&file.text);
        assert!(
            objects.len() == 1 && objects[0].is_mapping(),
            "{}",
            file.path
        );
    }
    let compose = &objects(find(&files, "compose.yaml"))[0];
    let server = &compose["services"]["server"];
    assert_eq!(server["deploy"]["replicas"], 2);
    assert_eq!(server["mem_limit"], "512m");
    assert_eq!(server["networks"][1], "outbound");
    assert_eq!(server["secrets"][0], "database_url");
    // http.drain_delay, the timeout of the settings, and some spare.
    assert_eq!(server["stop_grace_period"], "68s");
    let bounds = Bounds::new(6);
    assert_eq!(
        compose["services"]["edge"]["mem_limit"],
        format!("{}m", bounds.memory())
    );
    let deployment = &objects(find(&files, "base/deployment.yaml"))[0];
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(pod["containers"][0]["image"], "orders-server:1.2.3");
    assert_eq!(pod["containers"][0]["ports"][0]["containerPort"], 8080);
    assert_eq!(pod["terminationGracePeriodSeconds"], 75);
    let autoscaler = &objects(find(&files, "base/autoscaler.yaml"))[0];
    assert_eq!(autoscaler["spec"]["maxReplicas"], 6);
    let ingress = &objects(find(&files, "components/ingress/ingress.yaml"))[0];
    assert_eq!(ingress["spec"]["rules"][1]["host"], "api.example.org");
}

#[test]
fn variables_have_the_prefix_and_settings_of_the_metadata_win() {
    let files = compose_files(&deployment(ORDERS)).unwrap();
    let variables = find(&files, "server.env");
    for line in [
        "ORDERS_API_HTTP__BIND=0.0.0.0:8080",
        "ORDERS_API_HTTP__SHUTDOWN_TIMEOUT=60",
        "ORDERS_API_LIMITS__BODY_BYTES=4194304",
        "ORDERS_API_DATABASE__URL_FILE=/run/secrets/database_url",
        "ORDERS_API_CLIENTS__API_KEYS__SHOP__FILE=/run/secrets/key",
        "ORDERS_API_CORS__ORIGINS=https://shop.example.org,https://example.org",
    ] {
        let count = variables.lines().filter(|found| *found == line).count();
        assert_eq!(count, 1, "{line} in\n{variables}");
    }
    let names = variables.lines().filter_map(|line| line.split_once('='));
    let mut names: Vec<_> = names.map(|(name, _)| name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
}

#[test]
fn service_without_metadata_has_three_servers_and_no_secrets() {
    let plain = deployment("");
    assert_eq!((plain.name.as_str(), plain.replicas), ("orders-server", 3));
    let files = compose_files(&plain).unwrap();
    let compose = &objects(find(&files, "compose.yaml"))[0];
    assert!(compose.get("secrets").is_none());
    let manifests = kubernetes_files(&plain, None).unwrap();
    let deployment = &objects(find(&manifests, "base/deployment.yaml"))[0];
    assert!(
        deployment["spec"]["template"]["spec"]
            .get("volumes")
            .is_none()
    );
    assert!(!manifests.iter().any(|file| file.path.contains("secret")));
}

#[test]
fn service_with_a_volume_has_one_server_that_is_recreated() {
    let notes = deployment("[package.metadata.purlin.deploy]\nvolume = \"/data\"\n");
    assert_eq!((notes.replicas, notes.max_replicas), (1, 1));
    let compose = &objects(find(&compose_files(&notes).unwrap(), "compose.yaml"))[0];
    assert_eq!(compose["services"]["server"]["volumes"][0], "data:/data");
    assert!(compose["volumes"].get("data").is_some());
    let manifests = kubernetes_files(&notes, None).unwrap();
    let deployment = &objects(find(&manifests, "base/deployment.yaml"))[0];
    assert_eq!(deployment["spec"]["strategy"]["type"], "Recreate");
    assert_eq!(deployment["spec"]["replicas"], 1);
    let kustomization = find(&manifests, "base/kustomization.yaml");
    assert!(kustomization.contains("volume.yaml") && !kustomization.contains("autoscaler.yaml"));
    assert!(!find(&manifests, "overlays/dev/kustomization.yaml").contains("Autoscaler"));
}

#[test]
fn volume_and_several_servers_are_rejected_with_the_remedy() {
    let error = error("volume = \"/data\"\nreplicas = 3\nmax_replicas = 3");
    assert!(
        error.contains("volume: up to 3 servers cannot share its files"),
        "{error}"
    );
    assert!(error.contains("PostgreSQL"), "{error}");
}

#[test]
fn every_error_of_the_metadata_is_reported_at_once() {
    let error = error(
        "name = \"Orders\"\nhosts = [\"https://x\"]\nmemory_mib = 16\n\
         secrets.url = { setting = \"database.url\" }\n\
         settings.http.bind = \"0.0.0.0:80\"\nsettings.log.level = \"a'b\"",
    );
    for part in [
        "[package.metadata.purlin.deploy] has 6 errors",
        "name: `Orders`",
        "hosts: `https://x` is no host name",
        "memory_mib: use at least 128",
        "secrets.url: `database.url`: use the setting that names its file, such as database.url_file",
        "settings.http.bind: the deployment decides it: set `port`",
        "settings.log.level: has a quote",
    ] {
        assert!(error.contains(part), "{part} in {error}");
    }
}

#[test]
fn unknown_key_of_the_metadata_is_named() {
    let error = error("replica = 3");
    let expected = "replica: unknown key; did you mean `replicas`?";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn documentation_has_every_key_of_the_table() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/deploy.md");
    let text = std::fs::read_to_string(&docs).unwrap();
    let begin = text.find("| key | value | default |").unwrap();
    let end = begin + text[begin..].find("\n\n").unwrap() + 1;
    let updated = format!("{}{}{}", &text[..begin], metadata_table(), &text[end..]);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&docs, &updated).unwrap();
    }
    assert!(
        text == updated,
        "run with UPDATE_GOLDEN=1 and review the difference"
    );
}
