//! The accesses by which [`Strict`](super::Strict) wraps the items of an array and the members of an object.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Strict;
use super::key::{Find, FindAndHash, KeySeed};
use crate::validator::Guide;

/// Deserializes with its inner seed, strictly.
pub(crate) struct Inside<'v, S> {
    pub(crate) seed: S,
    pub(crate) guide: Guide<'v>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Inside<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let guide = self.guide;
        self.seed.deserialize(Strict { inner, guide })
    }
}

/// The items of an array.
pub(super) struct Items<'v, A> {
    pub(super) items: A,
    pub(super) guide: Guide<'v>,
    /// The number of items that have been read.
    pub(super) read: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let guide = self.guide.item(self.read);
        self.read += 1;
        self.items.next_element_seed(Inside { seed, guide })
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.items.size_hint()
    }
}

/// The members of a struct's object; field names are passed on unchanged.
pub(super) struct Members<'v, A> {
    pub(super) members: A,
    pub(super) guide: Guide<'v>,
    /// The guide of the member whose name was read last.
    pub(super) current: Guide<'v>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let watch = Find {
            all: self.guide,
            found: &mut self.current,
        };
        self.members.next_key_seed(KeySeed { seed, watch })
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let guide = self.current;
        self.members.next_value_seed(Inside { seed, guide })
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.members.size_hint()
    }
}

/// The members of a map's object, rejected when a key is a duplicate.
///
/// Keys are remembered by their hash. Two different keys with the same hash look like duplicates here; that is safe,
/// since the slow path decides after each failure of the fast path and compares the keys themselves.
pub(super) struct CheckedMap<'v, A> {
    members: A,
    guide: Guide<'v>,
    current: Guide<'v>,
    seen: Seen,
}

/// The hashes of the keys of a map.
struct Seen {
    /// The first ones.
    first: [u64; Self::FEW],
    count: usize,
    /// The highest bits of the first ones, each as a bit: most of them have a bit of their own, and are compared with no other.
    bits: u64,
    /// The others, compared at the end.
    more: Vec<u64>,
}

impl Seen {
    const FEW: usize = 16;

    #[inline]
    fn new() -> Self {
        Self {
            first: [0; Self::FEW],
            count: 0,
            bits: 0,
            more: Vec::new(),
        }
    }

    /// Adds a hash; returns `false` if it is known to be there already.
    #[inline]
    fn add(&mut self, hash: u64) -> bool {
        let count = self.count;
        self.count += 1;
        let Some(place) = self.first.get_mut(count) else {
            self.more.push(hash);
            return true;
        };
        *place = hash;
        let bit = 1 << (hash >> (u64::BITS - u64::BITS.ilog2()));
        let is_new = self.bits & bit == 0;
        self.bits |= bit;
        is_new || !self.first.iter().take(count).any(|known| *known == hash)
    }

    #[inline]
    fn has_duplicates(&mut self) -> bool {
        if self.more.is_empty() {
            return false;
        }
        self.more.extend_from_slice(&self.first);
        self.more.sort_unstable();
        self.more.windows(2).any(|pair| pair[0] == pair[1])
    }
}

impl<'v, A> CheckedMap<'v, A> {
    #[inline]
    pub(super) fn new(members: A, guide: Guide<'v>) -> Self {
        Self {
            members,
            guide,
            current: Guide::NONE,
            seen: Seen::new(),
        }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for CheckedMap<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let mut hash = 0;
        let watch = FindAndHash {
            find: Find {
                all: self.guide,
                found: &mut self.current,
            },
            hash: &mut hash,
        };
        let key = self.members.next_key_seed(KeySeed { seed, watch })?;
        let has_duplicates = match key {
            Some(_) => !self.seen.add(hash),
            None => self.seen.has_duplicates(),
        };
        if has_duplicates {
            return Err(A::Error::custom("duplicate key"));
        }
        Ok(key)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let guide = self.current;
        self.members.next_value_seed(Inside { seed, guide })
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.members.size_hint()
    }
}

/// An ignored value, read only to find malformed JSON and duplicate keys.
pub(super) struct Unseen;

impl<'de> DeserializeSeed<'de> for Unseen {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(Unseen)
    }
}

macro_rules! nothing_to_see {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        #[inline]
        fn $method<E: Error>(self, _: $type) -> Result<(), E> {
            Ok(())
        }
    )*};
}

impl<'de> Visitor<'de> for Unseen {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    nothing_to_see! {
        visit_bool: bool,
        visit_i64: i64,
        visit_i128: i128,
        visit_u64: u64,
        visit_u128: u128,
        visit_f64: f64,
        visit_str: &str,
        visit_bytes: &[u8],
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(Unseen)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(Unseen)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Unseen)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let mut members = CheckedMap::new(members, Guide::NONE);
        while members.next_key_seed(Unseen)?.is_some() {
            members.members.next_value_seed(Unseen)?;
        }
        Ok(())
    }
}
