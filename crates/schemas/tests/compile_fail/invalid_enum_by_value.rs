use purlin_schemas::schema;

#[schema(by_value)]
enum WithoutAWidth {
    One = 1,
}

#[schema(by_value)]
#[repr(u8)]
enum WithFields {
    #[serde(rename = "one")]
    One(u8),
}

#[schema(by_value)]
struct NoEnum {
    value: u8,
}

#[schema(by_value)]
#[repr(u128)]
enum TooWide {
    One = 1,
}

fn main() {}
