//! The types of requests and responses, next to the
//! [`Message`](purlin_router::schemas::Message) that most operations return.

use purlin_router::schema;

/// The person to greet.
#[schema(request)]
pub struct Addressee {
    /// The name to greet.
    #[schemars(example = "Ada Lovelace")]
    pub name: String,
}

/// A guest to greet.
#[schema]
pub struct Guest {
    /// The name of the guest.
    #[schemars(example = "Ada Lovelace")]
    pub name: String,
    /// In years.
    #[schemars(example = 36)]
    pub age: i64,
    /// In centimetres. Optional, but not null.
    #[schemars(example = 165)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
}
