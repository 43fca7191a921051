//! The last word: what serde itself says of a value in which neither the contract nor the checks found a fault.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::strict::Strict;
use crate::{Location, Rule, Violation};

/// The violation of a value that serde does not read as `T`, though its contract is kept.
pub(super) fn of<T: DeserializeOwned>(location: Location, value: &Value) -> Violation {
    let mut track = serde_path_to_error::Track::new();
    let message = match T::deserialize(serde_path_to_error::Deserializer::new(
        Strict(value),
        &mut track,
    )) {
        Ok(_) => "cannot be read".to_owned(),
        Err(error) => error.to_string(),
    };
    let mut pointer = String::new();
    for segment in track.path().iter() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    Violation {
        location,
        pointer,
        rule: Rule::Custom {
            code: "invalid".into(),
            message: message.into(),
        },
    }
}
