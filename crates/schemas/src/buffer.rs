//! A value that is read more than once, or before it is known what it is read as, as it was written: one flat list of scalars and
//! ends, with texts borrowed from the input where there are no escapes. serde's own buffer loses the keys of maps that are no
//! texts and is out of reach of the strict deserializer; a JSON value takes an allocation for each text and object.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;

use crate::instance::Instance;

/// A buffered value.
#[derive(Debug)]
pub(crate) struct Buffer<'de>(Vec<Event<'de>>);

#[derive(Debug)]
enum Event<'de> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(Cow<'de, str>),
    /// The items follow, up to this index.
    Array {
        end: usize,
        count: usize,
    },
    /// The members follow, each a text and its value, up to this index.
    Object {
        end: usize,
        count: usize,
    },
}

/// A buffered value, or a part of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'b, 'de> {
    events: &'b [Event<'de>],
    at: usize,
}

/// A part of a buffered value by its type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen<'b, 'de> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'b str),
    Array(Parts<'b, 'de>),
    Object(Parts<'b, 'de>),
}

/// The items of an array, or the keys and values of an object in turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'b, 'de> {
    next: Part<'b, 'de>,
    end: usize,
    pub(crate) count: usize,
}

impl<'de> Buffer<'de> {
    /// Reads a value.
    ///
    /// # Errors
    /// Those of the deserializer, and an object with duplicate keys.
    pub(crate) fn read<D: Deserializer<'de>>(inner: D) -> Result<Self, D::Error> {
        let mut events = Vec::with_capacity(16);
        inner.deserialize_any(Fill(&mut events))?;
        Ok(Self(events))
    }

    pub(crate) fn text(text: &str) -> Self {
        Self(vec![Event::Text(text.to_owned().into())])
    }

    /// Returns a list of members without any.
    pub(crate) fn of_members() -> Self {
        Self(Vec::new())
    }

    /// Adds the member whose name was read.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub(crate) fn read_member<A: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        members: &mut A,
    ) -> Result<(), A::Error> {
        self.0.push(Event::Text(name));
        members.next_value_seed(Fill(&mut self.0))
    }

    /// Returns the members of a list.
    #[inline]
    pub(crate) fn members<E>(&self) -> Rest<'_, 'de, E> {
        let parts = Parts {
            next: self.root(),
            end: self.0.len(),
            count: 0,
        };
        Rest(parts, PhantomData)
    }

    pub(crate) fn root(&self) -> Part<'_, 'de> {
        Part {
            events: &self.0,
            at: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'b, 'de> Part<'b, 'de> {
    #[inline]
    fn event(self) -> &'b Event<'de> {
        // Each index is that of an event that was written.
        self.events.get(self.at).unwrap_or(&Event::Null)
    }

    #[inline]
    fn end(self) -> usize {
        match self.event() {
            Event::Array { end, .. } | Event::Object { end, .. } => *end,
            _ => self.at + 1,
        }
    }

    #[inline]
    pub(crate) fn see(self) -> Seen<'b, 'de> {
        let parts = |end: &usize, count: &usize| Parts {
            next: Part {
                at: self.at + 1,
                ..self
            },
            end: *end,
            count: *count,
        };
        match self.event() {
            Event::Null => Seen::Null,
            Event::Bool(value) => Seen::Bool(*value),
            Event::Unsigned(value) => Seen::Unsigned(*value),
            Event::Signed(value) => Seen::Signed(*value),
            Event::Float(value) => Seen::Float(*value),
            Event::Text(text) => Seen::Text(text),
            Event::Array { end, count } => Seen::Array(parts(end, count)),
            Event::Object { end, count } => Seen::Object(parts(end, count)),
        }
    }

    /// Returns a deserializer, which is to be read strictly: it takes enums for the values they are written as.
    #[inline]
    pub(crate) fn deserializer<E>(self) -> PartDeserializer<'b, 'de, E> {
        PartDeserializer(self, PhantomData)
    }

    pub(crate) fn to_instance(self) -> Instance<'b> {
        match self.see() {
            Seen::Null => Instance::Null,
            Seen::Bool(value) => Instance::Bool(value),
            Seen::Unsigned(value) => Instance::Number(value.into()),
            Seen::Signed(value) => Instance::Number(value.into()),
            Seen::Float(value) => Number::from_f64(value).map_or(Instance::Null, Instance::Number),
            Seen::Text(text) => Instance::String(Cow::Borrowed(text)),
            Seen::Array(items) => Instance::Array(items.map(Self::to_instance).collect()),
            Seen::Object(members) => {
                let members = members.members();
                let members = members.map(|(name, it)| (Cow::Borrowed(name), it.to_instance()));
                Instance::Object(members.collect())
            }
        }
    }
}

impl<'b, 'de> Iterator for Parts<'b, 'de> {
    type Item = Part<'b, 'de>;

    #[inline]
    fn next(&mut self) -> Option<Part<'b, 'de>> {
        if self.next.at >= self.end {
            return None;
        }
        let part = self.next;
        self.next.at = part.end();
        Some(part)
    }
}

impl<'b, 'de> Parts<'b, 'de> {
    /// Returns the members of an object.
    #[inline]
    pub(crate) fn members(mut self) -> impl Iterator<Item = (&'b str, Part<'b, 'de>)> {
        std::iter::from_fn(move || {
            let name = match self.next()?.see() {
                Seen::Text(name) => name,
                _ => "",
            };
            Some((name, self.next()?))
        })
    }

    /// Returns the member of a name.
    #[inline]
    pub(crate) fn get(self, name: &str) -> Option<Part<'b, 'de>> {
        let mut members = self.members();
        members.find(|(known, _)| *known == name).map(|(_, it)| it)
    }
}

/// Appends a value.
struct Fill<'f, 'de>(&'f mut Vec<Event<'de>>);

impl<'de> DeserializeSeed<'de> for Fill<'_, 'de> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self)
    }
}

