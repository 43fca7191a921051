//! What becomes of an API when one document takes another's place: every rule
//! in both directions, in all dialects, on documents from strangers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod around;
mod around_cases;
mod book;
mod dialects;
mod ignoring;
mod items;
mod lifecycle;
mod mutations;
mod rendering;
mod schema_cases;
mod schemas;
mod security;
mod strangers;
mod support;
mod unions;
mod versions;

use std::collections::BTreeSet;

use purlin_compat::Rule;

#[test]
fn every_rule_has_a_case() {
    let mut cases: BTreeSet<String> = schemas::rules().collect();
    cases.extend(around_cases::rules().map(ToOwned::to_owned));
    cases.extend(lifecycle::RULES.iter().map(|it| (*it).to_owned()));
    cases.extend(security::RULES.iter().map(|it| (*it).to_owned()));
    cases.extend(versions::RULES.iter().map(|it| (*it).to_owned()));
    let rules: BTreeSet<String> = Rule::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(rules.len(), Rule::ALL.len(), "two rules have one name");
    let without: Vec<_> = rules.difference(&cases).collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
    let unknown: Vec<_> = cases.difference(&rules).collect();
    assert!(
        unknown.is_empty(),
        "cases of rules that are none: {unknown:?}"
    );
}

#[test]
fn rules_are_read_by_the_names_they_print() {
    for rule in Rule::ALL {
        assert_eq!(rule.to_string().parse(), Ok(*rule));
        assert!(!rule.meaning().is_empty(), "{rule}");
    }
    let refused = "no-such-rule".parse::<Rule>().unwrap_err();
    assert_eq!(refused.to_string(), "there is no rule `no-such-rule`");
}
