//! Reading internally tagged enums. Where the tag is the first member, the others are read as members of the variant as they come;
//! the strict deserializer makes it the first. Elsewhere the members are an instance first.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Unexpected,
        Visitor,
    },
    forward_to_deserialize_any,
};

use super::variants::read_beside_tag;
use crate::{
    Schema,
    instance::{Instance, Name},
};

/// An internally tagged enum; `#[schema]` implements it.
pub trait Tagged: Sized {
    /// The name of the tag.
    const TAG: &'static str;

    /// The names of the variants.
    const VARIANTS: &'static [&'static str];

    /// Returns the index of a variant.
    fn variant(name: &str) -> Option<usize>;

    /// Reads the variant of an index.
    ///
    /// # Errors
    /// Those of the source, and those of the content.
    fn read<'de, S: Source<'de>>(variant: usize, source: S) -> Result<Self, S::Error>;
}

/// The members beside a tag, from which the content of a variant is read.
pub trait Source<'de> {
    /// The errors of the deserializer.
    type Error: Error;

    /// Skips the members of a variant that has none.
    ///
    /// # Errors
    /// Those of the deserializer.
    fn nothing(self) -> Result<(), Self::Error>;

    /// Reads the fields of a variant.
    ///
    /// # Errors
    /// Those of the type, and those of the deserializer.
    fn content<T: DeserializeOwned>(self) -> Result<T, Self::Error>;

    /// Reads the type that a variant contains. What is no object elsewhere is one here: a unit without members, and a unit variant as
    /// a member that is null.
    ///
    /// # Errors
    /// Those of the type, and those of the deserializer.
    fn content_beside_tag<T: DeserializeOwned + Schema>(self) -> Result<T, Self::Error>;
}

/// Reads an internally tagged enum.
///
/// # Errors
/// Those of the deserializer, and a tag that is missing or unknown.
#[inline]
pub fn read<'de, T: Tagged, D: Deserializer<'de>>(inner: D) -> Result<T, D::Error> {
    inner.deserialize_map(TaggedVisitor(PhantomData))
}

struct TaggedVisitor<T>(PhantomData<T>);

impl<'de, T: Tagged> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with the member `{}`", T::TAG)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<T, A::Error> {
        match members.next_key_seed(Name)? {
            None => Err(A::Error::missing_field(T::TAG)),
            Some(name) if name == T::TAG => {
                let variant = members.next_value_seed(VariantSeed::<T>(PhantomData))?;
                T::read(variant, Members(members))
            }
            Some(name) => read_late(name, members),
        }
    }
}

/// Reads an enum whose tag is not the first member.
fn read_late<'de, T: Tagged, A: MapAccess<'de>>(
    first: Cow<'de, str>,
    mut members: A,
) -> Result<T, A::Error> {
    let value = members.next_value()?;
    let mut content = collect(vec![(first, value)], members)?;
    let tag = match &mut content {
        Instance::Object(members) => members.remove(T::TAG),
        _ => None,
    };
    match tag {
        None => Err(A::Error::missing_field(T::TAG)),
        Some(Instance::String(name)) => {
            T::read(variant::<T, _>(&name)?, Collected(content, PhantomData))
        }
        Some(_) => Err(A::Error::invalid_type(
            Unexpected::Other("tag"),
            &"a string",
        )),
    }
}

/// Adds the members that are left, and returns the object.
fn collect<'de, A: MapAccess<'de>>(
    mut list: Vec<(Cow<'de, str>, Instance<'de>)>,
    mut members: A,
) -> Result<Instance<'de>, A::Error> {
    while let Some(name) = members.next_key_seed(Name)? {
        list.push((name, members.next_value()?));
    }
    Ok(Instance::Object(list.into_iter().collect()))
}

/// Reads the tag.
struct VariantSeed<T>(PhantomData<T>);

impl<'de, T: Tagged> DeserializeSeed<'de> for VariantSeed<T> {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<usize, D::Error> {
        inner.deserialize_str(self)
    }
}

impl<T: Tagged> Visitor<'_> for VariantSeed<T> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        variant::<T, E>(name)
    }
}

#[inline]
fn variant<T: Tagged, E: Error>(name: &str) -> Result<usize, E> {
    T::variant(name).ok_or_else(|| E::unknown_variant(name, T::VARIANTS))
}

/// The members after the tag.
struct Members<A>(A);

impl<'de, A: MapAccess<'de>> Source<'de> for Members<A> {
    type Error = A::Error;

    #[inline]
    fn nothing(mut self) -> Result<(), A::Error> {
        while self.0.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    #[inline]
    fn content<T: DeserializeOwned>(self) -> Result<T, A::Error> {
        T::deserialize(Struct(self.0))
    }

    #[inline]
    fn content_beside_tag<T: DeserializeOwned + Schema>(self) -> Result<T, A::Error> {
        if T::is_struct() {
            return self.content();
        }
        let content = collect(Vec::new(), self.0)?;
        Collected(content, PhantomData).content_beside_tag()
    }
}

/// The members beside the tag, with the errors of the deserializer.
struct Collected<'de, E>(Instance<'de>, PhantomData<E>);

impl<'de, E: Error> Source<'de> for Collected<'de, E> {
    type Error = E;

    fn nothing(self) -> Result<(), E> {
        Ok(())
    }

    fn content<T: DeserializeOwned>(self) -> Result<T, E> {
        self.0.read().map_err(E::custom)
    }

    fn content_beside_tag<T: DeserializeOwned + Schema>(self) -> Result<T, E> {
        read_beside_tag(&self.0).map_err(E::custom)
    }
}

/// The deserializer of a struct, or of a newtype around one, from members.
struct Struct<A>(A);

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Struct<A> {
    type Error = A::Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self.0)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}
