//! Digests, which identify records and callers: the same in every process, and no values that anyone sent.

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// Hashes a list of parts, each with its length before it, so that no two lists are hashed as the same bytes.
///
/// ```
/// use purlin_store::DigestBuilder;
///
/// let one = DigestBuilder::new("caller").part("ab").part("c").finish();
/// let other = DigestBuilder::new("caller").part("a").part("bc").finish();
/// assert_ne!(one, other);
/// ```
#[derive(Clone, Debug)]
pub struct DigestBuilder(Sha256);

impl DigestBuilder {
    /// Begins a list of parts. Lists for different purposes have different digests.
    #[must_use]
    pub fn new(purpose: &str) -> Self {
        Self(Sha256::new()).part(purpose)
    }

    /// Adds a part.
    #[must_use]
    pub fn part(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    /// Returns the digest.
    #[must_use]
    pub fn finish(self) -> Digest {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::DigestBuilder;

    #[test]
    fn the_boundaries_of_parts_count() {
        let one = DigestBuilder::new("purpose").part("ab").part("c").finish();
        for other in [
            DigestBuilder::new("purpose").part("a").part("bc"),
            DigestBuilder::new("purpose").part("abc"),
            DigestBuilder::new("other").part("ab").part("c"),
        ] {
            assert_ne!(one, other.finish());
        }
    }
}
