use purlin_schemas::schema;

#[schema(partial = UpdateColour)]
enum Colour {
    Red,
}

#[schema(partial = UpdatePair)]
struct Pair(u8, u8);

#[schema(partial = UpdatePage)]
struct Page<T> {
    items: Vec<T>,
}

#[schema(partial = Same)]
struct Same {
    name: String,
}

#[schema(partial)]
struct Nameless {
    name: String,
}

#[schema(partial(UpdateGuest, name))]
struct Guest {
    name: String,
}

#[schema(partial(UpdateTodo, fields = [titel, done, done, id]))]
struct Todo {
    title: String,
    done: bool,
    #[serde(skip)]
    id: u64,
}

#[schema(partial(UpdateNothing, fields = []))]
struct Nothing {
    name: String,
}

#[schema]
struct InstanceLocation {
    north: u8,
}

fn is_right(_: &Option<u8>, _: &()) -> Result<(), String> {
    Ok(())
}

mod seconds {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &u8, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        u8::deserialize(deserializer)
    }
}

#[schema(partial = UpdateVisit)]
struct Visit {
    #[serde(flatten)]
    place: InstanceLocation,
    #[serde(with = "seconds")]
    #[schemars(with = "u8")]
    length: u8,
    #[garde(custom(is_right))]
    rating: Option<u8>,
}

#[schema(partial = UpdateRead)]
#[serde(from = "u8", into = "u8")]
#[derive(Clone)]
struct Read {
    name: u8,
}

impl From<u8> for Read {
    fn from(name: u8) -> Self {
        Self { name }
    }
}

impl From<Read> for u8 {
    fn from(read: Read) -> Self {
        read.name
    }
}

#[schema(partial(UpdateDefault, fields = [name]))]
#[serde(default = "start")]
struct Start {
    name: String,
    count: u8,
}

fn start() -> Start {
    Start {
        name: String::new(),
        count: 1,
    }
}

// An error in a field is reported once.
#[schema(partial = UpdateWrong)]
struct Wrong {
    #[garde(length(min = 3, max = 1))]
    name: String,
}

fn takes(_: UpdateTodo, _: UpdateVisit, _: UpdateWrong) {}

fn main() {}
