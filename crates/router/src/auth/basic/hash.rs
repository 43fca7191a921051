//! Password hashes, and what verifying a password against one costs.

use std::collections::TryReserveError;

use argon2::{Algorithm, Argon2, Block, Params, Version, password_hash::phc};
use subtle::ConstantTimeEq;

/// The error for a password that cannot be hashed.
#[derive(Debug, thiserror::Error)]
pub(super) enum HashingError {
    #[error(transparent)]
    Memory(#[from] TryReserveError),
    #[error(transparent)]
    Argon2(#[from] argon2::Error),
}

/// The memory of a verification, which the next one uses again: allocators may keep what threads free, for each thread.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<Block>);

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

/// The cost of a verification; two hashes of the same cost need the same time and memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cost {
    Argon2 {
        algorithm: Algorithm,
        /// In KiB.
        memory: u32,
        passes: u32,
        parallelism: u32,
    },
    /// The binary logarithm of the rounds.
    Bcrypt(u32),
}

pub(super) struct Hash {
    pub(super) cost: Cost,
    kind: Kind,
}

enum Kind {
    Argon2(Box<Argon2Hash>),
    Bcrypt(String),
}

struct Argon2Hash {
    argon2: Argon2<'static>,
    salt: phc::Salt,
    output: phc::Output,
}

impl Hash {
    /// Reads a hash; one against which no password could be verified is `None`.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.starts_with("$argon2") {
            return Self::read_argon2(&phc::PasswordHash::new(text).ok()?);
        }
        let cost = text.parse::<bcrypt::HashParts>().ok()?.get_cost();
        (4..=31).contains(&cost).then(|| Self {
            cost: Cost::Bcrypt(cost),
            kind: Kind::Bcrypt(text.to_owned()),
        })
    }

    fn read_argon2(hash: &phc::PasswordHash) -> Option<Self> {
        let algorithm = Algorithm::new(hash.algorithm).ok()?;
        let version = hash.version.map(Version::try_from).transpose().ok()?;
        let params = Params::try_from(hash).ok()?;
        Some(Self {
            cost: Cost::Argon2 {
                algorithm,
                memory: params.m_cost(),
                passes: params.t_cost(),
                parallelism: params.p_cost(),
            },
            kind: Kind::Argon2(Box::new(Argon2Hash {
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
    pub(super) fn matches(
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

    #[test]
    fn hashes_of_the_same_parameters_cost_the_same() {
        let cost = |text: &str| Hash::read(text).unwrap().cost;
        let argon2 = |parameters: &str| {
            let rest = "A7OBOLiMC/3pe6uKG7ue9g$6rn1bOTmHsNSGXD4wquMX9ASNoZMHKs9bd8xv8Rs72Y";
            cost(&format!("${parameters}${rest}"))
        };
        let costs = [
            argon2("argon2id$v=19$m=64,t=1,p=1"),
            argon2("argon2i$v=19$m=64,t=1,p=1"),
            argon2("argon2id$v=19$m=128,t=1,p=1"),
            argon2("argon2id$v=19$m=64,t=2,p=1"),
            argon2("argon2id$v=19$m=64,t=1,p=2"),
            cost("$2b$04$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si"),
            cost("$2b$05$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si"),
        ];
        for (index, one) in costs.iter().enumerate() {
            assert!(!costs[index + 1..].contains(one), "{one:?}");
        }
        assert_eq!(costs[0], argon2("argon2id$m=64,t=1,p=1"));
        assert_eq!(
            costs[5],
            cost("$2y$04$NN0W1tOFkE4XbxRvQsvLGe1i9hVnYCTlO.Q1lEJ0.wH6dFXqzC2Ay")
        );
    }
}
