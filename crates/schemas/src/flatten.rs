//! Parts of an object that are types of their own: flattened fields, and the content of variants that have their tag beside it.
//! Here is how they are described and read; `document/compose/` makes one schema of an object and its parts.
//!
//! serde gives each flattened field all members that are left, including those of fields that come later, and reads a flattened
//! `Option` that cannot be read as `None`. [`part`] and [`optional_part`] stand between the two: a field reads the members that its
//! type declares and those that no other field declares, and an `Option` is `None` only if none of its members is present. The members
//! come from a buffer that has strings for all keys: they are read as the strict deserializer reads a body.

use std::{borrow::Cow, cell::Cell, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, IntoDeserializer,
    MapAccess, VariantAccess, Visitor,
};
use serde_json::json;

use crate::{
    extension,
    instance::Name,
    strict::{Fields, Inside, KeySeed, Nested},
    validator::Guide,
};

/// Describes `T` as a part of the object around it.
#[derive(Debug)]
pub struct Part<T>(PhantomData<T>);

/// Describes `T` as a part of the object around it that may be missing as a whole.
#[derive(Debug)]
pub struct OptionalPart<T>(PhantomData<T>);

/// Describes `T` as the content of a variant that has its tag beside it.
#[derive(Debug)]
pub struct Content<T>(PhantomData<T>);

fn describe<T: JsonSchema>(generator: &mut SchemaGenerator, kind: &str) -> Schema {
    let schema = generator.subschema_for::<T>();
    let part = json!({"type": std::any::type_name::<T>(), "kind": kind});
    json_schema!({"allOf": [{"allOf": [schema], (extension::PART): part}]})
}

macro_rules! described {
    ($($type:ident: $kind:literal),+) => {$(
        impl<T: JsonSchema> JsonSchema for $type<T> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                T::schema_name()
            }

            fn schema_id() -> Cow<'static, str> {
                format!(concat!(stringify!($type), "<{}>"), T::schema_id()).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                describe::<T>(generator, $kind)
            }
        }
    )+};
}

described!(Part: "part", OptionalPart: "optional", Content: "content");

/// A type with flattened fields.
pub trait Parts {
    /// The number of fields, at most, of the struct or of each variant.
    const FIELDS: usize;

    /// Returns whether a flattened field declares a member; `None` if its type is unknown or a map.
    fn declares(variant: usize, field: usize, name: &str) -> Option<bool>;
}

/// Returns whether any of these is true, as far as is known.
#[must_use]
pub fn any(declared: &[Option<bool>]) -> Option<bool> {
    if declared.contains(&Some(true)) {
        return Some(true);
    }
    (!declared.contains(&None)).then_some(false)
}

/// Reads a flattened field without the members of the other ones.
///
/// # Errors
/// Those of the deserializer.
pub fn part<'de, P: Parts, const VARIANT: usize, const FIELD: usize, T, D>(
    inner: D,
) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(Own::<P, D, VARIANT, FIELD>::new(inner, &Cell::new(false)))
}

/// Reads a flattened `Option` that has to be present.
///
/// # Errors
/// Those of the deserializer.
pub fn required_part<'de, P: Parts, const VARIANT: usize, const FIELD: usize, T, D>(
    inner: D,
) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    part::<P, VARIANT, FIELD, T, D>(inner).map(Some)
}

/// Reads a flattened `Option`: `None` if none of its members is present.
///
/// # Errors
/// Those of the deserializer, if a member is present.
pub fn optional_part<'de, P: Parts, const VARIANT: usize, const FIELD: usize, T, D>(
    inner: D,
) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let is_present = Cell::new(false);
    let read = T::deserialize(Own::<P, D, VARIANT, FIELD>::new(inner, &is_present));
    if is_present.get() {
        read.map(Some)
    } else {
        Ok(None)
    }
}

/// A deserializer, a visitor or an access of one flattened field.
struct Own<'p, P, I, const VARIANT: usize, const FIELD: usize> {
    inner: I,
    is_present: &'p Cell<bool>,
    parts: PhantomData<P>,
}

impl<'p, P: Parts, I, const VARIANT: usize, const FIELD: usize> Own<'p, P, I, VARIANT, FIELD> {
    fn new(inner: I, is_present: &'p Cell<bool>) -> Self {
        Self {
            inner,
            is_present,
            parts: PhantomData,
        }
    }

