//! What each caller takes of a store, and whose response goes first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::Caller;
use crate::digest::Digest;

/// The shares of all callers that have a record.
#[derive(Default)]
pub(super) struct Shares {
    by_caller: HashMap<Caller, Share>,
    /// The callers that have a response: identified ones before anonymous ones, and the smallest share first.
    with_responses: BTreeSet<(bool, usize, Digest)>,
}

#[derive(Default)]
struct Share {
    bytes: usize,
    records: usize,
    /// Its responses, the oldest first.
    responses: BTreeMap<u64, Digest>,
}

impl Shares {
    /// Returns how many bytes a caller takes.
    pub(super) fn bytes(&self, caller: Caller) -> usize {
        self.by_caller.get(&caller).map_or(0, |share| share.bytes)
    }

    /// Returns the oldest response of a caller.
    pub(super) fn oldest(&self, caller: Caller) -> Option<Digest> {
        let share = self.by_caller.get(&caller)?;
        share.responses.values().next().copied()
    }

    /// Returns the oldest response of the caller that takes most, of the anonymous ones first. For an anonymous caller
    /// there is none among the responses of identified ones.
    pub(super) fn oldest_of_largest(&self, newcomer: Caller) -> Option<Digest> {
        let (is_anonymous, _, digest) = *self.with_responses.last()?;
        if newcomer.is_anonymous && !is_anonymous {
            return None;
        }
        self.oldest(Caller {
            digest,
            is_anonymous,
        })
    }

    /// Adds a record; one with an order is a response.
    pub(super) fn add(&mut self, caller: Caller, bytes: usize, order: Option<u64>, id: Digest) {
        self.change(caller, |share| {
            share.bytes += bytes;
            share.records += 1;
            share.responses.extend(order.map(|order| (order, id)));
        });
    }

    /// Removes a record.
    pub(super) fn remove(&mut self, caller: Caller, bytes: usize, order: Option<u64>) {
        self.change(caller, |share| {
            share.bytes -= bytes;
            share.records -= 1;
            if let Some(order) = order {
                share.responses.remove(&order);
            }
        });
    }

    fn change(&mut self, caller: Caller, change: impl FnOnce(&mut Share)) {
        let share = self.by_caller.entry(caller).or_default();
        let place = |share: &Share| (caller.is_anonymous, share.bytes, caller.digest);
        if !share.responses.is_empty() {
            self.with_responses.remove(&place(share));
        }
        change(share);
        if !share.responses.is_empty() {
            self.with_responses.insert(place(share));
        }
        if share.records == 0 {
            self.by_caller.remove(&caller);
        }
    }
}

#[cfg(test)]
impl Shares {
    pub(super) fn is_empty(&self) -> bool {
        self.by_caller.is_empty() && self.with_responses.is_empty()
    }
}
