//! A bounded queue of log lines and the thread that writes them.
//!
//! Logging never blocks requests: a line that finds the queue full is dropped and counted, as is one that cannot be
//! written. Long lines take the place of several, so that the memory of the queue is bounded too. The count is logged at
//! most once per second, and is one of the metrics.
//!
//! Lines wait one after the other in a single buffer, which the thread swaps for an empty one: queueing a line allocates
//! nothing once the buffer has grown to its usual size.

use std::{
    io::{self, Write},
    mem,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use log::{Level, Record};

use super::record;
use crate::settings::LogFormat;

/// How long the writer pauses after it has written, so that a busy server does not wake it for every line. The queue has room
/// for the lines that are logged meanwhile.
const GATHERING: Duration = Duration::from_millis(1);

/// The least time between two reports of dropped lines.
const PERIOD: Duration = Duration::from_secs(1);

/// The bytes of a line that the queue has room for; of longer lines it takes fewer.
pub(crate) const LINE_BYTES: usize = 512;

/// The time to wait for a standard error that is non-blocking and full.
const PAUSE: Duration = Duration::from_millis(5);

/// A buffer that has grown larger than this is freed after use.
const KEPT_BYTES: usize = 1024 * 1024;

/// The queue; dropping it ends the writer thread once all lines are written.
pub(super) struct LogQueue(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// Wakes the writer.
    wake: Condvar,
    /// Wakes those who wait in [`LogQueue::flush`].
    flushed: Condvar,
    /// The most lines that may wait.
    capacity: usize,
    dropped: AtomicU64,
}

#[derive(Default)]
struct State {
    lines: usize,
    bytes: Vec<u8>,
    is_writer_waiting: bool,
    flushes_requested: u64,
    flushes_done: u64,
    is_closed: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in a critical section panics; a poisoned state would be whole all the same.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl LogQueue {
    /// Starts the writer thread.
    pub(super) fn start(
        capacity: usize,
        out: impl Write + Send + 'static,
        format: LogFormat,
    ) -> io::Result<Arc<Self>> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            wake: Condvar::new(),
            flushed: Condvar::new(),
            capacity,
            dropped: AtomicU64::new(0),
        });
        let writer = Writer {
            shared: Arc::clone(&shared),
            out,
            format,
            reported: 0,
            reported_at: None,
            is_torn: false,
        };
        thread::Builder::new()
            .name("purlin-log".to_owned())
            .spawn(|| writer.run())?;
        Ok(Arc::new(Self(shared)))
    }

    /// Queues a line, which ends with `\n`, or drops it.
    pub(super) fn push(&self, line: &[u8]) {
        let mut state = self.0.state();
        if state.lines >= self.0.capacity || state.bytes.len() >= self.0.capacity * LINE_BYTES {
            drop(state);
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.lines += 1;
        state.bytes.extend_from_slice(line);
        if mem::take(&mut state.is_writer_waiting) {
            drop(state);
            self.0.wake.notify_one();
        }
    }

    /// Returns how many lines were dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.0.dropped()
    }

    /// Waits until every queued line is written, or until the timeout.
    pub(super) fn flush(&self, timeout: Duration) {
        let mut state = self.0.state();
        state.flushes_requested += 1;
        state.is_writer_waiting = false;
        let request = state.flushes_requested;
        self.0.wake.notify_one();
        let is_pending = |state: &mut State| state.flushes_done < request;
        // Whether they are written or not: nothing more can be done.
        let _ = self
            .0
            .flushed
            .wait_timeout_while(state, timeout, is_pending);
    }
}

impl Drop for LogQueue {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.wake.notify_one();
    }
}

/// The target that `env_logger` writes formatted lines to.
pub(super) struct Pipe(pub(super) Arc<LogQueue>);

impl Write for Pipe {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the writer takes from the queue at once.
struct Batch {
    /// The latest flush that was requested.
    flush: u64,
    is_flush_new: bool,
}

struct Writer<W> {
    shared: Arc<Shared>,
    out: W,
    format: LogFormat,
    /// How many dropped lines have been reported.
    reported: u64,
    reported_at: Option<Instant>,
    /// Whether the last thing written was a part of a line.
    is_torn: bool,
}

impl<W: Write> Writer<W> {
    fn run(mut self) {
        let mut bytes = Vec::new();
        while let Some(batch) = self.next(&mut bytes) {
            let lost = self.write(&bytes);
            self.shared.dropped.fetch_add(lost, Ordering::Relaxed);
            bytes.clear();
            bytes.shrink_to(KEPT_BYTES);
            self.report_dropped(batch.is_flush_new);
            if batch.is_flush_new {
                self.shared.state().flushes_done = batch.flush;
                self.shared.flushed.notify_all();
            } else {
                thread::sleep(GATHERING);
            }
        }
    }

