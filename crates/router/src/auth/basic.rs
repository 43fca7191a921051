//! Basic authentication (RFC 7617): names and passwords, compared with hashes.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use actix_web::{HttpRequest, web};
use argon2::{Argon2, PasswordVerifier, password_hash::phc};
use base64::{Engine, prelude::BASE64_STANDARD};
use purlin_openapi::SecurityScheme;

use super::{AuthFailure, Authenticator, ChallengeContext, authorization::credentials};

/// Authenticates requests with the name and the password of a registered user.
///
/// Passwords are stored as hashes: argon2 in the PHC string format, or bcrypt.
/// Verifying one is slow by design; it runs on actix's blocking threads, and
/// takes as long for an unknown name as for a known one.
///
/// ```
/// use purlin_router::{Registry, auth::Basic};
///
/// # fn main() -> Result<(), purlin_router::auth::PasswordHashError> {
/// let staff = Basic::new("staff")
///     .user("ada", "$2b$04$NN0W1tOFkE4XbxRvQsvLGe1i9hVnYCTlO.Q1lEJ0.wH6dFXqzC2Ay")?;
/// let registry = Registry::new("Greetings", "1.0.0").authenticator("staff", staff);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Basic {
    realm: Cow<'static, str>,
    users: Arc<BTreeMap<String, Hash>>,
}

/// A user who sent the right password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    name: String,
}

impl User {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The error for a text that is not a supported password hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the password hash of `{user}` is not supported: use argon2 in the PHC string format (`$argon2id$…`) or bcrypt (`$2b$…`)"
)]
#[non_exhaustive]
pub struct PasswordHashError {
    /// The user it was registered for.
    pub user: String,
}

#[derive(Clone)]
enum Hash {
    Argon2(Box<phc::PasswordHash>),
    Bcrypt(String),
}

impl Hash {
    fn read(hash: &str) -> Option<Self> {
        if hash.starts_with("$argon2") {
            let hash = phc::PasswordHash::new(hash).ok()?;
            return Some(Self::Argon2(Box::new(hash)));
        }
        hash.parse::<bcrypt::HashParts>()
            .ok()
            .map(|_| Self::Bcrypt(hash.to_owned()))
    }

    fn matches(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => Argon2::default().verify_password(password, &**hash).is_ok(),
            Self::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
        }
    }
}

impl Basic {
    /// Returns an authenticator without users. Browsers show the realm when they
    /// ask for a password (RFC 9110 section 11.5).
    pub fn new(realm: impl Into<Cow<'static, str>>) -> Self {
        Self {
            realm: realm.into(),
            users: Arc::default(),
        }
    }

    /// Registers a user with the hash of their password.
    ///
    /// # Errors
    ///
    /// Returns [`PasswordHashError`] when the hash is not supported.
    pub fn user(
        mut self,
        name: impl Into<String>,
        hash: impl AsRef<str>,
    ) -> Result<Self, PasswordHashError> {
        let name = name.into();
        let Some(hash) = Hash::read(hash.as_ref()) else {
            return Err(PasswordHashError { user: name });
        };
        Arc::make_mut(&mut self.users).insert(name, hash);
        Ok(self)
    }
}

impl fmt::Debug for Basic {
    /// Writes the realm and the names, without the hashes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("realm", &self.realm)
            .field("users", &self.users.keys())
            .finish_non_exhaustive()
    }
}

impl Authenticator for Basic {
    type Identity = User;

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("basic")
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<User, AuthFailure> {
        let (name, password) = read(credentials(request, "Basic")?).ok_or(AuthFailure::Invalid)?;
        let users = Arc::clone(&self.users);
        let wanted = name.clone();
        let checked = web::block(move || {
            match users.get(&wanted) {
                Some(hash) => hash.matches(&password),
                None => {
                    // The same work as for a known name.
                    let _ = users.values().next().map(|hash| hash.matches(&password));
                    false
                }
            }
        });
        match checked.await {
            Ok(true) => Ok(User { name }),
            Ok(false) => Err(AuthFailure::Invalid),
            Err(_) => Err(AuthFailure::Unavailable),
        }
    }

    /// Returns the user's name.
    fn subject<'i>(&self, user: &'i User) -> Cow<'i, str> {
        Cow::Borrowed(user.name())
    }

    fn challenge(&self, _: &ChallengeContext<'_>) -> Option<String> {
        let realm = self.realm.replace('\\', "\\\\").replace('"', "\\\"");
        Some(format!("Basic realm=\"{realm}\", charset=\"UTF-8\""))
    }
}

/// Returns the name, in UTF-8, and the password; a name has no colon (RFC 7617 section 2).
fn read(credentials: &str) -> Option<(String, Vec<u8>)> {
    let bytes = BASE64_STANDARD.decode(credentials).ok()?;
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let (name, password) = bytes.split_at(colon);
    let name = String::from_utf8(name.to_vec()).ok()?;
    Some((name, password.get(1..)?.to_vec()))
}