    fn around<V>(is_present: &'p Cell<bool>, visitor: V) -> Own<'p, P, V, VARIANT, FIELD> {
        Own::new(visitor, is_present)
    }

    /// Returns whether the field reads a member.
    fn reads(&self, name: &str) -> bool {
        let declared = P::declares(VARIANT, FIELD, name);
        if declared != Some(false) {
            self.is_present.set(true);
        }
        let is_of = |other: usize| P::declares(VARIANT, other, name) == Some(true);
        declared.unwrap_or_else(|| !(0..P::FIELDS).any(|other| other != FIELD && is_of(other)))
    }
}

macro_rules! forward {
    ($($method:ident ($($argument:ident: $type:ty),*)),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.inner.$method($($argument,)* visitor)
        }
    )*};
}

macro_rules! watch {
    ($($method:ident ($($argument:ident: $type:ty),*)),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            let visitor = Self::around(self.is_present, visitor);
            self.inner.$method($($argument,)* visitor)
        }
    )*};
}

impl<'de, P: Parts, D: Deserializer<'de>, const VARIANT: usize, const FIELD: usize>
    Deserializer<'de> for Own<'_, P, D, VARIANT, FIELD>
{
    type Error = D::Error;

    watch! {
        deserialize_any(),
        deserialize_map(),
    }

    /// Reads a struct: serde hands over those members alone that are its fields.
    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = OwnFields {
            inner: visitor,
            is_present: self.is_present,
        };
        self.inner.deserialize_struct(name, fields, visitor)
    }

    forward! {
        deserialize_bool(),
        deserialize_i8(),
        deserialize_i16(),
        deserialize_i32(),
        deserialize_i64(),
        deserialize_i128(),
        deserialize_u8(),
        deserialize_u16(),
        deserialize_u32(),
        deserialize_u64(),
        deserialize_u128(),
        deserialize_f32(),
        deserialize_f64(),
        deserialize_char(),
        deserialize_str(),
        deserialize_string(),
        deserialize_bytes(),
        deserialize_byte_buf(),
        deserialize_option(),
        deserialize_unit(),
        deserialize_unit_struct(name: &'static str),
        deserialize_seq(),
        deserialize_tuple(len: usize),
        deserialize_tuple_struct(name: &'static str, len: usize),
        deserialize_identifier(),
        deserialize_ignored_any(),
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Reads an enum that is tagged by the name of a member: a missing one is the first error.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Self::around(self.is_present, visitor);
        self.inner.deserialize_enum(name, variants, visitor)
    }
}

impl<'de, P: Parts, V: Visitor<'de>, const VARIANT: usize, const FIELD: usize> Visitor<'de>
    for Own<'_, P, V, VARIANT, FIELD>
{
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        let members: Own<'_, P, A, VARIANT, FIELD> = Own::new(members, self.is_present);
        self.inner.visit_map(members)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        self.is_present.set(true);
        self.inner.visit_enum(Buffered(choice))
    }
}

impl<'de, P: Parts, A: MapAccess<'de>, const VARIANT: usize, const FIELD: usize> MapAccess<'de>
    for Own<'_, P, A, VARIANT, FIELD>
{
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        while let Some(name) = self.inner.next_key_seed(Name)? {
            if self.reads(&name) {
                let key = KeySeed { seed, watch: () };
                return key.deserialize(name.into_deserializer()).map(Some);
            }
            self.inner.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let guide = Guide::NONE;
        self.inner.next_value_seed(Inside { seed, guide })
    }
}

/// The visitor of a flattened struct, or the members that are its fields.
struct OwnFields<'p, I> {
    inner: I,
    is_present: &'p Cell<bool>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for OwnFields<'_, V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(OwnFields {
            inner: members,
            is_present: self.is_present,
        })
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for OwnFields<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let key = self.inner.next_key_seed(seed)?;
        if key.is_some() {
            self.is_present.set(true);
        }
        Ok(key)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let guide = Guide::NONE;
        self.inner.next_value_seed(Inside { seed, guide })
    }
}

/// A variant that serde has buffered, or its content.
struct Buffered<A>(A);

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Buffered<A> {
    type Error = A::Error;
    type Variant = Buffered<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (variant, content) = self.0.variant_seed(seed)?;
        Ok((variant, Buffered(content)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Buffered<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let guide = Guide::NONE;
        self.0.newtype_variant_seed(Inside { seed, guide })
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let guide = Guide::NONE;
        self.0.tuple_variant(len, Nested { visitor, guide })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let guide = Guide::NONE;
        self.0.struct_variant(fields, Fields { visitor, guide })
    }
}