    /// Waits for lines, for a flush, or until it is time to report dropped lines. Returns nothing once the queue is
    /// closed and empty.
    fn next(&self, bytes: &mut Vec<u8>) -> Option<Batch> {
        let mut state = self.shared.state();
        while state.lines == 0 && state.flushes_requested == state.flushes_done {
            if state.is_closed {
                return None;
            }
            state.is_writer_waiting = true;
            if self.shared.dropped() == self.reported {
                let woken = self.shared.wake.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            } else {
                let woken = self.shared.wake.wait_timeout(state, PERIOD);
                let (woken, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
                state = woken;
                if timeout.timed_out() {
                    break;
                }
            }
        }
        state.is_writer_waiting = false;
        mem::swap(&mut state.bytes, bytes);
        state.lines = 0;
        Some(Batch {
            flush: state.flushes_requested,
            is_flush_new: state.flushes_requested > state.flushes_done,
        })
    }

    /// Writes whole lines. Returns how many are lost, because standard error is closed or its device is full.
    fn write(&mut self, mut lines: &[u8]) -> u64 {
        if self.is_torn && !lines.is_empty() {
            self.is_torn = self.out.write_all(b"\n").is_err();
        }
        while !lines.is_empty() {
            match self.out.write(lines) {
                Ok(written @ 1..) => {
                    self.is_torn = lines.get(written - 1) != Some(&b'\n');
                    lines = lines.get(written..).unwrap_or_default();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Another process made it non-blocking, and it is full.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PAUSE),
                Ok(_) | Err(_) => {
                    let lost = lines.iter().filter(|byte| **byte == b'\n').count();
                    return lost as u64;
                }
            }
        }
        0
    }

    fn report_dropped(&mut self, at_once: bool) {
        let dropped = self.shared.dropped();
        let lost = dropped - self.reported;
        let is_early = self.reported_at.is_some_and(|at| at.elapsed() < PERIOD);
        if lost == 0 || (is_early && !at_once) {
            return;
        }
        self.reported = dropped;
        self.reported_at = Some(Instant::now());
        let count = ("lost", lost);
        let record = Record::builder()
            .level(Level::Warn)
            .target("purlin::log")
            .args(format_args!(
                "lines were lost: standard error accepted them too slowly or not at all"
            ))
            .key_values(&count)
            .build();
        let mut line = String::new();
        record::write(&record, self.format, None, None, &mut line);
        // If this cannot be written either, it is reported later.
        if self.write(line.as_bytes()) > 0 {
            self.reported = dropped - lost;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, MutexGuard};

    use super::*;

    /// A writer that blocks while its lock is held, and fails on request.
    #[derive(Clone, Default)]
    struct Out(Arc<Mutex<(Vec<u8>, bool)>>);

    impl Out {
        fn inner(&self) -> MutexGuard<'_, (Vec<u8>, bool)> {
            self.0.lock().unwrap()
        }

        fn text(&self) -> String {
            String::from_utf8(self.inner().0.clone()).unwrap()
        }
    }

    impl Write for Out {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut inner = self.inner();
            if inner.1 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            // A few bytes at a time, as a pipe may accept them.
            let part = bytes.get(..3).unwrap_or(bytes);
            inner.0.extend_from_slice(part);
            Ok(part.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn line(number: u32) -> Vec<u8> {
        format!("line {number}\n").into_bytes()
    }

    #[test]
    fn lines_are_written_whole_and_in_order() {
        let out = Out::default();
        let queue = LogQueue::start(100, out.clone(), LogFormat::Text).unwrap();
        (0..20).for_each(|number| queue.push(&line(number)));
        queue.flush(Duration::from_secs(10));
        let expected: Vec<u8> = (0..20).flat_map(line).collect();
        assert_eq!(out.text().into_bytes(), expected);
        assert_eq!(queue.dropped(), 0);
    }

    #[test]
    fn a_blocked_output_blocks_no_logger_and_dropped_lines_are_reported() {
        let out = Out::default();
        let queue = LogQueue::start(4, out.clone(), LogFormat::Text).unwrap();
        {
            let _blocked = out.inner();
            // The writer takes at most four of these before it blocks, and four wait.
            (0..100).for_each(|number| queue.push(&line(number)));
            let begin = Instant::now();
            queue.flush(Duration::from_millis(20));
            assert!(begin.elapsed() < Duration::from_secs(5));
        }
        queue.flush(Duration::from_secs(10));
        let dropped = queue.dropped();
        assert!((92..=96).contains(&dropped), "{dropped}");
        let text = out.text();
        assert!(text.contains(&format!("lost={dropped}\n")), "{text}");
    }

    #[test]
    fn a_failing_output_does_not_end_the_log() {
        let out = Out::default();
        let queue = LogQueue::start(100, out.clone(), LogFormat::Text).unwrap();
        out.inner().1 = true;
        queue.push(&line(1));
        queue.push(&line(2));
        queue.flush(Duration::from_secs(10));
        assert!(queue.dropped() >= 2);
        out.inner().1 = false;
        queue.push(&line(3));
        queue.flush(Duration::from_secs(10));
        assert!(out.text().contains("line 3\n"), "{}", out.text());
    }

    #[test]
    fn dropping_the_queue_writes_what_waits_and_ends_the_thread() {
        let out = Out::default();
        let queue = LogQueue::start(100, out.clone(), LogFormat::Text).unwrap();
        let shared = Arc::downgrade(&queue.0);
        queue.push(&line(1));
        drop(queue);
        let begin = Instant::now();
        while shared.strong_count() > 0 {
            assert!(begin.elapsed() < Duration::from_secs(10));
            thread::yield_now();
        }
        assert_eq!(out.text(), "line 1\n");
    }

    #[test]
    fn long_lines_take_the_place_of_several() {
        let out = Out::default();
        let writing = out.inner();
        let queue = LogQueue::start(100, out.clone(), LogFormat::Text).unwrap();
        // The writer takes what is there once; then it waits for the lock.
        queue.push(b"first\n");
        while queue.0.state().lines > 0 {
            thread::yield_now();
        }
        let long = [b"x".repeat(16 * LINE_BYTES - 1), b"\n".to_vec()].concat();
        for _ in 0..100 {
            queue.push(&long);
        }
        let state = queue.0.state();
        assert_eq!((state.lines, state.bytes.len()), (7, 7 * 16 * LINE_BYTES));
        drop(state);
        assert_eq!(queue.dropped(), 93);
        drop(writing);
    }
}
