//! Which version of an API serves a request, where versions have the same paths: by a header, or by the media type that the
//! client accepts.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use purlin_openapi::{Parameter, ParameterLocation, Schema};
use purlin_schemas::{Location, Rule, Violation};

use crate::{
    error::{Rejection, http::NotAcceptable},
    media::{self, Accept},
};

/// What a request selects a version by.
#[derive(Clone, Debug)]
pub(crate) enum SelectedBy {
    /// The value of a header, which is the name of the version.
    Header(HeaderName),
    /// `Accept`: the version whose media type the client prefers. In the order of the versions.
    MediaType(Vec<String>),
}

/// The versions of an API at the same paths.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    pub(crate) by: SelectedBy,
    pub(crate) names: Vec<String>,
    /// The version of requests that select none.
    pub(crate) default: Option<usize>,
}

/// A version among the others.
#[derive(Clone, Debug)]
pub(crate) struct SelectedVersion {
    pub(crate) selection: Arc<Selection>,
    pub(crate) own: usize,
}

/// Why a request selects no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unselected {
    /// It does not have the header.
    Missing,
    /// There is no such version.
    Unknown,
}

impl Selection {
    fn select(&self, headers: &HeaderMap) -> Result<usize, Unselected> {
        match &self.by {
            SelectedBy::Header(name) => {
                let mut values = headers.get_all(name);
                let Some(value) = values.next() else {
                    return self.default.ok_or(Unselected::Missing);
                };
                let mut names = self.names.iter();
                let found = names.position(|name| name.as_bytes() == value.as_bytes());
                found
                    .filter(|_| values.next().is_none())
                    .ok_or(Unselected::Unknown)
            }
            SelectedBy::MediaType(types) => {
                let default = self.default.unwrap_or(0);
                let Some(accept) = Accept::of(headers) else {
                    return Ok(default);
                };
                // The default comes first, so that ranges such as `*/*` select it; it is JSON as well.
                let named = types.iter().map(String::as_str).enumerate();
                let (first, others): (Vec<_>, Vec<_>) =
                    named.partition(|(version, _)| *version == default);
                let all = first
                    .into_iter()
                    .chain(others)
                    .chain([(default, media::JSON)]);
                let (versions, offered): (Vec<_>, Vec<_>) = all.unzip();
                let chosen = accept.choose(offered);
                let chosen = chosen.and_then(|chosen| versions.get(chosen).copied());
                chosen.ok_or(Unselected::Unknown)
            }
        }
    }

    /// Returns the version that rejects requests which select none.
    fn fallback(&self) -> usize {
        self.default.unwrap_or(0)
    }

    /// Returns the header by which a version is selected.
    pub(crate) fn header(&self) -> HeaderName {
        match &self.by {
            SelectedBy::Header(name) => name.clone(),
            SelectedBy::MediaType(_) => header::ACCEPT,
        }
    }
}

impl SelectedVersion {
    /// Returns whether a request is this version's, or is rejected by it.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        match self.selection.select(headers) {
            Ok(version) => version == self.own,
            Err(_) => self.own == self.selection.fallback(),
        }
    }

    /// Returns the rejection of a request that selects no version.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        let Err(reason) = self.selection.select(headers) else {
            return Ok(());
        };
        let names = &self.selection.names;
        Err(match &self.selection.by {
            SelectedBy::Header(name) => {
                let rule = match reason {
                    Unselected::Missing => Rule::Required,
                    Unselected::Unknown => Rule::Enum {
                        allowed: names.clone(),
                    },
                };
                let pointer = format!("/{name}");
                Rejection::invalid([Violation::new(Location::Header, pointer, rule)])
            }
            SelectedBy::MediaType(types) => {
                let message = format!("the versions are available as {}", types.join(", "));
                Rejection::api(&NotAcceptable::new(message))
            }
        })
    }

    /// Returns whether requests that select no version get their rejection from this one.
    pub(crate) fn is_fallback(&self) -> bool {
        self.own == self.selection.fallback()
    }

    /// Returns the header by which it is selected as the document's parameter.
    pub(crate) fn parameter(&self) -> Option<Parameter> {
        let SelectedBy::Header(name) = &self.selection.by else {
            return None;
        };
        let own = self.selection.names.get(self.own)?;
        let schema = serde_json::json!({"type": "string", "enum": [own]});
        let mut parameter =
            Parameter::new(name.as_str(), ParameterLocation::Header, Schema(schema));
        parameter.required = self.selection.default != Some(self.own);
        parameter.description = Some("The version of the API.".to_owned());
        Some(parameter)
    }

    /// Returns the media type of its JSON responses, if it is selected by that.
    pub(crate) fn media_type(&self) -> Option<&str> {
        match &self.selection.by {
            SelectedBy::Header(_) => None,
            SelectedBy::MediaType(types) => types.get(self.own).map(String::as_str),
        }
    }

    /// Returns the value of `Vary` for its responses.
    pub(crate) fn vary(&self) -> HeaderValue {
        HeaderValue::from(self.selection.header())
    }

    /// Returns whether two are versions of the same API, and not the same version.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.selection, &other.selection) && self.own != other.own
    }
}
