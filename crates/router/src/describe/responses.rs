//! The responses of replies that are put together of others: an enum of replies, headers around a reply, another status.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    mem,
    sync::Arc,
};

use purlin_schemas::SchemaWithDefinitions;
use serde_json::{Value, json};

use super::{HeaderNote, OperationBuilder, ResponseNotes};

impl OperationBuilder<'_> {
    /// Declares a part of a reply of which one is sent: where two parts have the same status, the response is as either of
    /// them describes it.
    #[doc(hidden)]
    pub fn __alternative(&mut self, describe: impl FnOnce(&mut Self)) {
        let responses = self.responses_of(describe);
        self.add_responses(responses);
    }

    /// Describes a part, and returns the responses it declares apart from the others.
    pub(crate) fn responses_of(
        &mut self,
        describe: impl FnOnce(&mut Self),
    ) -> BTreeMap<u16, ResponseNotes> {
        let others = mem::take(&mut self.notes.responses);
        describe(self);
        mem::replace(&mut self.notes.responses, others)
    }

    /// Returns whether a response has a body of a media type.
    pub(crate) fn has_content(&self, status: u16, media_type: &str) -> bool {
        let response = self.notes.responses.get(&status);
        response.is_some_and(|response| response.content.contains_key(media_type))
    }

    /// Declares responses beside those that are declared already.
    pub(crate) fn add_responses(&mut self, responses: BTreeMap<u16, ResponseNotes>) {
        for (status, response) in responses {
            match self.notes.responses.entry(status) {
                Entry::Vacant(place) => {
                    place.insert(response);
                }
                Entry::Occupied(known) => known.into_mut().add_alternative(response),
            }
        }
    }
}

impl ResponseNotes {
    fn add_alternative(&mut self, other: Self) {
        for description in other.descriptions {
            if !self.descriptions.contains(&description) {
                self.descriptions.push(description);
            }
        }
        // A header that only one of them has is there or not.
        for (name, header) in &mut self.headers {
            header.is_required &= other.headers.get(name).is_some_and(|it| it.is_required);
        }
        for (name, mut header) in other.headers {
            header.is_required = false;
            self.headers.entry(name).or_insert(header);
        }
        self.errors.append(other.errors);
        for (media_type, described) in other.content {
            self.add_content(&media_type, described);
        }
    }

    /// Adds a body; where there is one of the media type already, the response has either.
    pub(super) fn add_content(&mut self, media_type: &str, described: Arc<SchemaWithDefinitions>) {
        match self.content.get_mut(media_type) {
            None => {
                self.content.insert(media_type.to_owned(), described);
            }
            Some(known) if Arc::ptr_eq(known, &described) || known.root == described.root => {}
            Some(known) => *known = Arc::new(either(known, &described)),
        }
    }
}

fn either(one: &SchemaWithDefinitions, other: &SchemaWithDefinitions) -> SchemaWithDefinitions {
    let mut branches = match one.root.as_object() {
        Some(root) if root.len() == 1 => root.get("anyOf").and_then(Value::as_array).cloned(),
        _ => None,
    }
    .unwrap_or_else(|| vec![one.root.clone()]);
    if !branches.contains(&other.root) {
        branches.push(other.root.clone());
    }
    let mut either = SchemaWithDefinitions::inline(json!({"anyOf": branches}));
    let definitions = one.definitions.iter().chain(&other.definitions);
    let definitions = definitions.map(|(name, definition)| (name.clone(), definition.clone()));
    either.definitions.extend(definitions);
    either
}

impl HeaderNote {
    /// Returns an optional header of any text.
    pub(crate) fn text(description: &str) -> Self {
        Self {
            description: Some(description.to_owned()),
            schema: json!({"type": "string"}),
            is_required: false,
            is_repeated: false,
        }
    }

    /// Makes the header one that every response has.
    pub(crate) fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Makes the header one that may occur on several lines, each a value.
    pub(crate) fn repeated(mut self) -> Self {
        self.is_repeated = true;
        self
    }
}
