//! Passwords of users that a program stores itself.
//!
//! Hashes, and what they cost, are in `hash.rs`; the bound on the work that clients can cause is in `limit.rs`.

pub(super) mod hash;
pub(super) mod limit;

use std::sync::Arc;

use actix_web::web;
use purlin_macros::ApiError;

use hash::{Hash, Memory};
use limit::{Busy, VerificationLimit};

use crate::error::Unexpected;

/// Creates and verifies hashes of passwords, outside of the threads that serve requests.
///
/// A hash is costly by design, and computed before it is known who the caller is. So one is computed per core at the same
/// time, eight times as many requests wait for up to two seconds, and the others are rejected ([`PasswordError::Busy`]).
/// [`max_concurrent`](Self::max_concurrent) and [`max_waiting`](Self::max_waiting) change that. Clones share the bounds.
///
/// Limit the length of passwords in the type of the request: a password takes memory while its request waits.
///
/// ```
/// use actix_web::web;
/// use purlin_router::{auth::{PasswordError, Passwords}, prelude::*};
///
/// #[schema(request)]
/// struct Credentials {
///     name: String,
///     #[garde(length(min = 1, max = 128))]
///     password: String,
/// }
///
/// #[derive(Debug, thiserror::Error, ApiError)]
/// enum LoginError {
///     /// There is no such user, or the password is wrong.
///     #[error("wrong name or password")]
///     #[status(401)]
///     WrongCredentials,
///     #[error(transparent)]
///     #[status(transparent)]
///     Password(#[from] PasswordError),
/// }
///
/// /// Stands for a query of the database.
/// async fn hash_of(name: &str) -> Option<String> {
///     (name == "ada").then(|| "$2b$04$NN0W1tOFkE4XbxRvQsvLGe1i9hVnYCTlO.Q1lEJ0.wH6dFXqzC2Ay".to_owned())
/// }
///
/// /// Logs a user in.
/// #[post("/login")]
/// async fn log_in(
///     sent: Json<Credentials>,
///     passwords: web::Data<Passwords>,
/// ) -> Result<NoContent, LoginError> {
///     let Credentials { name, password } = sent.into_inner();
///     if passwords.verify(password, hash_of(&name).await).await? {
///         Ok(NoContent)
///     } else {
///         Err(LoginError::WrongCredentials)
///     }
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let passwords = web::Data::new(Passwords::new());
/// let api = Registry::new("Users", "1.0.0").app_data(passwords).operation(log_in).build()?;
/// let client = purlin_router::testing::TestClient::new(&api);
/// for name in ["ada", "bob"] {
///     let sent = serde_json::json!({"name": name, "password": "wrong"});
///     assert_eq!(client.post("/login").json(&sent).send().status(), 401);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Passwords {
    limit: Arc<VerificationLimit>,
}

/// The error of a password that could not be hashed or verified.
#[derive(Debug, thiserror::Error, ApiError)]
#[non_exhaustive]
pub enum PasswordError {
    /// Too many passwords are being verified.
    #[error("too many passwords are being verified")]
    #[status(503)]
    #[code("authentication_busy")]
    Busy {
        /// The seconds after which to try again.
        #[header("Retry-After")]
        retry_after: u32,
    },
    #[doc(hidden)]
    #[error(transparent)]
    #[status(transparent)]
    Unexpected(#[from] Unexpected),
}

/// A stored text is no hash of a password.
#[derive(Debug, thiserror::Error)]
#[error(
    "a stored password hash is not supported: use argon2 in the PHC string format (`$argon2id$…`) or bcrypt (`$2b$…`)"
)]
struct UnsupportedHashError;

impl Passwords {
    /// Returns the bounds by default: a password per core is hashed at the same time, and eight times as many wait.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many passwords are hashed at the same time, by all workers together: at least one, and by default one per
    /// core. Each takes the memory of its hash, 19 MiB for those that [`hash`](Self::hash) creates.
    #[must_use]
    pub fn max_concurrent(self, passwords: usize) -> Self {
        let limit = VerificationLimit::new(passwords, self.limit.waiting());
        Self {
            limit: Arc::new(limit),
        }
    }

    /// Sets how many requests wait, for up to two seconds each: by default eight times as many as are hashed at the same
    /// time.
    #[must_use]
    pub fn max_waiting(self, requests: usize) -> Self {
        let limit = VerificationLimit::new(self.limit.concurrent(), Some(requests));
        Self {
            limit: Arc::new(limit),
        }
    }

    /// Hashes a password with argon2id and a random salt, at the least cost that OWASP recommends (19 MiB, two passes). The
    /// text is in the PHC string format and has about 100 characters.
    ///
    /// # Errors
    ///
    /// Returns [`PasswordError`] when too many others are hashed, or the system is out of memory or random numbers.
    pub async fn hash(&self, password: impl Into<String>) -> Result<String, PasswordError> {
        let password = password.into();
        self.run(move |memory| Ok(hash::create(password.as_bytes(), memory)?))
            .await
    }

    /// Returns whether a password has this hash, of argon2 in the PHC string format or of bcrypt. Of a password longer than
    /// 71 bytes, of which bcrypt would ignore the rest, no hash of bcrypt is right.
    ///
    /// Pass `None` for a user who does not exist: this takes as long as for a hash of [`hash`](Self::hash), so that the time
    /// does not reveal which users exist.
    ///
    /// # Errors
    ///
    /// Returns [`PasswordError`] when too many others are verified, the system is out of memory, or the hash is not
    /// supported.
    pub async fn verify(
        &self,
        password: impl Into<String>,
        hash: Option<String>,
    ) -> Result<bool, PasswordError> {
        let password = password.into();
        self.run(move |memory| match hash {
            Some(hash) => {
                let hash = Hash::read(&hash).ok_or(UnsupportedHashError)?;
                Ok(hash.matches(password.as_bytes(), memory)?)
            }
            None => {
                hash::create(password.as_bytes(), memory)?;
                Ok(false)
            }
        })
        .await
    }

    /// Does the work on a thread for blocking work, when the bounds permit it.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T, Unexpected> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = self.limit.acquire().await;
        let mut permit = permit.map_err(|Busy| PasswordError::Busy { retry_after: 1 })?;
        // The permit is released when the work is done, which a client that goes away does not interrupt.
        let done = web::block(move || work(permit.memory())).await;
        Ok(done.map_err(Unexpected::new)??)
    }
}
