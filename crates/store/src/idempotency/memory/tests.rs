//! The store in memory, with times that the tests choose.

use std::time::{Duration, Instant};

use super::{
    super::{BeginOutcome, BeginRequest, Caller, Fence, FinishOutcome, StoredResponse},
    FIELD_BYTES, MemoryStore, RECORD_BYTES, Records,
};
use crate::digest::Digest;

const MINUTE: Duration = Duration::from_secs(60);
const LEASE: Duration = Duration::from_secs(10);

fn records(max_bytes: usize, max_bytes_per_caller: usize) -> Records {
    let store = MemoryStore::new(max_bytes, max_bytes_per_caller);
    store
        .records
        .into_inner()
        .unwrap_or_else(|_| unreachable!())
}

fn id(number: u32) -> Digest {
    let mut id = [0; 32];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id
}

fn known(number: u32) -> Caller {
    Caller::identified(id(number))
}

fn stranger(number: u32) -> Caller {
    Caller::anonymous(id(number))
}

fn request(number: u32, caller: Caller) -> BeginRequest {
    BeginRequest::new(id(number), id(0), caller, LEASE)
}

fn response(size: usize) -> StoredResponse {
    StoredResponse::new(201, Vec::new(), vec![b'x'; size])
}

/// Begins a request that has to be the first.
#[track_caller]
fn first(records: &mut Records, request: BeginRequest, now: Instant) -> Fence {
    match records.begin(request, now) {
        BeginOutcome::First(fence) => fence,
        other => panic!("{other:?}"),
    }
}

/// Stores a response that takes, with its record, as many times the size of a record.
#[track_caller]
fn complete(records: &mut Records, number: u32, caller: Caller, times: usize, now: Instant) {
    let fence = first(records, request(number, caller), now);
    let outcome = finish(
        records,
        number,
        fence,
        response((times - 1) * RECORD_BYTES),
        now,
    );
    assert_eq!(outcome, FinishOutcome::Stored);
}

fn finish(
    records: &mut Records,
    number: u32,
    fence: Fence,
    response: StoredResponse,
    now: Instant,
) -> FinishOutcome {
    records.finish(id(number), fence, response, MINUTE, now)
}

/// Returns which of these requests have a response.
fn kept(records: &Records, numbers: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let is_kept = |number: &u32| records.by_id.contains_key(&id(*number));
    numbers.into_iter().filter(is_kept).collect()
}

#[test]
fn a_request_is_the_first_once_until_its_response_expires() {
    let mut records = records(usize::MAX, usize::MAX);
    let now = Instant::now();
    let one = request(1, known(1));
    let fence = first(&mut records, one, now);
    assert_eq!(records.begin(one, now), BeginOutcome::InProgress);
    let mut different = one;
    different.fingerprint = id(9);
    assert_eq!(records.begin(different, now), BeginOutcome::Different);
    assert_eq!(
        finish(&mut records, 1, fence, response(3), now),
        FinishOutcome::Stored
    );
    assert_eq!(records.begin(different, now), BeginOutcome::Different);
    for later in [Duration::ZERO, LEASE, MINUTE - Duration::from_nanos(1)] {
        let outcome = records.begin(one, now + later);
        assert_eq!(outcome, BeginOutcome::Completed(response(3)));
    }
    first(&mut records, one, now + MINUTE);
}

#[test]
fn a_request_that_is_forgotten_may_be_sent_again() {
    let mut records = records(usize::MAX, usize::MAX);
    let now = Instant::now();
    let fence = first(&mut records, request(1, known(1)), now);
    records.forget(id(1), fence);
    let second = first(&mut records, request(1, known(1)), now);
    assert!(second > fence);
    // The first attempt has lost its record.
    records.forget(id(1), fence);
    assert_eq!(
        records.begin(request(1, known(1)), now),
        BeginOutcome::InProgress
    );
}

#[test]
fn a_lease_that_ended_frees_the_key_and_its_holder_cannot_overwrite_the_next() {
    let mut records = records(usize::MAX, usize::MAX);
    let now = Instant::now();
    let one = request(1, known(1));
    let lost = first(&mut records, one, now);
    let almost = now + LEASE - Duration::from_nanos(1);
    assert_eq!(records.begin(one, almost), BeginOutcome::InProgress);
    let later = now + LEASE;
    let fence = first(&mut records, one, later);
    assert!(fence > lost);
    assert_eq!(
        finish(&mut records, 1, lost, response(1), later),
        FinishOutcome::LeaseLost
    );
    assert_eq!(records.begin(one, later), BeginOutcome::InProgress);
    assert_eq!(
        finish(&mut records, 1, fence, response(2), later),
        FinishOutcome::Stored
    );
    assert_eq!(
        finish(&mut records, 1, lost, response(1), later),
        FinishOutcome::LeaseLost
    );
    let outcome = records.begin(one, later);
    assert_eq!(outcome, BeginOutcome::Completed(response(2)));
}