macro_rules! append {
    ($($method:ident: $type:ty => $event:expr),* $(,)?) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $type) -> Result<(), E> {
            self.0.push($event(value));
            Ok(())
        }
    )*};
}

impl<'de> Visitor<'de> for Fill<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    append! {
        visit_bool: bool => Event::Bool,
        visit_i64: i64 => |value| u64::try_from(value).map_or(Event::Signed(value), Event::Unsigned),
        visit_u64: u64 => Event::Unsigned,
        visit_f64: f64 => Event::Float,
        visit_str: &str => |text: &str| Event::Text(Cow::Owned(text.to_owned())),
        visit_borrowed_str: &'de str => |text| Event::Text(Cow::Borrowed(text)),
        visit_string: String => |text| Event::Text(Cow::Owned(text)),
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.push(Event::Null);
        Ok(())
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let at = self.0.len();
        self.0.push(Event::Null);
        let mut count = 0;
        while items.next_element_seed(Fill(&mut *self.0))?.is_some() {
            count += 1;
        }
        let end = self.0.len();
        self.0[at] = Event::Array { end, count };
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let at = self.0.len();
        self.0.push(Event::Null);
        let mut count = 0;
        while members.next_key_seed(FillKey(&mut *self.0))?.is_some() {
            members.next_value_seed(Fill(&mut *self.0))?;
            count += 1;
        }
        let end = self.0.len();
        self.0[at] = Event::Object { end, count };
        let object = Part { events: self.0, at };
        if has_duplicates(object) {
            return Err(A::Error::custom("duplicate key"));
        }
        Ok(())
    }
}

/// Appends a key.
struct FillKey<'f, 'de>(&'f mut Vec<Event<'de>>);

impl<'de> DeserializeSeed<'de> for FillKey<'_, 'de> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_str(Fill(self.0))
    }
}

/// The number of members up to which each is compared with each.
const FEW: usize = 12;

fn has_duplicates(object: Part<'_, '_>) -> bool {
    let Seen::Object(members) = object.see() else {
        return false;
    };
    if members.count <= FEW {
        let mut rest = members;
        while let Some(name) = rest.next() {
            rest.next();
            if let Seen::Text(name) = name.see()
                && rest.get(name).is_some()
            {
                return true;
            }
        }
        return false;
    }
    let mut names: Vec<&str> = members.members().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// Deserializes a part, with the errors of the deserializer it was buffered from.
pub(crate) struct PartDeserializer<'b, 'de, E>(Part<'b, 'de>, PhantomData<E>);

impl<'de, E: Error> Deserializer<'de> for PartDeserializer<'_, 'de, E> {
    type Error = E;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0.event() {
            Event::Null => visitor.visit_unit(),
            Event::Bool(value) => visitor.visit_bool(*value),
            Event::Unsigned(value) => visitor.visit_u64(*value),
            Event::Signed(value) => visitor.visit_i64(*value),
            Event::Float(value) => visitor.visit_f64(*value),
            Event::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Event::Text(Cow::Owned(text)) => visitor.visit_str(text),
            Event::Array { .. } | Event::Object { .. } => match self.0.see() {
                Seen::Array(items) => {
                    let mut items = Rest(items, PhantomData);
                    let value = visitor.visit_seq(&mut items)?;
                    match items.0.next() {
                        None => Ok(value),
                        Some(_) => Err(E::custom("fewer items were expected")),
                    }
                }
                Seen::Object(members) => visitor.visit_map(Rest(members, PhantomData)),
                _ => Err(E::custom("neither array nor object")),
            },
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0.event() {
            Event::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The parts of an array or object that are not read yet.
pub(crate) struct Rest<'b, 'de, E>(Parts<'b, 'de>, PhantomData<E>);

impl<E> Rest<'_, '_, E> {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.next.at >= self.0.end
    }
}

impl<'de, E: Error> SeqAccess<'de> for Rest<'_, 'de, E> {
    type Error = E;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, E> {
        let item = self.0.next();
        item.map(|item| seed.deserialize(item.deserializer()))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.count)
    }
}

impl<'de, E: Error> MapAccess<'de> for Rest<'_, 'de, E> {
    type Error = E;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, E> {
        match self.0.next().map(Part::event) {
            None => Ok(None),
            Some(Event::Text(Cow::Borrowed(name))) => seed
                .deserialize(BorrowedStrDeserializer::new(name))
                .map(Some),
            Some(Event::Text(Cow::Owned(name))) => seed
                .deserialize(name.as_str().into_deserializer())
                .map(Some),
            Some(_) => Err(E::custom("a key that is no text")),
        }
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, E> {
        match self.0.next() {
            Some(value) => seed.deserialize(value.deserializer()),
            None => Err(E::custom("a value was asked for before its key")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.count)
    }
}
