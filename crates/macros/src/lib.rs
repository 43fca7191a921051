//! The attributes and derives of Purlin. Each is sugar over plain traits and
//! builders of `purlin-schemas` and `purlin-router`, which re-export them; what
//! they write is described there.
//!
//! Every macro reports all its mistakes at once, names the mend, and still
//! emits the item, so that one mistake does not hide the next.

mod api_error;
mod crate_path;
mod doc;
mod mistakes;
mod operation;
mod reply;
mod schema;
mod template;

use proc_macro::TokenStream;

/// Declares a type that crosses the wire.
///
/// `#[schema]` is for both directions, `#[schema(request)]` for what is read,
/// `#[schema(response)]` for what is written. It derives serde's traits and
/// schemars' `JsonSchema`, refuses unknown fields in requests, and turns limits
/// written as `#[garde(…)]` into checks and into keywords of the schema:
///
/// | rule | on | keyword |
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
/// Nested types are always checked too. An `Option` may be left out or be
/// null; with `#[serde(skip_serializing_if = "Option::is_none")]`, which never
/// writes null, it may be left out but not be null. A `Patch` tells the two
/// apart: it is absent, null or a value. A field that is `ReadOnly` is in
/// replies and unknown to requests; one that is `WriteOnly` is read and never
/// written. The macro knows the three by their names.
///
/// `#[schema(partial = UpdateTodo)]` on a struct makes a second one for bodies
/// that change what is there. Every field may be left out: a `T` is an
/// `Option<T>` that cannot be null, an `Option<T>` is a `Patch<T>`. Names, limits
/// and doc comments are kept, defaults are not; std's derives, such as `Debug` and
/// `Default`, are those of the struct. What is `ReadOnly` is not in it. `#[schema(partial(UpdateTodo, fields =
/// [title, done]))]` keeps the fields that are not named as they are;
/// `description = "…"` says what the second struct is. Its method `apply_to(self,
/// &mut Todo)` changes what was given and leaves the rest as it is.
///
/// `#[schema(by_value)]` on an enum with `#[repr(u8)]`, or another integer, and
/// no fields makes it cross the wire as the integers it is declared with.
/// Without it, an enum is the names of its variants.
///
/// `#[schema(rename = "Name")]` names the schema, `#[schema(crate = "path")]`
/// says where `purlin-schemas` is when it cannot be found. A generic schema is
/// named by its arguments: `Page<Todo>` is `PageOfTodo`, `Pair<A, B>` is
/// `PairOfAAndB`. In a name of your own `{T}` stands for the name of the
/// argument `T`: `#[schema(rename = "{T}Page")]`.
///
/// Limits are literals or constants of the field's type; a literal needs no suffix.
#[proc_macro_attribute]
pub fn schema(arguments: TokenStream, item: TokenStream) -> TokenStream {
    schema::expand(arguments.into(), item.into()).into()
}

macro_rules! operations {
    ($($name:ident $method:literal),+) => {$(
        #[doc = concat!("Declares an async function as the operation that answers `", $method, "` requests at a path template.")]
        ///
        /// ```text
        /// #[get("/todos/{id}", tags = ["todos"], authenticators = ["apiKey"])]
        /// ```
        ///
        /// Its name is the operation id, the first paragraph of its doc comment the
        /// summary, the rest the description; `operation_id = "…"`, `summary = "…"`
        /// and `description = "…"` say otherwise. `tags` and `authenticators` are
        /// lists of texts or of constants, the latter also of requirements such as
        /// `all_of(["a", "b"])`; `public`, `deprecated` and `hidden` stand alone;
        /// `body_limit` is in bytes; `media_type` is that of JSON replies; `uploads`
        /// is an expression of the type `Uploads`.
        ///
        /// What is declared is a function that makes the operation, to hand to
        /// `Registry::operation`; tests call the handler itself as `name::call(…)`.
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            operation::expand(stringify!($name), arguments.into(), item.into()).into()
        }
    )+};
}

operations!(get "GET", post "POST", put "PUT", patch "PATCH", delete "DELETE");

/// Makes failures of an enum or struct, beside `thiserror::Error`.
///
/// Each variant bears `#[status(404)]`, a status from 400 to 599, or, when its
/// one field is such a failure itself, `#[status(transparent)]`. Its code is its
/// name in snake case unless `#[code("…")]` says otherwise; its doc comment is
/// what the document says of it.
#[proc_macro_derive(ApiError, attributes(status, code))]
pub fn api_error(item: TokenStream) -> TokenStream {
    api_error::expand(item.into()).into()
}

/// Makes replies of an enum with several outcomes.
///
/// Each variant holds one reply, or is empty and bears `#[status(204)]`.
#[proc_macro_derive(Reply, attributes(status))]
pub fn reply(item: TokenStream) -> TokenStream {
    reply::expand(item.into()).into()
}
