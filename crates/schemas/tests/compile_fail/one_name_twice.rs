//! Two fields of one name, in a struct and in a variant: one of them could not be read.

use purlin_schemas::schema;

#[schema]
struct Page {
    limit: u8,
    #[serde(rename = "limit")]
    most: u8,
}

#[schema]
#[serde(tag = "type", rename_all_fields = "camelCase")]
enum Event {
    Move {
        from_place: u8,
        #[serde(rename = "fromPlace")]
        origin: u8,
    },
}

fn main() {}
