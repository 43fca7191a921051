//! Password hashes, and what verifying a password against one costs.

use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version, password_hash::phc};

/// The error for a password that cannot be hashed.
pub(super) type HashingError = argon2::password_hash::Error;

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
        lanes: u32,
    },
    /// The binary logarithm of the rounds.
    Bcrypt(u32),
}

#[derive(Clone)]
pub(super) struct Hash {
    pub(super) cost: Cost,
    text: Text,
}

#[derive(Clone)]
enum Text {
    Argon2(Box<phc::PasswordHash>),
    Bcrypt(String),
}

impl Hash {
    /// Reads a hash; one against which no password could be verified is `None`.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.starts_with("$argon2") {
            let hash = phc::PasswordHash::new(text).ok()?;
            let params = Params::try_from(&hash).ok()?;
            let algorithm = Algorithm::new(hash.algorithm).ok()?;
            if let Some(version) = hash.version {
                Version::try_from(version).ok()?;
            }
            return (hash.salt.is_some() && hash.hash.is_some()).then(|| Self {
                cost: Cost::Argon2 {
                    algorithm,
                    memory: params.m_cost(),
                    passes: params.t_cost(),
                    lanes: params.p_cost(),
                },
                text: Text::Argon2(Box::new(hash)),
            });
        }
        let cost = text.parse::<bcrypt::HashParts>().ok()?.get_cost();
        (4..=31).contains(&cost).then(|| Self {
            cost: Cost::Bcrypt(cost),
            text: Text::Bcrypt(text.to_owned()),
        })
    }

    /// Returns whether a password has this hash. For bcrypt, one that would be truncated has not.
    ///
    /// # Errors
    ///
    /// Returns an error where the password cannot be hashed, for want of memory.
    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, HashingError> {
        match &self.text {
            Text::Argon2(hash) => match Argon2::default().verify_password(password, &**hash) {
                Ok(()) => Ok(true),
                Err(HashingError::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            },
            // Its only error, for a hash that was read, is the truncation.
            Text::Bcrypt(hash) => {
                Ok(bcrypt::non_truncating_verify(password, hash).unwrap_or(false))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bcrypt_passwords_that_would_be_truncated_do_not_match() {
        let longest = [b'x'; 71];
        let hash = bcrypt::non_truncating_hash(longest, 4).unwrap();
        assert!(Hash::read(&hash).unwrap().matches(&longest).unwrap());
        // As another program may have hashed it.
        let truncated = [b'x'; 72];
        let hash = Hash::read(&bcrypt::hash(truncated, 4).unwrap()).unwrap();
        assert!(!hash.matches(&truncated).unwrap());
        assert!(!hash.matches(&[b'x'; 100]).unwrap());
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
