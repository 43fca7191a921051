//! About the API: title, contact, licence, tags, more to read.

use serde::Serialize;

use crate::Extensions;

/// Title, version and whom to ask (OpenAPI 3.1.1 section 4.8.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Info {
    /// The API's title.
    pub title: String,
    /// The API's version; not that of OpenAPI.
    pub version: String,
    /// What the API is for; CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The licence the API is offered under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<License>,
    /// A URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_of_service: Option<String>,
    /// What OpenAPI has no word for.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Info {
    /// What every document has to say.
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            version: version.into(),
            ..Self::default()
        }
    }
}

/// Whom to ask (OpenAPI 3.1.1 section 4.8.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Contact {
    /// A person or a team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// An address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Contact {
    /// A contact of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// The contact's page.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The contact's address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }
}

/// A licence (OpenAPI 3.1.1 section 4.8.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct License {
    /// Its name.
    pub name: String,
    /// Its SPDX expression; 3.1 only, and never beside `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl License {
    /// A licence by name and SPDX expression.
    pub fn spdx(name: impl Into<String>, identifier: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            identifier: Some(identifier.into()),
            url: None,
        }
    }

    /// A licence by name and the address of its text.
    pub fn at(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            identifier: None,
            url: Some(url.into()),
        }
    }
}

/// A tag that operations bear (OpenAPI 3.1.1 section 4.8.22).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tag {
    /// The tag.
    pub name: String,
    /// What its operations have in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// More to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
    /// What OpenAPI has no word for.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Tag {
    /// A tag of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// What its operations have in common.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// More to read.
    #[must_use]
    pub fn external_docs(mut self, docs: ExternalDocs) -> Self {
        self.external_docs = Some(docs);
        self
    }
}

/// More to read (OpenAPI 3.1.1 section 4.8.11).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExternalDocs {
    /// Where.
    pub url: String,
    /// What.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl ExternalDocs {
    /// A page.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            description: None,
        }
    }

    /// What is to be read there.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}
