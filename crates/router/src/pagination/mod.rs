//! Pages of long lists: which part a client wants, and where the parts beside it are.
//!
//! A handler takes [`ByOffset`] or [`ByCursor`] from the query, whose limits are part of the type, and returns a
//! [`Paged`] body: the response has a `Link` header (RFC 8288) with the pages beside this one.
//!
//! ```
//! use purlin_router::{extract::Query, get, pagination::{ByOffset, Page, Paged}};
//!
//! const NAMES: [&str; 5] = ["Ada", "Alan", "Barbara", "Edsger", "Grace"];
//!
//! /// Lists the names, 2 at a time unless the client wants up to 50.
//! #[get("/names")]
//! async fn list_names(page: Query<ByOffset<2, 50>>) -> Paged<Page<String>> {
//!     let names = NAMES.iter().skip(page.offset() as usize).take(page.limit() as usize);
//!     page.paged(names.map(ToString::to_string).collect(), NAMES.len() as u64)
//! }
//!
//! # fn main() -> Result<(), purlin_router::RegistryErrors> {
//! use purlin_router::{Registry, testing::TestClient};
//!
//! let api = Registry::new("Names", "1.0.0").operation(list_names).build()?;
//! let response = TestClient::new(&api).get("/names?offset=2").send();
//! assert_eq!(response.json::<Page<String>>().items, ["Barbara", "Edsger"]);
//! assert_eq!(
//!     response.header("link"),
//!     Some("<?offset=0&limit=2>; rel=\"first\", <?offset=0&limit=2>; rel=\"prev\", \
//!           <?offset=4&limit=2>; rel=\"next\", <?offset=4&limit=2>; rel=\"last\"")
//! );
//! # Ok(())
//! # }
//! ```
//!
//! With other parameters beside those of the page, flatten it into the struct of the query:
//!
//! ```
//! use purlin_router::{pagination::ByOffset, schema};
//!
//! #[schema(request)]
//! struct Search {
//!     author: Option<String>,
//!     #[serde(flatten)]
//!     page: ByOffset<20, 100>,
//! }
//! ```

mod cursor;
mod links;
mod offset;
mod paged;

pub use cursor::{ByCursor, Cursor, CursorPage};
pub use links::PageLinks;
pub use offset::{ByOffset, Page};
pub use paged::Paged;
