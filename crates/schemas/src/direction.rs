//! The direction in which a value crosses the wire.

use schemars::generate::{Contract, SchemaSettings};

/// The direction in which a value crosses the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Direction {
    /// From the client: fields with defaults may be omitted.
    Input,
    /// To the client: fields that are always written are required.
    Output,
}

impl Direction {
    /// Returns the settings with which schemars generates schemas.
    pub(crate) fn settings(self) -> SchemaSettings {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings.contract = match self {
                Self::Input => Contract::Deserialize,
                Self::Output => Contract::Serialize,
            };
        })
    }
}
