//! Pages by the position behind which they begin.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use purlin_schemas::__private::schemars::{self, JsonSchema, SchemaGenerator, json_schema};
use purlin_schemas::{Direction, Schema, describe, example, schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
    ser::Error as _,
};

use super::{PageLinks, Paged};

/// The longest cursor, in bytes of its text.
const MAX_LENGTH: usize = 1024;

/// A position in a list, as clients see it: an opaque text.
///
/// It holds a value of yours, such as the sort key and the id of the last item of a page, as JSON in base64url (RFC 4648
/// section 5). It is neither signed nor encrypted: a client can read and forge one, so check what it may see as for every
/// request. A text that is no cursor of `C` is a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor<C>(pub C);

impl<C: Serialize> Serialize for Cursor<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.text().map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<C: Serialize> Cursor<C> {
    fn text(&self) -> Result<String, CursorError> {
        let json = serde_json::to_vec(&self.0)?;
        let text = URL_SAFE_NO_PAD.encode(json);
        if text.len() > MAX_LENGTH {
            return Err(CursorError::TooLong(text.len()));
        }
        Ok(text)
    }
}

/// A cursor that cannot be written.
#[derive(Debug, thiserror::Error)]
enum CursorError {
    #[error("a cursor is not representable as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a cursor has {0} bytes, and may have {MAX_LENGTH}; keep less in it")]
    TooLong(usize),
}

impl<'de, C: DeserializeOwned> Deserialize<'de> for Cursor<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        let not_a_cursor = || D::Error::custom("not a cursor of this list");
        if text.len() > MAX_LENGTH {
            return Err(not_a_cursor());
        }
        let json = URL_SAFE_NO_PAD.decode(text.as_bytes());
        let json = json.map_err(|_| not_a_cursor())?;
        let value = serde_json::from_slice(&json).map_err(|_| not_a_cursor())?;
        Ok(Self(value))
    }
}

impl<C: Schema> JsonSchema for Cursor<C> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Cursor")
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        let mut schema = json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_LENGTH,
            "pattern": "^[A-Za-z0-9_-]+$",
        });
        // Few texts of the pattern are cursors of this list.
        let position = describe::<C>(Direction::Input).ok();
        let position = position.and_then(|position| example(&position).ok());
        if let Some(Ok(text)) = position.map(|position| Cursor(position).text()) {
            schema.insert("examples".to_owned(), [text].into());
        }
        schema
    }
}

impl<C: Schema> Schema for Cursor<C> {}

/// The query parameters `limit` and `after`: how many items a client wants, and the position behind which they begin.
///
/// `limit` is from 1 to `MAX` and `DEFAULT` if it is absent; without `after`, the list begins. `C` is what your list is
/// sorted by, with something that is unique: then pages neither skip nor repeat an item, whatever is added or removed
/// meanwhile, and a database finds every page with an index.
///
/// ```
/// use purlin_router::{extract::Query, get, pagination::{ByCursor, CursorPage, Paged}};
///
/// /// Lists the primes below 30.
/// #[get("/primes")]
/// async fn list_primes(page: Query<ByCursor<u32, 3, 10>>) -> Paged<CursorPage<u32, u32>> {
///     let primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];
///     let behind = primes.into_iter().filter(|prime| page.after().is_none_or(|after| prime > after));
///     // One more than the page has shows whether there is another.
///     let items: Vec<u32> = behind.take(page.limit() as usize + 1).collect();
///     page.paged_by(items, |prime| *prime)
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// use purlin_router::{Registry, testing::TestClient};
///
/// let api = Registry::new("Primes", "1.0.0").operation(list_primes).build()?;
/// let client = TestClient::new(&api);
/// let first: serde_json::Value = client.get("/primes").send().json();
/// assert_eq!(first["items"], serde_json::json!([2, 3, 5]));
/// let second = client.get(&format!("/primes?after={}", first["next"].as_str().unwrap())).send();
/// assert_eq!(second.json::<serde_json::Value>()["items"], serde_json::json!([7, 11, 13]));
/// assert_eq!(client.get("/primes?after=x").send().status(), 400);
/// # Ok(())
/// # }
/// ```
#[schema(request)]
#[derive(Clone, Debug, PartialEq, Eq)]
#[serde(bound(deserialize = "C: DeserializeOwned"))]
#[schemars(bound = "C: Schema")]
pub struct ByCursor<C: 'static, const DEFAULT: u32, const MAX: u32> {
    /// How many items to return.
    #[serde(default = "super::offset::default_limit::<DEFAULT, MAX>")]
    #[garde(range(min = 1, max = MAX))]
    limit: u32,
    /// The position behind which the page begins: `next` of the page before.
    after: Option<Cursor<C>>,
}

impl<C, const DEFAULT: u32, const MAX: u32> ByCursor<C, DEFAULT, MAX> {
    /// Returns how many items to return, at least 1 and at most `MAX`.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Returns the position behind which the page begins, `None` for the first page.
    #[must_use]
    pub fn after(&self) -> Option<&C> {
        self.after.as_ref().map(|Cursor(position)| position)
    }

    /// Returns a page; `next` is the position of its last item, or `None` for the last page.
    #[must_use]
    pub fn paged<T>(&self, items: Vec<T>, next: Option<C>) -> Paged<CursorPage<T, C>>
    where
        C: Serialize,
    {
        let next = next.map(Cursor);
        let links = self.links(next.as_ref());
        Paged::new(CursorPage { items, next }, links)
    }

    /// Returns a page of items that were read with one item more than [`limit`](Self::limit): that item is dropped, and
    /// shows that there is another page, which begins behind the `position` of the last item of this one.
    #[must_use]
    pub fn paged_by<T>(
        &self,
        mut items: Vec<T>,
        position: impl FnOnce(&T) -> C,
    ) -> Paged<CursorPage<T, C>>
    where
        C: Serialize,
    {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(position);
        self.paged(items, next)
    }

    /// Returns the links to the first page and to the next one.
    #[must_use]
    pub fn links(&self, next: Option<&Cursor<C>>) -> PageLinks
    where
        C: Serialize,
    {
        let limit = ("limit", self.limit.to_string());
        let mut links = PageLinks::default();
        links.push("first", [("after", String::new()), limit.clone()]);
        // A cursor that cannot be written fails with the body.
        if let Some(Ok(next)) = next.map(Cursor::text) {
            links.push("next", [("after", next), limit]);
        }
        links
    }
}

/// One page of a list, as [`ByCursor`] makes it.
#[schema]
#[derive(Clone, Debug, PartialEq, Eq)]
#[serde(bound(deserialize = "T: Deserialize<'de>, C: DeserializeOwned"))]
#[schemars(bound = "T: Schema, C: Schema")]
pub struct CursorPage<T, C: 'static> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The position behind which the next page begins, for its parameter `after`; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor<C>>,
}

impl<C: Serialize> fmt::Display for Cursor<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().map_err(|_| fmt::Error)?)
    }
}
