//! Randomly damaged documents: each is compared or rejected in bounded time. The
//! random numbers are the same in every run.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::options;

/// The linear congruential generator of Numerical Recipes.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(self.0 >> 8).unwrap() % end
    }
}

fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{at}/{key}"), all);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// Replaces one value by an invalid one or by another part of the document.
fn damage(document: &mut Value, numbers: &mut Numbers) -> String {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let place = all[1 + numbers.below(all.len() - 1)].clone();
    let other = all[numbers.below(all.len())].clone();
    let junk = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!("text"),
        json!([]),
        json!([[], null, 1]),
        json!({}),
        json!({"$ref": format!("#{other}")}),
        json!({"allOf": [{"$ref": format!("#{other}")}], "oneOf": [{"$ref": format!("#{place}")}, {}]}),
        document.pointer(&other).unwrap().clone(),
    ];
    let value = junk[numbers.below(junk.len())].clone();
    *document.pointer_mut(&place).unwrap() = value;
    place
}

#[test]
fn damaged_documents_are_compared_or_rejected() {
    let begin = Instant::now();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/tests/golden");
    let (mut compared, mut rejected, mut different) = (0, 0, 0);
    for name in ["rich.v2_0.json", "rich.v3_0.json", "rich.v3_1.json"] {
        let whole: Value =
            serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap();
        let mut numbers = Numbers(7);
        for _ in 0..50 {
            let mut damaged = whole.clone();
            for _ in 0..=numbers.below(3) {
                damage(&mut damaged, &mut numbers);
            }
            for (old, new) in [(&whole, &damaged), (&damaged, &whole)] {
                match purlin_compat::compare(old, new, &options()) {
                    Ok(report) => {
                        compared += 1;
                        different += usize::from(!report.findings.is_empty());
                    }
                    Err(error) => {
                        rejected += 1;
                        assert!(!error.to_string().is_empty());
                    }
                }
            }
            if let Ok(report) = purlin_compat::compare(&damaged, &damaged, &options()) {
                assert_eq!(
                    report.findings,
                    [],
                    "a document differs from itself: {damaged}"
                );
            }
        }
    }
    assert!(
        compared > 100 && rejected > 30 && different > 30,
        "{compared} {rejected} {different}"
    );
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(120), "{took:?}");
}
