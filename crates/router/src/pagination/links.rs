//! Links to the pages beside one (RFC 8288).

use std::fmt::Write as _;

use percent_encoding::percent_decode_str;

/// The pages beside one: the parameters of each, by which they differ from the request's query.
///
/// Made by [`ByOffset::links`](super::ByOffset::links) and [`ByCursor::links`](super::ByCursor::links).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLinks(Vec<PageLink>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct PageLink {
    relation: &'static str,
    /// The parameters of the page; an empty value leaves the parameter out.
    parameters: Vec<(&'static str, String)>,
}

impl PageLinks {
    /// Adds a page under its relation, a registered one such as `next` (RFC 8288 section 4.2).
    pub(super) fn push(
        &mut self,
        relation: &'static str,
        parameters: impl IntoIterator<Item = (&'static str, String)>,
    ) {
        self.0.push(PageLink {
            relation,
            parameters: parameters.into_iter().collect(),
        });
    }

    /// Returns the value of `Link` for a request with a query, `None` if there are no pages.
    ///
    /// The targets are relative references of a query alone (RFC 3986 section 4.2): they are right behind every proxy and
    /// in every scope.
    pub(super) fn header_value(&self, query: &str) -> Option<String> {
        let mut value = String::new();
        for PageLink {
            relation,
            parameters,
        } in &self.0
        {
            let others = query.split('&').filter(|pair| {
                let is_of_page = parameters.iter().any(|(name, _)| is_named(pair, name));
                !pair.is_empty() && !is_of_page
            });
            let own = parameters.iter().filter(|(_, value)| !value.is_empty());
            let own = own.map(|(name, value)| format!("{name}={value}"));
            let pairs: Vec<String> = others.map(str::to_owned).chain(own).collect();
            let separator = if value.is_empty() { "" } else { ", " };
            // Writing to a string does not fail.
            let _ = write!(
                value,
                "{separator}<?{}>; rel=\"{relation}\"",
                pairs.join("&")
            );
        }
        (!value.is_empty()).then_some(value)
    }
}

/// Returns whether a parameter as it was sent has a name.
fn is_named(pair: &str, name: &str) -> bool {
    let sent = pair.split('=').next().unwrap_or_default();
    sent == name || (sent.contains('%') && percent_decode_str(sent).eq(name.bytes()))
}
