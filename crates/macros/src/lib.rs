//! The attributes and derives of Purlin. `purlin-schemas` and `purlin-router` re-export them: depend on one of those instead
//! of this crate.
//!
//! ```text
//! #[schema]                                          declares a type, its schema and its rules
//! struct Guest {
//!     #[garde(length(min = 1))]
//!     name: String,
//! }
//!
//! #[post("/guests")]                                 declares an operation
//! async fn post_guest(guest: Json<Guest>) -> Result<Created<Guest>, GuestError> { … }
//! ```
//!
//! | macro | what it declares | re-exported as |
//! |---|---|---|
//! | [`macro@schema`] | a type of requests or responses | `purlin_schemas::schema`, `purlin_router::schema` |
//! | [`macro@get`], [`macro@post`], [`macro@put`], [`macro@patch`], [`macro@delete`] | an operation | `purlin_router::get`, … |
//! | [`macro@ApiError`] | the statuses, members and headers of an error | `purlin_router::ApiError` |
//! | [`macro@Reply`] | the variants of a reply | `purlin_router::reply::Reply` |
//!
//! Each is sugar over plain traits and builders of these crates. Every macro reports all errors at once, each with its remedy,
//! and still emits the item with its impls, so that an error causes no follow-up errors.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api_error;
mod carried;
mod crate_path;
mod diagnostics;
mod doc;
mod operation;
mod reply;
mod schema;
mod template;

use proc_macro::TokenStream;

/// Declares a type of request or response data.
///
/// `#[schema]` is for both directions, `#[schema(request)]` for types that are only
/// deserialized, `#[schema(response)]` for types that are only serialized. It derives
/// serde's traits and schemars' `JsonSchema`, rejects unknown fields in requests, and
/// turns rules written as `#[garde(…)]` into checks and into keywords of the schema
/// (the crate garde is not needed):
///
/// | rule | type | keyword |
/// |---|---|---|
/// | `length(min, max, equal)` | text (characters), lists, maps | `minLength`, `minItems`, `minProperties`, … |
/// | `range(min, max, equal)` | numbers | `minimum`, `maximum` |
/// | `pattern("…")` | text | `pattern` |
/// | `email`, `url`, `ip`, `ipv4`, `ipv6` | text | `format` |
/// | `prefix("…")`, `suffix("…")`, `contains("…")`, `ascii` | text | `pattern` |
/// | `inner(…)` | lists | the rules, under `items` |
/// | `required` | `Option` | `required` |
/// | `custom(function)` | anything | none: `fn(&T, &()) -> Result<(), E: Display>` |
///
/// Nested types are always checked. An `Option` may be absent or null; with
/// `#[serde(skip_serializing_if = "Option::is_none")]`, which never writes null, it
/// may be absent but not null. A `Patch` distinguishes absent, null and a value. A
/// field of type `ReadOnly` is part of responses and unknown in requests; one of type
/// `WriteOnly` is read and never written. The macro recognizes the three types by
/// their names.
///
/// `#[schema(partial = UpdateTodo)]` on a struct declares a partial struct for bodies
/// that update a value. Every field is optional: a `T` becomes an `Option<T>` that
/// cannot be null, an `Option<T>` becomes a `Patch<T>`. Names, rules and doc comments
/// are kept, defaults are not; derives of std, such as `Debug` and `Default`, are those
/// of the struct. `ReadOnly` fields are left out. With `#[schema(partial(UpdateTodo,
/// fields = [title, done]))]` only the named fields become optional; `description =
/// "…"` describes the partial struct. Its method `apply_to(self, &mut Todo)` updates
/// the fields that are present and keeps the others.
///
/// `#[schema(by_value)]` on an enum with `#[repr(u8)]` or another integer, and without
/// fields, serializes its variants as their integers instead of their names.
///
/// `#[schema(unknown_fields = "ignore")]` on a type that is read from named fields
/// ignores fields it does not declare, as the standards of OAuth redirects and of
/// webhooks require; its schema has no `additionalProperties: false` then. To keep
/// them, declare a map: `#[serde(flatten)] others: BTreeMap<String, String>`, or of
/// `serde_json::Value` in JSON.
///
/// `#[schema(rename = "Name")]` names the schema, `#[schema(crate = "path")]` is the
/// path of `purlin-schemas` if the macro cannot find it. A generic schema is named
/// after its arguments: `Page<Todo>` is `PageOfTodo`, `Pair<A, B>` is `PairOfAAndB`. In
/// a custom name `{T}` is replaced with the name of the argument `T`:
/// `#[schema(rename = "{T}Page")]`.
///
/// Limits are literals or constants of the field's type; a literal needs no suffix.
#[proc_macro_attribute]
pub fn schema(arguments: TokenStream, item: TokenStream) -> TokenStream {
    schema::expand(arguments.into(), item.into()).into()
}

macro_rules! operations {
    ($($name:ident $method:literal),+) => {$(
        #[doc = concat!("Declares an async function as the operation for `", $method, "` requests to a path template.")]
        ///
        /// ```text
        /// #[get("/todos/{id}", tags = ["todos"], authenticators = ["apiKey"])]
        /// ```
        ///
        /// The function's name is the operation id, the first paragraph of its doc
        /// comment the summary, the rest the description; `operation_id = "…"`,
        /// `summary = "…"` and `description = "…"` override them. `tags` and
        /// `authenticators` are lists of strings or constants, the latter also of
        /// requirements such as `all_of(["a", "b"])`; `public`, `deprecated` and
        /// `hidden` take no value; `body_limit` is in bytes; `media_type` is that of
        /// JSON responses; `uploads` is an expression of type `Uploads`.
        ///
        /// The attribute declares a function that returns the operation, to pass to
        /// `Registry::operation`; tests call the handler itself as `name::call(…)`.
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            operation::expand(stringify!($name), arguments.into(), item.into()).into()
        }
    )+};
}

operations!(get "GET", post "POST", put "PUT", patch "PATCH", delete "DELETE");

/// Implements `ApiError` for an enum or struct, next to `thiserror::Error`.
///
/// Each variant has `#[status(404)]`, a status from 400 to 599, or
/// `#[status(transparent)]` if its only field implements `ApiError`; on the enum itself,
/// that is for all variants without a status. Its code is its
/// name in snake case unless `#[code("…")]` overrides it; its doc comment is its
/// description in the document.
///
/// A field with `#[header("Retry-After")]` is sent as that header, one with `#[member]` or
/// `#[member("name")]` as a member of the body. Its type is declared with `#[schema]`, or is
/// a number, a text or the like; a value that is null, such as `None`, is left out. The
/// document describes both, with the field's doc comment. A transparent variant sends those
/// of the error in it.
#[proc_macro_derive(ApiError, attributes(status, code, header, member))]
pub fn api_error(item: TokenStream) -> TokenStream {
    api_error::expand(item.into()).into()
}

/// Implements `Reply` for an enum of alternative responses.
///
/// Each variant has one field, a reply, or none and `#[status(204)]`.
#[proc_macro_derive(Reply, attributes(status))]
pub fn reply(item: TokenStream) -> TokenStream {
    reply::expand(item.into()).into()
}
