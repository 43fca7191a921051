//! Password hashes.

use std::collections::TryReserveError;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{self, phc},
};
use subtle::ConstantTimeEq;

/// The length of a random salt in bytes (RFC 9106 section 3.1).
const SALT_LENGTH: usize = 16;

/// The error for a password that cannot be hashed.
#[derive(Debug, thiserror::Error)]
pub(in crate::auth) enum HashingError {
    #[error(transparent)]
    Memory(#[from] TryReserveError),
    #[error(transparent)]
    Argon2(#[from] argon2::Error),
    #[error("no random salt: {0}")]
    Salt(#[from] getrandom::Error),
    #[error("the hash is not representable: {0}")]
    Text(#[from] password_hash::Error),
}

/// Hashes a password with argon2id and a random salt, at the least cost that OWASP recommends, which is that of the crate
/// argon2. The text is in the PHC string format.
pub(in crate::auth) fn create(
    password: &[u8],
    memory: &mut Memory,
) -> Result<String, HashingError> {
    let argon2 = Argon2::default();
    let mut salt = [0; SALT_LENGTH];
    getrandom::fill(&mut salt)?;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let blocks = memory.blocks(argon2.params().block_count())?;
    argon2.hash_password_into_with_memory(password, &salt, &mut output, blocks)?;
    Ok(text(&argon2, &salt, &output)?)
}

fn text(argon2: &Argon2<'_>, salt: &[u8], output: &[u8]) -> password_hash::Result<String> {
    let hash = phc::PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: argon2.params().try_into()?,
        salt: Some(phc::Salt::new(salt)?),
        hash: Some(phc::Output::new(output)?),
    };
    Ok(hash.to_string())
}

/// The memory of a verification, which the next one uses again: allocators may keep what threads free, for each thread.
#[derive(Debug, Default)]
pub(in crate::auth) struct Memory(Vec<Block>);

impl Memory {
    fn blocks(&mut self, count: usize) -> Result<&mut [Block], TryReserveError> {
        if self.0.len() < count {
            self.0 = Vec::new();
            self.0.try_reserve_exact(count)?;
            self.0.resize(count, Block::new());
        }
        Ok(&mut self.0)
    }
}

pub(in crate::auth) struct Hash {
    pub(in crate::auth) kind: Kind,
}

pub(in crate::auth) enum Kind {
    Argon2(Box<Argon2Hash>),
    Bcrypt(String),
}

pub(in crate::auth) struct Argon2Hash {
    #[cfg_attr(
        not(feature = "basic"),
        expect(dead_code, reason = "a part of the cost, which `Basic` compares")
    )]
    pub(in crate::auth) algorithm: Algorithm,
    pub(in crate::auth) argon2: Argon2<'static>,
    salt: phc::Salt,
    output: phc::Output,
}

impl Hash {
    /// Reads a hash; one against which no password could be verified is `None`.
    pub(in crate::auth) fn read(text: &str) -> Option<Self> {
        if text.starts_with("$argon2") {
            return Self::read_argon2(&phc::PasswordHash::new(text).ok()?);
        }
        let cost = text.parse::<bcrypt::HashParts>().ok()?.get_cost();
        (4..=31).contains(&cost).then(|| Self {
            kind: Kind::Bcrypt(text.to_owned()),
        })
    }

    fn read_argon2(hash: &phc::PasswordHash) -> Option<Self> {
        let algorithm = Algorithm::new(hash.algorithm).ok()?;
        let version = hash.version.map(Version::try_from).transpose().ok()?;
        let params = Params::try_from(hash).ok()?;
        Some(Self {
            kind: Kind::Argon2(Box::new(Argon2Hash {
                algorithm,
                argon2: Argon2::new(algorithm, version.unwrap_or_default(), params),
                salt: hash.salt?,
                output: hash.hash?,
            })),
        })
    }

    /// Returns whether a password has this hash. For bcrypt, one that would be truncated has not.
    ///
    /// # Errors
    ///
    /// Returns an error where there is not enough memory.
    pub(in crate::auth) fn matches(
        &self,
        password: &[u8],
        memory: &mut Memory,
    ) -> Result<bool, HashingError> {
        match &self.kind {
            Kind::Argon2(hash) => {
                let Argon2Hash {
                    argon2,
                    salt,
                    output,
                    ..
                } = &**hash;
                let mut found = vec![0; output.as_bytes().len()];
                let blocks = memory.blocks(argon2.params().block_count())?;
                argon2.hash_password_into_with_memory(password, salt, &mut found, blocks)?;
                Ok(found.ct_eq(output.as_bytes()).into())
            }
            // Its only error, for a hash that was read, is the truncation.
            Kind::Bcrypt(hash) => {
                Ok(bcrypt::non_truncating_verify(password, hash).unwrap_or(false))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher;

    use super::*;

    fn matches(hash: &str, password: &[u8]) -> bool {
        let hash = Hash::read(hash).unwrap();
        hash.matches(password, &mut Memory::default()).unwrap()
    }

    #[test]
    fn a_password_matches_the_hash_that_was_created_of_it() {
        let mut memory = Memory::default();
        let [one, other] = [(); 2].map(|()| create(b"s3cret", &mut memory).unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "each has a salt of its own");
        assert!(matches(&one, b"s3cret"));
        assert!(!matches(&one, b"S3cret"));
    }

    #[test]
    fn memory_of_another_password_does_not_matter() {
        let hash = |memory| {
            let params = Params::new(memory, 2, 2, None).unwrap();
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = argon2.hash_password_with_salt(b"s3cret", b"a salt of a test");
            Hash::read(&hash.unwrap().to_string()).unwrap()
        };
        let mut memory = Memory::default();
        for (hash, blocks) in [(hash(64), 64), (hash(128), 128), (hash(64), 128)] {
            assert!(!hash.matches(b"wrong", &mut memory).unwrap());
            assert!(hash.matches(b"s3cret", &mut memory).unwrap());
            assert_eq!(memory.0.len(), blocks);
        }
    }

    #[test]
    fn bcrypt_passwords_that_would_be_truncated_do_not_match() {
        let longest = [b'x'; 71];
        let hash = bcrypt::non_truncating_hash(longest, 4).unwrap();
        assert!(matches(&hash, &longest));
        // As another program may have hashed it.
        let truncated = [b'x'; 72];
        let hash = bcrypt::hash(truncated, 4).unwrap();
        assert!(!matches(&hash, &truncated));
        assert!(!matches(&hash, &[b'x'; 100]));
        assert!(bcrypt::non_truncating_hash(truncated, 4).is_err());
    }
}
