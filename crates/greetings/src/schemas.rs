//! What crosses the wire, beside the [`Message`](purlin_router::schemas::Message) every
//! greeting is answered with.

use purlin_router::schema;

/// Who is to be greeted by name.
#[schema(request)]
pub struct Addressee {
    /// The name to greet.
    #[schemars(example = "Ada Lovelace")]
    pub name: String,
}

/// Somebody to be greeted.
#[schema]
pub struct Guest {
    /// How to call the guest.
    #[schemars(example = "Ada Lovelace")]
    pub name: String,
    /// In years.
    #[schemars(example = 36)]
    pub age: i64,
    /// In centimetres. May be left out, but not null.
    #[schemars(example = 165)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
}
