//! The comparison of documents: every rule in both directions, in all dialects,
//! and on invalid documents.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod alternatives;
mod closed;
mod dialects;
mod documentation;
mod ignore;
mod lifecycle;
mod mutations;
mod operation_cases;
mod operations;
mod pairs;
mod references;
mod rendering;
mod rust_items;
mod schema_cases;
mod schemas;
mod security;
mod support;
mod untrusted;
mod versions;

use std::collections::BTreeSet;

use purlin_compat::Rule;

#[test]
fn every_rule_has_a_case() {
    let mut cases: BTreeSet<String> = schemas::rules().collect();
    cases.extend(operation_cases::rules().map(ToOwned::to_owned));
    cases.extend(alternatives::rules());
    cases.extend(lifecycle::RULES.iter().map(|it| (*it).to_owned()));
    cases.extend(security::RULES.iter().map(|it| (*it).to_owned()));
    cases.extend(versions::RULES.iter().map(|it| (*it).to_owned()));
    let rules: BTreeSet<String> = Rule::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(rules.len(), Rule::ALL.len(), "two rules have the same name");
    let without: Vec<_> = rules.difference(&cases).collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
    let unknown: Vec<_> = cases.difference(&rules).collect();
    assert!(unknown.is_empty(), "cases of unknown rules: {unknown:?}");
}

#[test]
fn rules_are_parsed_from_their_names() {
    for rule in Rule::ALL {
        assert_eq!(rule.to_string().parse(), Ok(*rule));
        assert!(!rule.description().is_empty(), "{rule}");
    }
    let error = "no-such-rule".parse::<Rule>().unwrap_err();
    assert_eq!(error.to_string(), "unknown rule `no-such-rule`");
}
