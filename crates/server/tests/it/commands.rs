//! The commands that print and end, and the help.

use std::{env, fs, path::Path};

use crate::{
    deployed,
    support::{Folder, output, program},
};

#[test]
fn routes_lists_every_operation() {
    let folder = Folder::new();
    let (code, out, errors) = output(program(&folder).arg("routes"));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    let rows: Vec<Vec<&str>> = out
        .lines()
        .map(|line| {
            line.split("  ")
                .filter(|cell| !cell.is_empty())
                .map(str::trim)
                .collect()
        })
        .collect();
    let secret = "sharedSecret";
    assert_eq!(
        rows,
        [
            ["METHOD", "PATH", "OPERATION", "AUTHENTICATORS", "SUMMARY"],
            ["GET", "/", "get_index", "-", "Greet every caller"],
            [
                "GET",
                "/generic_greeting",
                "get_generic_greeting",
                secret,
                "Greet anybody with a key"
            ],
            [
                "GET",
                "/personalised_greeting",
                "get_personalised_greeting",
                secret,
                "Greet a person by name"
            ],
            [
                "POST",
                "/send_greeting",
                "send_greeting",
                secret,
                "Send a greeting to a guest"
            ],
        ]
    );
}

#[test]
fn openapi_names_rust_items_when_asked_to() {
    let folder = Folder::new();
    let print = |arguments: &[&str]| output(program(&folder).args(arguments)).1;
    let out = print(&["openapi", "--rust-items"]);
    for item in [
        "purlin_greetings::routes::get_index",
        "purlin_greetings::schemas::Guest",
    ] {
        let named = format!("\"x-rust-item\": \"{item}\"");
        assert!(out.contains(&named), "{item} is not in {out}");
    }
    assert!(!print(&["openapi"]).contains("x-rust-item"));
}

#[test]
fn openapi_prints_only_the_document() {
    let folder = Folder::new();
    for arguments in [
        &["openapi"][..],
        &["openapi", "--registry", "Greetings"],
        &["openapi", "--registry", "Greetings 0.1.0"],
    ] {
        let (code, out, errors) = output(program(&folder).args(arguments));
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        assert!(out.starts_with('{') && out.ends_with("}\n"), "{out}");
        assert!(out.contains("\"openapi\": \"3.1."), "{out}");
        assert!(out.contains("\"sharedSecret\""), "{out}");
    }

    for (dialect, json, yaml) in [
        ("3.1", "\"openapi\": \"3.1.1\"", "openapi: \"3.1.1\"\n"),
        ("3.0", "\"openapi\": \"3.0.4\"", "openapi: \"3.0.4\"\n"),
        ("2.0", "\"swagger\": \"2.0\"", "swagger: \"2.0\"\n"),
    ] {
        for (format, version) in [("json", json), ("yaml", yaml)] {
            let arguments = ["openapi", "--dialect", dialect, "--format", format];
            let (code, out, errors) = output(program(&folder).args(arguments));
            assert_eq!((code, errors.as_str()), (Some(0), ""));
            assert!(out.contains(version), "{out}");
        }
    }
    // The greetings say nothing that a generator could not take.
    let (_, full, _) = output(program(&folder).args(["openapi", "--dialect", "3.0"]));
    let arguments = ["openapi", "--dialect", "3.0", "--profile", "clients"];
    let (code, out, errors) = output(program(&folder).args(arguments));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(out, full);

    let unknown = ["openapi", "--dialect", "4.0"];
    let (code, _, errors) = output(program(&folder).args(unknown));
    assert_eq!(code, Some(2));
    assert!(errors.contains("3.0"), "{errors}");

    let (code, out, errors) = output(program(&folder).args(["openapi", "--registry", "Farewells"]));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(
        errors.contains("no registry is called `Farewells`"),
        "{errors}"
    );
    assert!(errors.contains("`Greetings 0.1.0`"), "{errors}");
}

#[test]
fn registries_and_names_are_printed_for_other_programs() {
    let folder = Folder::new();
    let (code, out, _) = output(program(&folder).args(["openapi", "--list"]));
    let list: serde_json::Value = serde_json::from_str(&out).unwrap();
    let expected = serde_json::json!([{"title": "Greetings", "version": "0.1.0"}]);
    assert_eq!((code, list), (Some(0), expected));

    // Whatever is set.
    let folder = Folder::with_settings("[htpp]\n");
    let (code, out, _) = output(program(&folder).args(["config", "names"]));
    let names: serde_json::Value = serde_json::from_str(&out).unwrap();
    let expected = serde_json::json!({
        "variables": "PURLIN_",
        "settings_file": "purlin.toml",
        "metrics": "purlin_",
    });
    assert_eq!((code, names), (Some(0), expected));
}

#[test]
fn help_and_version_name_the_program_and_usage_errors_exit_with_2() {
    let folder = Folder::new();
    let (code, out, _) = output(program(&folder).arg("--help"));
    assert_eq!(code, Some(0));
    for text in [
        "purlin-server",
        "--config",
        "--bind",
        "routes",
        "openapi",
        "PURLIN_HTTP__BIND",
    ] {
        assert!(out.contains(text), "{text} is not in\n{out}");
    }
    let (code, out, _) = output(program(&folder).arg("--version"));
    assert_eq!((code, out.as_str()), (Some(0), "purlin-server 0.1.0\n"));

    let (code, _, errors) = output(program(&folder).arg("--frobnicate"));
    assert_eq!(code, Some(2));
    assert!(errors.contains("--frobnicate"), "{errors}");
}