#[test]
fn a_late_response_is_stored_as_long_as_no_other_attempt_has_begun() {
    let mut records = records(usize::MAX, usize::MAX);
    let now = Instant::now();
    let fence = first(&mut records, request(1, known(1)), now);
    let late = now + 2 * LEASE;
    assert_eq!(
        finish(&mut records, 1, fence, response(1), late),
        FinishOutcome::Stored
    );
}

#[test]
fn a_caller_over_its_share_loses_its_own_oldest_responses() {
    let mut records = records(usize::MAX, 4 * RECORD_BYTES);
    let now = Instant::now();
    complete(&mut records, 100, known(2), 1, now);
    for number in 1..=4 {
        complete(&mut records, number, known(1), 1, now);
    }
    assert_eq!(kept(&records, [100, 1, 2, 3, 4]), [100, 1, 2, 3, 4]);
    complete(&mut records, 5, known(1), 3, now);
    assert_eq!(kept(&records, [100, 1, 2, 3, 4, 5]), [100, 4, 5]);
    // A response that is larger than the whole share is not kept.
    let fence = first(&mut records, request(6, known(1)), now);
    let outcome = finish(&mut records, 6, fence, response(4 * RECORD_BYTES), now);
    assert_eq!(outcome, FinishOutcome::Full);
    assert_eq!(kept(&records, [6, 100]), [100]);
}

#[test]
fn requests_in_progress_are_bounded_and_never_evicted() {
    let mut records = records(usize::MAX, 2 * RECORD_BYTES);
    let now = Instant::now();
    let one = first(&mut records, request(1, known(1)), now);
    first(&mut records, request(2, known(1)), now);
    assert_eq!(records.begin(request(3, known(1)), now), BeginOutcome::Full);
    // Another caller has a share of its own.
    first(&mut records, request(4, known(2)), now);
    records.forget(id(1), one);
    first(&mut records, request(3, known(1)), now);
    // Leases end, so a process that died takes no share for ever.
    first(&mut records, request(5, known(1)), now + LEASE);
    assert_eq!(kept(&records, 1..=5), [5]);
}

#[test]
fn strangers_displace_strangers_and_never_an_identified_caller() {
    let mut records = records(6 * RECORD_BYTES, 4 * RECORD_BYTES);
    let now = Instant::now();
    for number in 1..=3 {
        complete(&mut records, number, known(1), 1, now);
    }
    for number in 10..1000 {
        complete(&mut records, number, stranger(number), 1, now);
    }
    assert_eq!(kept(&records, 1..=3), [1, 2, 3]);
    assert_eq!(kept(&records, 10..1000).len(), 3);
    // Identified callers take what strangers had.
    complete(&mut records, 4, known(1), 1, now);
    for number in 5..=6 {
        complete(&mut records, number, known(2), 1, now);
    }
    assert_eq!(kept(&records, 1..1000), [1, 2, 3, 4, 5, 6]);
    let refused = records.begin(request(10, stranger(1)), now);
    assert_eq!(refused, BeginOutcome::Full);
    assert_eq!(kept(&records, 1..=6), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn of_identified_callers_the_one_that_takes_most_loses_its_oldest_response() {
    let mut records = records(6 * RECORD_BYTES, 5 * RECORD_BYTES);
    let now = Instant::now();
    complete(&mut records, 1, known(1), 1, now);
    for number in 2..=6 {
        complete(&mut records, number, known(2), 1, now);
    }
    complete(&mut records, 7, known(3), 1, now);
    assert_eq!(kept(&records, 1..=7), [1, 3, 4, 5, 6, 7]);
}

#[test]
fn headers_count() {
    let mut records = records(usize::MAX, usize::MAX);
    let now = Instant::now();
    let fence = first(&mut records, request(1, known(1)), now);
    let fields = vec![("location".to_owned(), b"/orders/1".to_vec())];
    let response = StoredResponse::new(201, fields, b"{}".to_vec());
    assert_eq!(response.size(), 8 + 9 + 2);
    finish(&mut records, 1, fence, response, now);
    assert_eq!(records.bytes, RECORD_BYTES + FIELD_BYTES + 19);
}

#[test]
fn what_is_removed_takes_nothing() {
    let mut records = records(50 * RECORD_BYTES, 10 * RECORD_BYTES);
    let mut now = Instant::now();
    for round in 0..2000 {
        now += Duration::from_millis(500);
        let caller = if round % 3 == 0 {
            stranger(round % 7)
        } else {
            known(round % 5)
        };
        let BeginOutcome::First(fence) = records.begin(request(round, caller), now) else {
            continue;
        };
        match round % 4 {
            0 => records.forget(id(round), fence),
            1 => {}
            _ => drop(finish(
                &mut records,
                round,
                fence,
                response(round as usize % 3000),
                now,
            )),
        }
        assert!(records.bytes <= records.max_bytes);
        let counted: usize = records.by_id.values().map(|record| record.bytes).sum();
        assert_eq!(counted, records.bytes);
        assert_eq!(records.ends.len(), records.by_id.len());
    }
    records.drop_ended(now + 2 * MINUTE);
    assert_eq!(
        (records.bytes, records.by_id.len(), records.ends.len()),
        (0, 0, 0)
    );
    assert!(records.shares.is_empty());
}
