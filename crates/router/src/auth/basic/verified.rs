//! Passwords that were right, as digests that only this process can compute.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::credentials::Credentials;

/// The digest of a name and a password.
pub(super) type Digest = [u8; 32];

/// A random key. Without it a digest says nothing about the password.
#[derive(Clone)]
pub(super) struct DigestKey(Hmac<Sha256>);

impl DigestKey {
    /// Returns a new key; `None` if the system has no random numbers.
    pub(super) fn random() -> Option<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).ok()?;
        Hmac::new_from_slice(&key).ok().map(Self)
    }

    pub(super) fn digest(&self, credentials: &Credentials) -> Digest {
        let mut mac = self.0.clone();
        mac.update(credentials.name.as_bytes());
        // A name has no colon.
        mac.update(b":");
        mac.update(&credentials.password);
        mac.finalize().into_bytes().into()
    }
}

/// The password that was verified against a hash, if it was sent lately.
#[derive(Default)]
pub(super) struct Verified(Mutex<Option<Entry>>);

struct Entry {
    digest: Digest,
    last_sent: Instant,
}

impl Verified {
    /// Stores the digest of a password that was right.
    pub(super) fn remember(&self, digest: Digest, now: Instant) {
        self.with(|entry| {
            *entry = Some(Entry {
                digest,
                last_sent: now,
            });
        });
    }

    /// Returns whether this is the digest that was stored, and no older than `lifetime`.
    /// The comparison takes constant time.
    pub(super) fn matches(&self, digest: &Digest, now: Instant, lifetime: Duration) -> bool {
        self.with(|entry| {
            let is_old = |entry: &mut Entry| now.duration_since(entry.last_sent) > lifetime;
            entry.take_if(is_old);
            match entry {
                Some(entry) if bool::from(entry.digest.ct_eq(digest)) => {
                    entry.last_sent = now;
                    true
                }
                _ => false,
            }
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Option<Entry>) -> T) -> T {
        // An entry is replaced as a whole, so it is valid after any panic.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(60);

    fn credentials(name: &str, password: &str) -> Credentials {
        Credentials {
            name: name.to_owned(),
            password: password.as_bytes().to_vec(),
        }
    }

    #[test]
    fn only_the_stored_password_matches() {
        let key = DigestKey::random().unwrap();
        let (verified, now) = (Verified::default(), Instant::now());
        let right = key.digest(&credentials("ada", "s3cret"));
        assert!(!verified.matches(&right, now, LIFETIME));
        verified.remember(right, now);
        let wrong = key.digest(&credentials("ada", "wrong"));
        assert!(!verified.matches(&wrong, now, LIFETIME));
        assert!(verified.matches(&right, now, LIFETIME));
    }

    #[test]
    fn digests_differ_by_key_name_and_password() {
        let (one, other) = (DigestKey::random().unwrap(), DigestKey::random().unwrap());
        let digest = one.digest(&credentials("ada", "s3cret"));
        assert_eq!(one.digest(&credentials("ada", "s3cret")), digest);
        assert_ne!(other.digest(&credentials("ada", "s3cret")), digest);
        assert_ne!(one.digest(&credentials("bob", "s3cret")), digest);
        assert_ne!(one.digest(&credentials("ada", "s3cret2")), digest);
    }

    #[test]
    fn a_password_is_forgotten_when_it_is_not_sent_for_the_lifetime() {
        let digest = [1; 32];
        let (verified, start) = (Verified::default(), Instant::now());
        verified.remember(digest, start);
        assert!(verified.matches(&digest, start + LIFETIME, LIFETIME));
        assert!(verified.matches(&digest, start + 2 * LIFETIME, LIFETIME));
        // A wrong password does not count.
        assert!(!verified.matches(&[2; 32], start + 3 * LIFETIME, LIFETIME));
        let late = start + 3 * LIFETIME + Duration::from_nanos(1);
        assert!(!verified.matches(&digest, late, LIFETIME));
        assert!(verified.0.lock().unwrap().is_none());
    }
}
