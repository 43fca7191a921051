//! The registered users, and the verification of a password.

use std::{collections::BTreeMap, fmt, sync::Arc};

use argon2::Algorithm;

use super::{credentials::Credentials, verified::Verified};
use crate::auth::passwords::hash::{Argon2Hash, Hash, HashingError, Kind, Memory};

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
enum Cost {
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

impl Cost {
    fn of(hash: &Hash) -> Self {
        match &hash.kind {
            Kind::Argon2(hash) => {
                let Argon2Hash {
                    algorithm, argon2, ..
                } = &**hash;
                let params = argon2.params();
                Self::Argon2 {
                    algorithm: *algorithm,
                    memory: params.m_cost(),
                    passes: params.t_cost(),
                    parallelism: params.p_cost(),
                }
            }
            // It was read before.
            Kind::Bcrypt(hash) => Self::Bcrypt(
                hash.parse::<bcrypt::HashParts>()
                    .map_or(0, |hash| hash.get_cost()),
            ),
        }
    }
}

/// The users by their names.
#[derive(Clone, Default)]
pub(super) struct Users {
    by_name: BTreeMap<String, Arc<StoredUser>>,
    /// A user for each cost.
    by_cost: BTreeMap<Cost, Arc<StoredUser>>,
}

/// The hash of a user's password, and the password if it was verified against it.
pub(super) struct StoredUser {
    hash: Hash,
    pub(super) verified: Verified,
}

impl Users {
    pub(super) fn register(&mut self, name: String, hash: &str) -> Result<(), PasswordHashError> {
        let Some(hash) = Hash::read(hash) else {
            return Err(PasswordHashError { user: name });
        };
        let user = Arc::new(StoredUser {
            hash,
            verified: Verified::default(),
        });
        self.by_cost.insert(Cost::of(&user.hash), Arc::clone(&user));
        self.by_name.insert(name, user);
        Ok(())
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<StoredUser>> {
        self.by_name.get(name)
    }

    /// Returns the user if the password is right. Otherwise it was verified against
    /// one hash of each cost, so that the time it took is the same for every name,
    /// registered or not.
    ///
    /// # Errors
    ///
    /// Returns an error where the password cannot be hashed.
    pub(super) fn verify(
        &self,
        credentials: &Credentials,
        memory: &mut Memory,
    ) -> Result<Option<&Arc<StoredUser>>, HashingError> {
        let user = self.get(&credentials.name);
        if let Some(user) = user
            && user.hash.matches(&credentials.password, memory)?
        {
            return Ok(Some(user));
        }
        for decoy in self.decoys(user) {
            // It belongs to another user, so the result does not count.
            decoy.matches(&credentials.password, memory)?;
        }
        Ok(None)
    }

    /// Returns a hash of every cost but the user's own.
    fn decoys(&self, user: Option<&Arc<StoredUser>>) -> impl Iterator<Item = &Hash> {
        let own = user.map(|user| Cost::of(&user.hash));
        let others = self.by_cost.iter();
        others
            .filter(move |(cost, _)| own != Some(**cost))
            .map(|(_, other)| &other.hash)
    }
}

impl fmt::Debug for Users {
    /// Writes the names, without the hashes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$A7OBOLiMC/3pe6uKG7ue9g$6rn1bOTmHsNSGXD4wquMX9ASNoZMHKs9bd8xv8Rs72Y";
    const BCRYPT: &str = "$2b$04$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si";

    fn users() -> Users {
        let mut users = Users::default();
        let costlier = bcrypt::non_truncating_hash("s3cret", 5).unwrap();
        for (name, hash) in [
            ("ada", BCRYPT),
            ("bob", ARGON2),
            ("eve", BCRYPT),
            ("zoe", &costlier),
        ] {
            users.register(name.to_owned(), hash).unwrap();
        }
        users
    }

    fn verify(users: &Users, name: &str, password: &str) -> bool {
        let credentials = Credentials {
            name: name.to_owned(),
            password: password.as_bytes().to_vec(),
        };
        users
            .verify(&credentials, &mut Memory::default())
            .unwrap()
            .is_some()
    }

    #[test]
    fn a_wrong_password_costs_the_same_for_every_name() {
        let users = users();
        let costs_of = |name: &str| {
            let user = users.get(name);
            let own = user.map(|user| &user.hash).into_iter();
            let mut costs: Vec<_> = own.chain(users.decoys(user)).map(Cost::of).collect();
            costs.sort();
            costs
        };
        let costs: Vec<_> = users.by_cost.keys().copied().collect();
        assert_eq!(costs.len(), 3);
        for name in ["ada", "bob", "eve", "zoe", "unknown", ""] {
            assert_eq!(costs_of(name), costs, "{name}");
        }
    }

    #[test]
    fn only_the_password_of_the_user_is_right() {
        let mut users = users();
        let other = bcrypt::non_truncating_hash("other", 6).unwrap();
        users.register("max".to_owned(), &other).unwrap();
        for name in ["ada", "bob", "eve", "zoe"] {
            assert!(verify(&users, name, "s3cret"), "{name}");
            assert!(!verify(&users, name, "other"), "{name}");
        }
        // Not the one of a decoy.
        assert!(!verify(&users, "max", "s3cret"));
        assert!(!verify(&users, "unknown", "s3cret"));
        assert!(!verify(&Users::default(), "unknown", "s3cret"));
    }

    #[test]
    fn hashes_of_the_same_parameters_cost_the_same() {
        let cost = |text: &str| Cost::of(&Hash::read(text).unwrap());
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
