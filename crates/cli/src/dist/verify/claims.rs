//! What the statement claims of the build: compared with what is demanded, and with the record of the build.

use serde_json::Value;

use super::{Finding, Problem, VerifyOptions, files::Folder, signature::Source};
use crate::{
    Result,
    attest::{Statement, StatementError},
    dist::provenance::{BUILD_TYPE, PARAMETERS, PREDICATE},
    oci::Digest,
};

/// The file of the record.
const RECORD: &str = "build.json";

/// Returns the commit that the sources are of; none if they were changed, and none for an executable that was built elsewhere.
pub(super) fn commit(statement: &Statement) -> Option<&str> {
    dependency(statement, "source")?["digest"]["gitCommit"].as_str()
}

/// Returns the URI of the builder.
pub(super) fn builder(statement: &Statement) -> Option<&str> {
    statement.predicate["runDetails"]["builder"]["id"].as_str()
}

fn dependency<'a>(statement: &'a Statement, name: &str) -> Option<&'a Value> {
    let dependencies = &statement.predicate["buildDefinition"]["resolvedDependencies"];
    let mut dependencies = dependencies.as_array()?.iter();
    dependencies.find(|it| it["name"] == name)
}

/// Checks the types of the statement, and what is demanded of it.
pub(super) fn of_statement(
    statement: &Statement,
    options: &VerifyOptions,
    source: Source,
) -> Vec<Finding> {
    let definition = &statement.predicate["buildDefinition"];
    let mut problems = Vec::new();
    for (property, found, expected) in [
        (
            "predicateType",
            statement.predicate_type.as_str(),
            PREDICATE,
        ),
        (
            "buildType",
            definition["buildType"].as_str().unwrap_or_default(),
            BUILD_TYPE,
        ),
    ] {
        if found != expected {
            problems.push(Problem::Statement(StatementError::Unexpected {
                property,
                found: found.to_owned(),
                expected: expected.to_owned(),
            }));
        }
    }
    let parameters = definition["externalParameters"].as_object();
    let names = parameters.into_iter().flat_map(|it| it.keys());
    let unknown = names.filter(|name| !PARAMETERS.contains(&name.as_str()));
    problems.extend(unknown.cloned().map(Problem::Parameter));
    let demands = [
        ("the commit", commit(statement), &options.commit),
        ("the builder", builder(statement), &options.builder),
    ];
    for (what, found, expected) in demands {
        if let Some(expected) = expected
            && found != Some(expected)
        {
            problems.push(Problem::Demanded {
                what,
                found: found.unwrap_or("not named").to_owned(),
                expected: expected.clone(),
            });
        }
    }
    if let Some(image) = &options.image {
        let mut images = statement.subjects.iter().filter(|it| it.is_image());
        if !images.any(|it| it.digest.to_string() == *image) {
            problems.push(Problem::NoImage(image.clone()));
        }
    }
    let findings = problems.into_iter();
    findings.map(|it| Finding::new(source.file(), it)).collect()
}

/// Compares the record of the build, if it is the one of the statement.
pub(super) fn of_record(folder: &Folder, statement: &Statement) -> Result<Vec<Finding>> {
    let mut subjects = statement.subjects.iter();
    let named = subjects.find(|it| it.name == RECORD && folder.digest(RECORD) == Some(&it.digest));
    let Some(json) = named.map(|_| folder.content(RECORD)).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let record: Value = serde_json::from_slice(&json).unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let lock = dependency(statement, "Cargo.lock");
    let lock = lock.and_then(|it| text(&it["digest"]["sha256"]));
    let claims = [
        (
            "commit",
            text(&record["commit"]),
            commit(statement).map(str::to_owned),
        ),
        (
            "cargo_lock",
            text(&record["cargo_lock"]),
            lock.map(|hex| format!("sha256:{hex}")),
        ),
    ];
    // What the statement does not claim is not compared.
    let claims = claims.into_iter().filter_map(|(what, found, expected)| {
        let (found, expected) = (found.unwrap_or_default(), expected?);
        (found != expected).then_some(Problem::Claim {
            what,
            found,
            expected,
        })
    });
    let images = record["images"].as_object();
    let images = images
        .into_iter()
        .flat_map(|it| it.values().filter_map(Value::as_str));
    let unnamed = images.filter(|digest| {
        let mut subjects = statement.subjects.iter().filter(|it| it.is_image());
        !subjects.any(|it| Some(&it.digest) == Digest::parse(digest).as_ref())
    });
    let problems = claims.chain(unnamed.map(|image| Problem::Image(image.to_owned())));
    Ok(problems.map(|it| Finding::new(RECORD, it)).collect())
}
