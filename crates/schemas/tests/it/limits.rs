//! Limits are stated once and are the same number in the check and in the document.

use purlin_schemas::{DecodeError, Direction, decode, describe, schema};

/// Literals need no suffix.
#[test]
fn limits_have_the_range_of_the_type_they_limit() {
    const MOST: i64 = 9_007_199_254_740_995;

    #[schema]
    struct Limits {
        #[garde(range(min = -9_223_372_036_854_775_808, max = 9_007_199_254_740_993))]
        signed: i64,
        #[garde(range(min = 0x1_0000_0000, max = 18_446_744_073_709_551_615))]
        unsigned: u64,
        #[garde(range(equal = 5_000_000_000))]
        sized: Option<usize>,
        #[garde(range(min = -5_000_000_000, max = MOST))]
        constant: Option<i64>,
        #[garde(range(max = 1 << 40))]
        reckoned: Option<u64>,
        #[garde(range(min = -128, max = 127))]
        small: Option<i8>,
        #[garde(range(min = -1, max = 9_007_199_254_740_992))]
        float: Option<f64>,
        #[garde(range(min = -1, max = 0.1))]
        single: Option<f32>,
        #[garde(inner(range(min = -3_000_000_000, max = 3_000_000_000)))]
        inside: Vec<i64>,
        #[garde(length(max = 5_000_000_000))]
        text: Option<String>,
        #[garde(length(max = 5_000_000 * 1000))]
        list: Option<Vec<u8>>,
    }
    let described = describe::<Limits>(Direction::Input).unwrap();
    let properties = &described.definitions["Limits"].schema["properties"];
    let of = |field: &str| {
        let schema = &properties[field];
        (schema["minimum"].clone(), schema["maximum"].clone())
    };
    let json = |min: serde_json::Value, max: serde_json::Value| (min, max);
    assert_eq!(
        of("signed"),
        json(i64::MIN.into(), 9_007_199_254_740_993_i64.into())
    );
    assert_eq!(
        of("unsigned"),
        json(0x1_0000_0000_u64.into(), u64::MAX.into())
    );
    assert_eq!(
        of("sized"),
        json(5_000_000_000_u64.into(), 5_000_000_000_u64.into())
    );
    assert_eq!(
        of("constant"),
        json((-5_000_000_000_i64).into(), MOST.into())
    );
    assert_eq!(of("reckoned"), json(0.into(), (1_u64 << 40).into()));
    assert_eq!(of("small"), json((-128).into(), 127.into()));
    assert_eq!(
        of("float"),
        json((-1.0).into(), 9_007_199_254_740_992.0.into())
    );
    assert_eq!(of("single"), json((-1.0).into(), 0.1.into()));
    let items = &properties["inside"]["items"];
    assert_eq!(items["minimum"], -3_000_000_000_i64);
    assert_eq!(items["maximum"], 3_000_000_000_i64);
    assert_eq!(properties["text"]["maxLength"], 5_000_000_000_u64);
    assert_eq!(properties["list"]["maxItems"], 5_000_000_000_u64);

    let limits = |signed: i64, unsigned: u64| {
        let body = format!(r#"{{"signed": {signed}, "unsigned": {unsigned}, "inside": []}}"#);
        decode::<Limits>(body.as_bytes()).map(|limits| (limits.signed, limits.unsigned))
    };
    assert!(limits(9_007_199_254_740_993, u64::MAX).is_ok());
    let Err(DecodeError::Invalid(violations)) = limits(9_007_199_254_740_994, 1) else {
        panic!("two limits are broken")
    };
    let messages: Vec<_> = violations.iter().map(|one| one.message()).collect();
    assert!(messages[0].contains("9007199254740993"), "{messages:?}");
    assert!(messages[1].contains("4294967296"), "{messages:?}");
}