/// Asserts that a file of the repository is what the program prints.
fn assert_file(file: &str, printed: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, printed).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap();
    assert_eq!(
        kept, printed,
        "run with UPDATE_GOLDEN=1 and read the difference"
    );
}

#[test]
fn settings_reference_is_up_to_date() {
    let folder = Folder::new();
    let (code, table, errors) = output(program(&folder).args(["config", "table"]));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    let page = format!(
        "# Settings\n\nWritten by `purlin-server config table`; do not edit. The layers (defaults, `purlin.toml`, \
         environment variables, flags)\nand secrets in files are explained by `purlin-server --help` and \
         [purlin.example.toml](../deploy/purlin.example.toml).\n\n{table}"
    );
    assert_file("docs/settings.md", &page);
}

#[test]
fn example_settings_file_is_up_to_date() {
    let folder = Folder::new();
    let (code, example, errors) = output(program(&folder).args(["config", "example"]));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_file("deploy/purlin.example.toml", &example);
    // It can be used as it is.
    let folder = Folder::with_settings(&example);
    let (code, effective, errors) = output(program(&folder).arg("config"));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert!(
        effective.contains("bind = \"127.0.0.1:8000\"  # purlin.toml:"),
        "{effective}"
    );
}

#[test]
fn config_prints_effective_settings_with_their_origin() {
    let folder = Folder::with_settings("[log]\nlevel = \"warn\"\n");
    fs::write(folder.path().join("ada"), "s3cret\n").unwrap();
    let mut command = program(&folder);
    command
        .env("PURLIN_HTTP__SHUTDOWN_TIMEOUT", "5")
        .env("PURLIN_GREETINGS__API_KEYS__ADA__FILE", "ada")
        .args(["config", "--bind", "[::1]:0"]);
    let (code, out, errors) = output(&mut command);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    for line in [
        "[http]",
        "bind = \"[::1]:0\"  # flag --bind",
        "shutdown_timeout = 5  # environment variable PURLIN_HTTP__SHUTDOWN_TIMEOUT",
        "# workers is not set",
        "level = \"warn\"  # purlin.toml:2:1",
        "[greetings.api_keys]",
    ] {
        assert!(out.lines().any(|it| it == line), "{line}\n{out}");
    }
    let ada = out.lines().find(|line| line.starts_with("ada")).unwrap();
    assert!(
        ada.starts_with("ada = \"***\"  # environment variable"),
        "{ada}"
    );
    assert!(!out.contains("s3cret"));
}

#[test]
fn settings_schema_has_the_constraints() {
    let folder = Folder::with_settings("[htpp]\n");
    let (code, out, _) = output(program(&folder).args(["config", "schema"]));
    assert_eq!(code, Some(0));
    let schema: serde_json::Value = serde_json::from_str(&out).unwrap();
    let http = &schema["properties"]["http"];
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(http["additionalProperties"], false);
    assert_eq!(http["properties"]["workers"]["maximum"], 1024);
    assert_eq!(http["properties"]["bind_file"]["type"], "string");
    let keys = &schema["properties"]["greetings"]["properties"]["api_keys"];
    assert_eq!(keys["additionalProperties"]["writeOnly"], true);
    let (_, table, _) = output(program(&folder).args(["config", "table"]));
    assert!(
        table.contains("| `http.workers` |  | Worker threads"),
        "{table}"
    );
}

/// The settings that are deployed with a memory limit of 256 MiB, as environment variables.
const DEPLOYED: [&str; 2] = [
    include_str!("../../../../deploy/server.env"),
    include_str!("../../../../deploy/kubernetes/base/settings.env"),
];

#[test]
fn deployed_limits_fit_the_memory_of_their_container() {
    for (index, settings) in DEPLOYED.into_iter().enumerate() {
        let folder = Folder::new();
        let mut command = program(&folder);
        command.envs(deployed(settings));
        let (code, out, errors) = output(command.args(["config", "limits"]));
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        let total = out.lines().find_map(|line| line.strip_prefix("at most"));
        let (number, unit) = total.unwrap().trim().split_once(' ').unwrap();
        let number: f64 = number.parse().unwrap();
        assert!(unit == "MiB" && number < 224.0, "{out}");
        // The widths of the columns depend on the machine.
        let rows = |text: &str| -> Vec<Vec<String>> {
            let cells = |line: &str| {
                line.split("  ")
                    .map(|it| it.trim().to_owned())
                    .filter(|it| !it.is_empty())
                    .collect()
            };
            text.lines().map(cells).collect()
        };
        let sum = out.split("available").next().unwrap();
        let documentation = include_str!("../../../../docs/operating.md");
        let (_, documented) = documentation.split_once("```text\nMEMORY").unwrap();
        let (documented, _) = documented.split_once("```").unwrap();
        if index == 0 {
            assert_eq!(
                rows(&format!("MEMORY{documented}")),
                rows(sum.trim_end()),
                "{out}"
            );
        }
    }
}
