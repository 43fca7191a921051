//! Types of the standard library that schemars describes otherwise than serde reads them.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::Wrapping;
use std::ops::{Bound, Range, RangeInclusive};
use std::sync::Mutex;
use std::time::SystemTime;

use purlin_schemas::{Validator, schema};

use crate::support::{BOTH_ACCEPT, BOTH_REJECT, code_pairs, codes, verdicts, violations};

/// Checks that document and server accept, or reject, the value of a field of some type.
macro_rules! field {
    ($type:ty, accepted: $accepted:expr, rejected: $rejected:expr $(,)?) => {{
        #[schema]
        struct Around {
            a: $type,
        }

        for value in $accepted {
            let body = format!("{{\"a\": {value}}}");
            assert_eq!(verdicts::<Around>(&body), BOTH_ACCEPT, "{body}");
        }
        for value in $rejected {
            let body = format!("{{\"a\": {value}}}");
            assert_eq!(verdicts::<Around>(&body), BOTH_REJECT, "{body}");
        }
    }};
}

#[test]
fn ranges_have_no_other_members() {
    field!(
        Range<u8>,
        accepted: [r#"{"start": 1, "end": 255}"#, r#"{"start": 1.0, "end": 0}"#],
        rejected: [r#"{"start": 1, "end": 2, "x": 1}"#, r#"{"start": 1}"#, r#"{"start": 1, "end": 256}"#, "[1, 2]"],
    );
    field!(
        RangeInclusive<i16>,
        accepted: [r#"{"start": -1, "end": 2}"#],
        rejected: [r#"{"start": 1, "end": 2, "x": 1}"#, "[1, 2]"],
    );
}

#[test]
fn unknown_member_of_a_range_is_located() {
    #[schema]
    struct Around {
        r: Range<u8>,
    }

    let found = violations::<Around>(r#"{"r": {"start": 1, "end": 2, "x": 1}}"#);
    assert_eq!(codes(&found), code_pairs(&[("/r/x", "unknown_field")]));
}

#[test]
fn bounds_and_results_are_one_variant() {
    field!(
        Bound<u8>,
        accepted: [r#"{"Included": 1}"#, r#"{"Excluded": 1}"#, r#""Unbounded""#],
        rejected: [r#"{"Included": 1, "x": 1}"#, r#"{"Included": 1, "Excluded": 1}"#, r#"{"Unbounded": null}"#, "{}", r#""Included""#],
    );
    field!(
        Result<u8, String>,
        accepted: [r#"{"Ok": 1}"#, r#"{"Err": "a"}"#],
        rejected: [r#"{"Ok": 1, "x": 1}"#, r#"{"Ok": 1, "Err": "a"}"#, "{}", r#"{"Ok": "a"}"#],
    );
}

#[test]
fn system_time_is_refused_with_a_remedy() {
    #[schema]
    struct Around {
        a: SystemTime,
    }

    let errors = Validator::of::<Around>().unwrap_err().to_string();
    assert!(errors.contains("use `jiff::Timestamp`"), "{errors}");
}

#[test]
fn socket_addresses_are_stated_as_patterns() {
    let v4 = [
        r#""127.0.0.1:80""#,
        r#""0.0.0.0:0""#,
        r#""255.255.255.255:65535""#,
    ];
    let v6 = [
        r#""[::1]:80""#,
        r#""[::]:0""#,
        r#""[2001:DB8::1]:65535""#,
        r#""[1:2:3:4:5:6:7:8]:1""#,
        r#""[fe80::1%7]:80""#,
        r#""[::ffff:1.2.3.4]:5""#,
    ];
    let neither = [
        r#""x""#,
        r#""127.0.0.1""#,
        r#""127.0.0.1:080""#,
        r#""127.0.0.1:65536""#,
        r#""::1:80""#,
        r#""[::1]""#,
        "1",
        "null",
    ];
    field!(SocketAddr, accepted: v4.into_iter().chain(v6), rejected: neither);
    field!(SocketAddrV4, accepted: v4, rejected: v6.into_iter().chain(neither));
    field!(SocketAddrV6, accepted: v6, rejected: v4.into_iter().chain(neither));
    field!(
        Option<Vec<SocketAddrV4>>,
        accepted: ["null", "[]", r#"["127.0.0.1:80"]"#],
        rejected: [r#"["x"]"#, r#"["127.0.0.1:080"]"#],
    );
    field!(
        BTreeMap<SocketAddr, SocketAddr>,
        accepted: ["{}", r#"{"127.0.0.1:80": "[::1]:80"}"#],
        rejected: [r#"{"127.0.0.1:080": "[::1]:80"}"#, r#"{"x": "[::1]:80"}"#, r#"{"127.0.0.1:80": "x"}"#],
    );
}

#[test]
fn cells_and_the_like_are_their_content() {
    field!(Cell<u8>, accepted: ["1", "1.0"], rejected: ["256", "null"]);
    field!(RefCell<Vec<u8>>, accepted: ["[1]"], rejected: ["[256]", "1"]);
    field!(Mutex<bool>, accepted: ["true"], rejected: ["1"]);
    field!(Wrapping<u8>, accepted: ["255"], rejected: ["256", "-1", "[1]"]);
    field!(Reverse<i8>, accepted: ["-128"], rejected: ["128", "[1]"]);
}

#[test]
fn sets_have_no_duplicates_at_any_depth() {
    field!(BTreeSet<u8>, accepted: ["[]", "[1, 2]"], rejected: ["[1, 1]", "[1, 1.0]"]);
    field!(Vec<HashSet<String>>, accepted: [r#"[["a"], ["a"]]"#], rejected: [r#"[["a", "a"]]"#]);
}

#[test]
fn keys_of_maps_in_boxed_slices_are_stated() {
    field!(
        Box<[BTreeMap<bool, u8>]>,
        accepted: ["[]", r#"[{"true": 1}]"#],
        rejected: [r#"[{"x": 1}]"#],
    );
    field!(
        Option<Box<[Box<[BTreeMap<u8, u8>]>]>>,
        accepted: ["null", r#"[[{"1": 1}]]"#],
        rejected: [r#"[[{"01": 1}]]"#],
    );
}

#[test]
fn arrays_have_any_length() {
    const LENGTH: usize = 3;

    let numbers = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    field!([u8; 64], accepted: [numbers(64)], rejected: [numbers(63), numbers(65), numbers(32), "[]".to_owned()]);
    field!([u8; 32], accepted: [numbers(32)], rejected: [numbers(33)]);
    field!([u8; LENGTH], accepted: [numbers(3)], rejected: [numbers(2), "[256,1,1]".to_owned()]);

    #[schema]
    #[derive(PartialEq, Debug)]
    struct Hash([u8; 33]);

    field!(Option<Vec<Hash>>, accepted: [format!("[{}]", numbers(33))], rejected: [format!("[{}]", numbers(34))]);

    #[schema]
    #[serde(untagged)]
    enum Any<const N: usize> {
        Exactly([u8; N]),
        Named { bytes: [u8; N] },
    }

    assert_eq!(verdicts::<Any<40>>(&numbers(40)), BOTH_ACCEPT);
    assert_eq!(verdicts::<Any<40>>(&numbers(41)), BOTH_REJECT);
    assert_eq!(
        verdicts::<Any<40>>(&format!("{{\"bytes\": {}}}", numbers(40))),
        BOTH_ACCEPT
    );
}
