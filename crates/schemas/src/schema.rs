//! The trait of all types that cross the wire, implemented for those of std, uuid, chrono, jiff and rust_decimal.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    hash::Hash,
    rc::Rc,
    sync::Arc,
};

use schemars::JsonSchema;

use crate::{InstanceLocation, Report, addresses, map_keys};

/// A type that crosses the wire: it has a JSON Schema and checks its own rules.
///
/// `#[schema]` implements it, with the rules of the `#[garde(…)]` attributes. For types with handwritten serde and schemars
/// implementations, write `impl Schema for T {}`.
///
/// An `Arc` and an `Rc` are schemas if their content is one. To read and write them, enable the feature `rc` of serde in your
/// program: `serde = { version = "1", features = ["rc"] }`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared as a schema",
    label = "not a schema",
    note = "put `#[schema]` on the type (`#[schema(request)]`, `#[schema(response)]` for one direction)",
    note = "a type with serde and schemars implementations of its own joins with `impl Schema for {Self} {{}}`"
)]
pub trait Schema: JsonSchema + 'static {
    /// Checks the rules serde does not: limits, patterns, custom rules. Allocates nothing when all are satisfied.
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        let _ = (at, report);
    }

    /// Annotates a schema of this type with what schemars does not state: the schemas of its maps' keys, the form of socket
    /// addresses. Named types annotate their own.
    #[doc(hidden)]
    fn note_keys(schema: &mut Members) {
        let _ = schema;
    }

    /// Returns whether the type reads a member of this name from the object it is flattened into; `None` if that is unknown, or if it
    /// reads members of any name.
    #[doc(hidden)]
    #[must_use]
    fn declares(name: &str) -> Option<bool> {
        let _ = name;
        None
    }

    /// Returns whether the type is a struct with named fields, or a newtype around one.
    #[doc(hidden)]
    #[must_use]
    fn is_struct() -> bool {
        false
    }
}

type Members = serde_json::Map<String, serde_json::Value>;

/// Returns the subschema under a keyword.
fn within<'s>(schema: &'s mut Members, key: &str) -> Option<&'s mut Members> {
    schema.get_mut(key)?.as_object_mut()
}

/// Returns the subschemas in the list under a keyword.
fn each<'s>(schema: &'s mut Members, key: &str) -> impl Iterator<Item = &'s mut Members> {
    let list = schema
        .get_mut(key)
        .and_then(serde_json::Value::as_array_mut);
    let list = list.into_iter().flatten();
    list.filter_map(serde_json::Value::as_object_mut)
}

macro_rules! without_rules {
    ($($type:ty),+ $(,)?) => { $(impl Schema for $type {})+ };
}

without_rules!(
    bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, (),
    String, &'static str, Cow<'static, str>, Box<str>, Arc<str>, serde_json::Value,
    serde_json::Number, serde_json::Map<String, serde_json::Value>, std::time::Duration,
    std::net::IpAddr, std::net::Ipv4Addr, std::net::Ipv6Addr, std::path::PathBuf,
    std::num::NonZeroU8, std::num::NonZeroU16, std::num::NonZeroU32, std::num::NonZeroU64,
    std::num::NonZeroUsize, std::num::NonZeroI8, std::num::NonZeroI16, std::num::NonZeroI32,
    std::num::NonZeroI64, std::num::NonZeroIsize,
);

macro_rules! socket_addresses {
    ($($type:ident),+) => {$(
        impl Schema for std::net::$type {
            fn note_keys(schema: &mut Members) {
                addresses::state::<Self>(schema);
            }
        }
    )+};
}

socket_addresses!(SocketAddr, SocketAddrV4, SocketAddrV6);

#[cfg(feature = "uuid1")]
without_rules!(uuid::Uuid);

#[cfg(feature = "chrono04")]
without_rules!(
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>,
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
);

#[cfg(feature = "jiff02")]
without_rules!(
    jiff::Timestamp,
    jiff::Zoned,
    jiff::civil::Date,
    jiff::civil::Time,
    jiff::civil::DateTime,
    jiff::Span,
    jiff::SignedDuration,
);

#[cfg(feature = "rust_decimal1")]
without_rules!(rust_decimal::Decimal);

macro_rules! by_reference {
    ($($type:ident),+) => {$(
        impl<T: Schema> Schema for $type<T> {
            #[inline]
            fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
                T::check(self, at, report);
            }

            fn note_keys(schema: &mut Members) {
                T::note_keys(schema);
            }

            fn declares(name: &str) -> Option<bool> {
                T::declares(name)
            }

            fn is_struct() -> bool {
                T::is_struct()
            }
        }
    )+};
}

by_reference!(Box, Arc, Rc);

impl<T: Schema> Schema for Option<T> {
    #[inline]
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        if let Some(value) = self {
            value.check(at, report);
        }
    }

    fn note_keys(schema: &mut Members) {
        // Either `anyOf` with null, or a schema that allows null as well.
        each(schema, "anyOf").for_each(T::note_keys);
        T::note_keys(schema);
    }

    fn declares(name: &str) -> Option<bool> {
        T::declares(name)
    }
}

