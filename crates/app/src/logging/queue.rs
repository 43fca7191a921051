//! From whoever logs to standard error: a bounded queue and one thread that empties it.
//!
//! Nobody waits for standard error. A line that finds the queue full is dropped and counted, as is one that cannot be
//! written; the count is told as a line of its own, at most once a second, and among the metrics.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{
            Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel, sync_channel,
        },
    },
    thread,
    time::{Duration, Instant},
};

use log::{Level, Record};

use super::record;
use crate::settings::LogFormat;

/// How many bytes are written at once, about.
const BATCH: usize = 64 * 1024;

/// So many lines at once are many: then it is waited for more, so that those who log need not wake this thread each time.
const MANY: usize = 8;

/// How long; the queue has room for what comes meanwhile.
const GATHERING: Duration = Duration::from_millis(1);

/// How often at most the lost lines are told.
const PERIOD: Duration = Duration::from_secs(1);

/// How long to wait for a standard error that takes nothing at the moment.
const PAUSE: Duration = Duration::from_millis(5);

enum Item {
    Line(Vec<u8>),
    /// To be answered once all before it has been written.
    Flush(Sender<()>),
}

/// The way of the lines.
pub(crate) struct Lines {
    queue: SyncSender<Item>,
    dropped: Arc<AtomicU64>,
}

impl Lines {
    /// Starts the thread that writes.
    pub(super) fn start(
        capacity: usize,
        out: impl Write + Send + 'static,
        format: LogFormat,
    ) -> io::Result<Arc<Self>> {
        let (queue, items) = sync_channel(capacity);
        let dropped = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            items,
            out,
            format,
            dropped: Arc::clone(&dropped),
            told: 0,
            told_at: None,
            is_torn: false,
        };
        thread::Builder::new()
            .name("purlin-log".to_owned())
            .spawn(|| writer.run())?;
        Ok(Arc::new(Self { queue, dropped }))
    }

    /// Hands a line over, or drops it.
    pub(super) fn put(&self, line: Vec<u8>) {
        if self.queue.try_send(Item::Line(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many lines were lost.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until all that was put has been written, or until patience is at its end.
    pub(super) fn flush(&self, patience: Duration) {
        let end = Instant::now() + patience;
        let (done, is_done) = channel();
        let mut item = Item::Flush(done);
        loop {
            match self.queue.try_send(item) {
                Ok(()) => break,
                Err(TrySendError::Full(same)) if Instant::now() < end => {
                    item = same;
                    thread::sleep(PAUSE);
                }
                Err(_) => return,
            }
        }
        // Whether it was written or not: there is nothing more to do.
        let _ = is_done.recv_timeout(end.saturating_duration_since(Instant::now()));
    }
}

struct Writer<W> {
    items: Receiver<Item>,
    out: W,
    format: LogFormat,
    dropped: Arc<AtomicU64>,
    /// How many lost lines have been told.
    told: u64,
    told_at: Option<Instant>,
    /// Whether the last thing written was a part of a line.
    is_torn: bool,
}

impl<W: Write> Writer<W> {
    fn run(mut self) {
        let mut batch = Vec::new();
        let mut flushed = Vec::new();
        while let Some(first) = self.wait() {
            let mut next = first;
            let mut lines = 0;
            while let Some(item) = next {
                match item {
                    Item::Line(line) => {
                        batch.extend_from_slice(&line);
                        lines += 1;
                    }
                    Item::Flush(done) => flushed.push(done),
                }
                next = match batch.len() {
                    ..BATCH => self.items.try_recv().ok(),
                    _ => None,
                };
            }
            let are_many = lines >= MANY && flushed.is_empty();
            let lost = self.write(&batch);
            self.dropped.fetch_add(lost, Ordering::Relaxed);
            batch.clear();
            self.tell(!flushed.is_empty());
            for done in flushed.drain(..) {
                // Who asked may have lost patience.
                let _ = done.send(());
            }
            if are_many {
                thread::sleep(GATHERING);
            }
        }
    }

    /// The next item, or nothing when it is time to tell what was lost; the end when there is nobody left to log.
    fn wait(&self) -> Option<Option<Item>> {
        if self.dropped.load(Ordering::Relaxed) == self.told {
            return self.items.recv().ok().map(Some);
        }
        match self.items.recv_timeout(PERIOD) {
            Ok(item) => Some(Some(item)),
            Err(RecvTimeoutError::Timeout) => Some(None),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Writes whole lines, and says how many are lost: what standard error refuses (closed, no space left).
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
                // Somebody made it non-blocking, and it is full.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PAUSE),
                Ok(_) | Err(_) => {
                    let lost = lines.iter().filter(|byte| **byte == b'\n').count();
                    return lost as u64;
                }
            }
        }
        0
    }

    fn tell(&mut self, at_once: bool) {
        let dropped = self.dropped.load(Ordering::Relaxed);
        let lost = dropped - self.told;
        let is_early = self.told_at.is_some_and(|at| at.elapsed() < PERIOD);
        if lost == 0 || (is_early && !at_once) {
            return;
        }
        self.told = dropped;
        self.told_at = Some(Instant::now());
        let count = ("lost", lost);
        let record = Record::builder()
            .level(Level::Warn)
            .target("purlin::log")
            .args(format_args!(
                "lines were lost: standard error took them slower than they came, or not at all"
            ))
            .key_values(&count)
            .build();
        let line = record::of(&record, self.format, None);
        // Where this cannot be written either, it is told later.
        if self.write(&line) > 0 {
            self.told = dropped - lost;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, MutexGuard};

    use super::*;

    /// Takes what it is told to take, while nobody holds the lock.
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
            // In pieces, as a pipe does it.
            let piece = bytes.get(..3).unwrap_or(bytes);
            inner.0.extend_from_slice(piece);
            Ok(piece.len())
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
        let lines = Lines::start(100, out.clone(), LogFormat::Text).unwrap();
        (0..20).for_each(|number| lines.put(line(number)));
        lines.flush(Duration::from_secs(10));
        let expected: Vec<u8> = (0..20).flat_map(line).collect();
        assert_eq!(out.text().into_bytes(), expected);
        assert_eq!(lines.dropped(), 0);
    }

    #[test]
    fn nobody_waits_for_an_out_that_takes_nothing_and_what_is_lost_is_told() {
        let out = Out::default();
        let lines = Lines::start(4, out.clone(), LogFormat::Text).unwrap();
        {
            let _stuck = out.inner();
            // The thread takes two of these before it writes, however quick it is, and the queue takes four.
            let long = [vec![b'x'; BATCH - 1000], vec![b'\n']].concat();
            (0..100).for_each(|_| lines.put(long.clone()));
            let begin = Instant::now();
            lines.flush(Duration::from_millis(20));
            assert!(begin.elapsed() < Duration::from_secs(5));
        }
        lines.flush(Duration::from_secs(10));
        let dropped = lines.dropped();
        assert!((90..100).contains(&dropped), "{dropped}");
        let text = out.text();
        assert!(text.contains(&format!("lost={dropped}\n")), "{text}");
    }

    #[test]
    fn an_out_that_refuses_does_not_end_the_log() {
        let out = Out::default();
        let lines = Lines::start(100, out.clone(), LogFormat::Text).unwrap();
        out.inner().1 = true;
        lines.put(line(1));
        lines.put(line(2));
        lines.flush(Duration::from_secs(10));
        assert!(lines.dropped() >= 2);
        out.inner().1 = false;
        lines.put(line(3));
        lines.flush(Duration::from_secs(10));
        assert!(out.text().contains("line 3\n"), "{}", out.text());
    }
}
