//! A flattened map shares its object, so that the document cannot count its members.

use std::collections::BTreeMap;

use purlin_schemas::schema;

#[schema]
struct Labels {
    name: String,
    #[garde(length(min = 1))]
    #[serde(flatten)]
    labels: BTreeMap<String, String>,
}

#[schema]
#[serde(tag = "type")]
enum Tagged {
    Labels(#[garde(length(max = 5))] BTreeMap<String, String>),
}

fn main() {}