macro_rules! lists {
    ($($type:ident [$($bound:tt)*]),+) => {$(
        impl<T: Schema $($bound)*> Schema for $type<T> {
            #[inline]
            fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
                check_items(self.iter(), at, report);
            }

            fn note_keys(schema: &mut Members) {
                if let Some(items) = within(schema, "items") {
                    T::note_keys(items);
                }
            }
        }
    )+};
}

lists!(Vec[], VecDeque[], LinkedList[], BTreeSet[], BinaryHeap[+ Ord]);

impl<T: Schema> Schema for Box<[T]> {
    #[inline]
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        check_items(self.iter(), at, report);
    }

    fn note_keys(schema: &mut Members) {
        Vec::<T>::note_keys(schema);
    }
}

impl<T: Schema + Eq + Hash, H: 'static> Schema for HashSet<T, H> {
    #[inline]
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        check_items(self.iter(), at, report);
    }

    fn note_keys(schema: &mut Members) {
        Vec::<T>::note_keys(schema);
    }
}

impl<T: Schema, const N: usize> Schema for [T; N]
where
    [T; N]: JsonSchema,
{
    #[inline]
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        check_items(self.iter(), at, report);
    }

    fn note_keys(schema: &mut Members) {
        Vec::<T>::note_keys(schema);
    }
}

#[inline]
fn check_items<'v, T: Schema>(
    items: impl Iterator<Item = &'v T>,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    for (index, item) in items.enumerate() {
        item.check(at.index(index), report);
    }
}

impl<K: JsonSchema + 'static, V: Schema> Schema for BTreeMap<K, V> {
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        check_entries(self.iter(), at, report);
    }

    fn note_keys(schema: &mut Members) {
        annotate_entries::<K, V>(schema);
    }
}

impl<K: JsonSchema + 'static, V: Schema, H: 'static> Schema for HashMap<K, V, H> {
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        check_entries(self.iter(), at, report);
    }

    fn note_keys(schema: &mut Members) {
        annotate_entries::<K, V>(schema);
    }
}

fn check_entries<'v, K: 'static, V: Schema>(
    entries: impl Iterator<Item = (&'v K, &'v V)>,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    for (key, value) in entries {
        value.check(at.typed_key(key), report);
    }
}

fn annotate_entries<K: JsonSchema + 'static, V: Schema>(schema: &mut Members) {
    map_keys::annotate::<K>(schema);
    if let Some(values) = within(schema, "additionalProperties") {
        V::note_keys(values);
    }
    for key in ["properties", "patternProperties"] {
        let values = within(schema, key)
            .into_iter()
            .flat_map(Members::values_mut);
        values
            .filter_map(serde_json::Value::as_object_mut)
            .for_each(V::note_keys);
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))+) => {$(
        impl<$($name: Schema),+> Schema for ($($name,)+) {
            #[inline]
            fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
                $(self.$index.check(at.index($index), report);)+
            }

            fn note_keys(schema: &mut Members) {
                let mut items = each(schema, "prefixItems");
                $(if let Some(item) = items.next() {
                    $name::note_keys(item);
                })+
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// Checks a field if its type is a [`Schema`], and records that it was not checked otherwise. `#[schema]` calls this for
/// every field, since a macro cannot see which it is.
pub mod probe {
    use std::marker::PhantomData;

    use super::{InstanceLocation, Report, Schema};

    /// A field to check.
    #[derive(Debug)]
    pub struct Probe<'v, T: ?Sized>(pub &'v T);

    impl<T: Schema> Probe<'_, T> {
        /// Calls the field's own check: an inherent method takes precedence over that of [`Skip`].
        #[inline]
        pub fn check_if_schema(&self, at: InstanceLocation<'_>, report: &mut Report) {
            self.0.check(at, report);
        }
    }

    /// The fallback for fields whose type is no schema.
    pub trait Skip {
        /// Records that the field was not checked, so that the value is validated.
        #[inline]
        fn check_if_schema(&self, _: InstanceLocation<'_>, report: &mut Report) {
            report.note_unchecked();
        }
    }

    impl<T: ?Sized> Skip for Probe<'_, T> {}

    /// A field's type, for annotating its maps.
    #[derive(Debug)]
    pub struct Keys<T: ?Sized>(pub PhantomData<fn() -> Box<T>>);

    impl<T: Schema> Keys<T> {
        /// Annotates the maps of a schema: takes precedence over the method of [`SkipKeys`].
        pub fn note_if_schema(&self, schema: &mut schemars::Schema) {
            if let Some(members) = schema.as_object_mut() {
                T::note_keys(members);
            }
        }

        /// Returns whether the type declares a member: takes precedence over the method of [`SkipKeys`].
        #[must_use]
        pub fn declares(&self, name: &str) -> Option<bool> {
            T::declares(name)
        }

        /// Returns whether the type is a struct with named fields: takes precedence over the method of [`SkipKeys`].
        #[must_use]
        pub fn is_struct(&self) -> bool {
            T::is_struct()
        }
    }

    /// The fallback for types that are no schema.
    pub trait SkipKeys {
        /// Does nothing.
        fn note_if_schema(&self, _: &mut schemars::Schema) {}

        /// The members are unknown.
        fn declares(&self, _: &str) -> Option<bool> {
            None
        }

        /// How serde reads the type is unknown.
        fn is_struct(&self) -> bool {
            false
        }
    }

    impl<T: ?Sized> SkipKeys for Keys<T> {}
}
