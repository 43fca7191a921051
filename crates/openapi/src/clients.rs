//! The document for generators of clients: what one of them cannot take, in
//! words it can. It says less than the document, and nothing that does not
//! hold; each rule names the generator that needs it.

use std::collections::BTreeMap;

use crate::{Document, MediaType};

const JSON: &str = "application/json";

impl Document {
    /// The document for generators of clients.
    ///
    /// A response of one media type that is JSON under a name of its own, such
    /// as `application/problem+json`, is said to be that or `application/json`.
    /// progenitor (Rust) reads no other name: without it, errors are bytes.
    #[must_use]
    pub fn for_clients(&self) -> Self {
        let mut document = self.clone();
        let paths = document.paths.values_mut();
        let operations = paths.flat_map(|item| item.operations.values_mut());
        for response in operations.flat_map(|operation| operation.responses.values_mut()) {
            json_by_its_name(&mut response.content);
        }
        document
    }
}

/// Two names for one body: whoever knows either can read it. With several
/// bodies there, the name could be taken for another one's.
fn json_by_its_name(content: &mut BTreeMap<String, MediaType>) {
    let mut bodies = content.iter();
    let (Some((name, body)), None) = (bodies.next(), bodies.next()) else {
        return;
    };
    if name.ends_with("+json") {
        content.insert(JSON.to_owned(), body.clone());
    }
}
