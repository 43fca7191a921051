//! Basic authentication (RFC 7617): names and passwords, compared with hashes.
//!
//! This module has the authenticator. The header it reads is in `credentials.rs`, the users in `users.rs`, the digests of
//! passwords that were right in `verified.rs`; hashes, and the bound on verifications, are in `passwords/`.

mod credentials;
mod users;
mod verified;

use std::{
    borrow::Cow,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, web};
use purlin_openapi::SecurityScheme;

use self::{
    credentials::Credentials,
    users::Users,
    verified::{Digest, DigestKey},
};
use super::{
    AuthFailure, Authenticator, ChallengeContext, authorization,
    passwords::{
        hash::HashingError,
        limit::{Busy, VerificationLimit},
    },
};

pub use self::users::PasswordHashError;

/// How long a password that was right is remembered without being sent.
const REMEMBER_FOR: Duration = Duration::from_secs(600);

/// Authenticates requests with the name and the password of a registered user.
///
/// Passwords are stored as hashes: argon2 in the PHC string format, or bcrypt.
/// Verifying one is costly by design, so everything a client can cause is bounded:
///
/// - Passwords are verified on actix's blocking threads, one per core at a time
///   ([`max_concurrent`](Self::max_concurrent)). That many times the memory of the
///   costliest hash is used, and kept for the next ones.
/// - Eight times as many requests wait for up to two seconds
///   ([`max_waiting`](Self::max_waiting)). Others are rejected with 503 and
///   `Retry-After` ([`AuthFailure::Busy`]), whatever their credential.
/// - A password that was right is remembered ([`remember_for`](Self::remember_for)).
///   A client costs one verification and not one per request, and is served while
///   others are rejected.
///
/// A wrong password takes as long for a registered name as for any other. Failed
/// attempts are not counted by name, because anyone could lock out a user that way:
/// limit the rate of requests by address.
///
/// Passwords that are never valid: the empty one, those with control characters (RFC
/// 7617 section 2), those in a credential of more than 4 KiB, and, where the hash is
/// bcrypt, those of more than 71 bytes, of which bcrypt would ignore the rest. Do not
/// create hashes of them: `bcrypt::non_truncating_hash` returns an error.
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
    users: Arc<Users>,
    limit: Arc<VerificationLimit>,
    /// Absent where the system has no random numbers; then nothing is remembered.
    digest_key: Option<DigestKey>,
    remember_for: Duration,
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

impl Basic {
    /// Returns an authenticator without users. Browsers show the realm when they
    /// ask for a password (RFC 9110 section 11.5).
    pub fn new(realm: impl Into<Cow<'static, str>>) -> Self {
        Self {
            realm: realm.into(),
            users: Arc::default(),
            limit: Arc::default(),
            digest_key: DigestKey::random(),
            remember_for: REMEMBER_FOR,
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
        Arc::make_mut(&mut self.users).register(name.into(), hash.as_ref())?;
        Ok(self)
    }

    /// Sets how many passwords are verified at the same time, by all workers
    /// together: at least one, and by default one per core.
    #[must_use]
    pub fn max_concurrent(mut self, verifications: usize) -> Self {
        let limit = VerificationLimit::new(verifications, self.limit.waiting());
        self.limit = Arc::new(limit);
        self
    }

    /// Sets how many requests wait, for up to two seconds each, until another
    /// password is verified: by default eight times as many as are verified at the
    /// same time.
    #[must_use]
    pub fn max_waiting(mut self, requests: usize) -> Self {
        let limit = VerificationLimit::new(self.limit.concurrent(), Some(requests));
        self.limit = Arc::new(limit);
        self
    }

    /// Sets how long a password that was right is remembered after it was last sent,
    /// in place of ten minutes; zero means never.
    ///
    /// One digest per user is kept in memory, keyed with a random key of this
    /// authenticator. It belongs to the hash it was verified against: another hash for
    /// the same name forgets it.
    #[must_use]
    pub fn remember_for(mut self, lifetime: Duration) -> Self {
        self.remember_for = lifetime;
        self
    }

    fn digest(&self, credentials: &Credentials) -> Option<Digest> {
        let key = self.digest_key.as_ref()?;
        (!self.remember_for.is_zero()).then(|| key.digest(credentials))
    }

    fn remembers(&self, credentials: &Credentials, digest: Option<&Digest>) -> bool {
        digest.is_some_and(|digest| {
            let user = self.users.get(&credentials.name);
            user.is_some_and(|user| {
                user.verified
                    .matches(digest, Instant::now(), self.remember_for)
            })
        })
    }
}

impl fmt::Debug for Basic {
    /// Writes the realm and the names, without the hashes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("realm", &self.realm)
            .field("users", &self.users)
            .finish_non_exhaustive()
    }
}

impl Authenticator for Basic {
    type Identity = User;

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("basic")
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<User, AuthFailure> {
        let credentials = authorization::credentials(request, "Basic")?;
        let credentials = Credentials::read(credentials).ok_or(AuthFailure::Invalid)?;
        let digest = self.digest(&credentials);
        if self.remembers(&credentials, digest.as_ref()) {
            return Ok(User {
                name: credentials.name,
            });
        }
        let permit = self.limit.acquire().await;
        let permit = permit.map_err(|Busy| AuthFailure::Busy)?;
        // It may have waited for a request with the same password.
        if self.remembers(&credentials, digest.as_ref()) {
            return Ok(User {
                name: credentials.name,
            });
        }
        let users = Arc::clone(&self.users);
        let verified = web::block(move || {
            // Released when the work is done, which a client that goes away does not interrupt.
            let mut permit = permit;
            let user = users.verify(&credentials, permit.memory())?;
            if let (Some(user), Some(digest)) = (user, digest) {
                user.verified.remember(digest, Instant::now());
            }
            let name = user.map(|_| credentials.name);
            Ok::<_, HashingError>(name.map(|name| User { name }))
        });
        match verified.await {
            Ok(Ok(user)) => user.ok_or(AuthFailure::Invalid),
            Ok(Err(error)) => Err(unavailable(&error)),
            Err(error) => Err(unavailable(&error)),
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

    fn other_failures(&self) -> &'static [AuthFailure] {
        &[AuthFailure::Busy, AuthFailure::Unavailable]
    }
}

#[cold]
fn unavailable(error: &dyn std::error::Error) -> AuthFailure {
    log::error!(target: "purlin::error", "a password cannot be verified: {error}");
    AuthFailure::Unavailable
}
