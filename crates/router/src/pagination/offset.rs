//! Pages by the number of items before them.

use purlin_schemas::schema;

use super::{PageLinks, Paged};

/// The most items that can be skipped. A database reads them all; for longer lists use a cursor.
const MAX_OFFSET: u32 = 1_000_000;

/// The query parameters `limit` and `offset`: how many items a client wants, and how many it skips.
///
/// `limit` is from 1 to `MAX` and `DEFAULT` if it is absent, `offset` from 0 to 1,000,000 and 0 if it is absent; other
/// values are violations. Items that are added or removed while a client reads move the pages: where that matters, and for
/// long lists, use [`ByCursor`](super::ByCursor).
///
/// It does not compile if `DEFAULT` is 0 or above `MAX`:
///
/// ```compile_fail
/// use purlin_router::{Operation, Registry, extract::Query, pagination::ByOffset, reply::NoContent};
///
/// async fn list(_: Query<ByOffset<50, 20>>) -> NoContent {
///     NoContent
/// }
/// let api = Registry::new("Lists", "1").operation(Operation::get("/", list)).build();
/// ```
#[schema(request)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByOffset<const DEFAULT: u32, const MAX: u32> {
    /// How many items to return.
    #[serde(default = "super::offset::default_limit::<DEFAULT, MAX>")]
    #[garde(range(min = 1, max = MAX))]
    limit: u32,
    /// How many items to skip.
    #[serde(default)]
    #[garde(range(max = MAX_OFFSET))]
    offset: u32,
}

pub(super) fn default_limit<const DEFAULT: u32, const MAX: u32>() -> u32 {
    const {
        assert!(
            DEFAULT >= 1 && DEFAULT <= MAX,
            "the default must be from 1 to the maximum"
        )
    }
    DEFAULT
}

impl<const DEFAULT: u32, const MAX: u32> ByOffset<DEFAULT, MAX> {
    /// Returns how many items to return, at least 1 and at most `MAX`.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Returns how many items to skip.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.offset
    }

    /// Returns a page of a list with `total` items.
    #[must_use]
    pub fn paged<T>(&self, items: Vec<T>, total: u64) -> Paged<Page<T>> {
        let links = self.links(total);
        let total = Some(total);
        Paged::new(Page { items, total }, links)
    }

    /// Returns a page of a list whose length is unknown. `has_more` says whether there are items behind it; reading one
    /// item more than [`limit`](Self::limit) shows that.
    #[must_use]
    pub fn paged_with_more<T>(&self, items: Vec<T>, has_more: bool) -> Paged<Page<T>> {
        let total = None;
        Paged::new(Page { items, total }, self.links_with_more(has_more))
    }

    /// Returns the links to the pages beside this one, in a list with `total` items.
    #[must_use]
    pub fn links(&self, total: u64) -> PageLinks {
        let limit = u64::from(self.limit);
        let has_more = u64::from(self.offset) + limit < total;
        let mut links = self.links_with_more(has_more);
        // The pages are counted from this one, where they are not multiples of the limit.
        let shift = u64::from(self.offset) % limit.max(1);
        let behind = total.checked_sub(shift + 1);
        let last = behind.map_or(0, |behind| behind / limit.max(1) * limit + shift);
        if let Ok(last) = u32::try_from(last)
            && last <= MAX_OFFSET
            && total > 0
        {
            links.push("last", self.at(last));
        }
        links
    }

    /// Returns the links to the pages beside this one, in a list whose length is unknown.
    #[must_use]
    pub fn links_with_more(&self, has_more: bool) -> PageLinks {
        let mut links = PageLinks::default();
        links.push("first", self.at(0));
        if self.offset > 0 {
            links.push("prev", self.at(self.offset.saturating_sub(self.limit)));
        }
        let next = self.offset.saturating_add(self.limit);
        if has_more && next <= MAX_OFFSET {
            links.push("next", self.at(next));
        }
        links
    }

    fn at(&self, offset: u32) -> [(&'static str, String); 2] {
        [
            ("offset", offset.to_string()),
            ("limit", self.limit.to_string()),
        ]
    }
}

/// One page of a list, as [`ByOffset`] makes it.
#[schema]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// How many items the whole list has; absent if that is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}
