//! Redis and Valkey: one script, so one round trip, for each call. A script is sent again in full when the server does not know it.
//!
//! Times are those of the server's clock, and every key has a lifetime. The requests with idempotency keys are in 16 parts, by the first digit of
//! their ids, each bounded by itself: the keys of a part are in one slot of a cluster. So limits of bytes are approximate: a
//! part has a sixteenth of the total, and an eighth of the share of a caller, whose ids need not spread evenly.

mod connection;

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use redis::{
    ErrorKind, FromRedisValue, RedisError, Script, ScriptInvocation, ServerErrorKind, Value,
};

use self::connection::Connection;
use crate::{
    digest::Digest,
    engine::{Engine, EngineFuture, RECORD_BYTES, decode, encode, milliseconds},
    error::StoreError,
    idempotency::{BeginOutcome, BeginRequest, Caller, Fence, FinishOutcome, StoredResponse},
    options::{StoreOptions, StoreUrlError},
    rate_limit::{Client, Remaining},
};

/// The parts of the requests.
const PARTS: u64 = 16;

/// The nanoseconds of a tick of `take.lua`.
const TICK: u64 = 125;

/// The engine.
struct Redis {
    connection: Connection,
    prefix: String,
    begin: Script,
    finish: Script,
    forget: Script,
    take: Script,
    revoke: Script,
    /// The bytes of a part.
    max_bytes: u64,
    /// The bytes of a caller in a part.
    max_bytes_per_caller: u64,
    /// Whether keys in different slots need a call each.
    is_cluster: AtomicBool,
}

/// Creates the engine of a URL.
pub(crate) fn create(url: &str, options: &StoreOptions) -> Result<Arc<dyn Engine>, StoreUrlError> {
    let of_records = |script| Script::new(&format!("{}{script}", include_str!("records.lua")));
    Ok(Arc::new(Redis {
        connection: Connection::new(url)?,
        prefix: options.prefix.clone(),
        begin: of_records(include_str!("begin.lua")),
        finish: of_records(include_str!("finish.lua")),
        forget: of_records(include_str!("forget.lua")),
        take: Script::new(include_str!("take.lua")),
        revoke: Script::new(include_str!("revoke.lua")),
        max_bytes: options.max_bytes / PARTS,
        max_bytes_per_caller: options.max_bytes_per_caller / (PARTS / 2),
        is_cluster: AtomicBool::new(false),
    }))
}

impl Redis {
    /// Returns what the keys of the part of a request begin with, and the key of the request.
    fn keys(&self, id: &str) -> (String, String) {
        let part = id.get(..1).unwrap_or_default();
        let base = format!("{{{}:{part}}}:", self.prefix);
        let record = format!("{base}r:{id}");
        (base, record)
    }

    async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, RedisError> {
        let mut used = self.connection.get()?;
        let result = script.invoke_async(used.manager()).await;
        match &result {
            // The connection is in order; keys are in different slots.
            Err(error) if is_cross_slot(error) => used.release(),
            Err(_) => {}
            Ok(_) => used.release(),
        }
        result
    }

    async fn begin(&self, request: BeginRequest) -> Result<BeginOutcome, StoreError> {
        let id = hex(&request.id);
        let (base, record) = self.keys(&id);
        let mut script = self.begin.key(record);
        script
            .arg(base)
            .arg(&id)
            .arg(request.fingerprint.as_slice())
            .arg(caller(request.caller))
            .arg(milliseconds(request.lease))
            .arg(RECORD_BYTES)
            .arg(self.max_bytes_per_caller)
            .arg(self.max_bytes);
        let reply: Vec<Value> = self.invoke(&script).await.map_err(failed)?;
        let [outcome, rest @ ..] = reply.as_slice() else {
            return Err(unexpected());
        };
        Ok(match (outcome, rest) {
            (Value::Int(0), [Value::BulkString(fence)]) => {
                let fence = std::str::from_utf8(fence).ok();
                let fence = fence.and_then(|fence| fence.parse().ok());
                BeginOutcome::First(Fence(fence.ok_or_else(unexpected)?))
            }
            (Value::Int(1), _) => BeginOutcome::InProgress,
            (Value::Int(2), _) => BeginOutcome::Different,
            (Value::Int(3), [Value::BulkString(response)]) => {
                BeginOutcome::Completed(decode(response)?)
            }
            (Value::Int(4), _) => BeginOutcome::Full,
            _ => return Err(unexpected()),
        })
    }

    async fn finish(
        &self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> Result<FinishOutcome, StoreError> {
        let id = hex(&id);
        let (base, record) = self.keys(&id);
        let bytes = encode(&response);
        let mut script = self.finish.key(record);
        script
            .arg(base)
            .arg(&id)
            .arg(fence.0)
            .arg(&bytes)
            .arg(milliseconds(keep))
            .arg(bytes.len() as u64 + RECORD_BYTES)
            .arg(self.max_bytes_per_caller)
            .arg(self.max_bytes);
        match self.invoke(&script).await.map_err(failed)? {
            0 => Ok(FinishOutcome::Stored),
            1 => Ok(FinishOutcome::LeaseLost),
            2 => Ok(FinishOutcome::Full),
            _ => Err(unexpected()),
        }
    }

    async fn forget(&self, id: Digest, fence: Fence) -> Result<(), StoreError> {
        let (base, record) = self.keys(&hex(&id));
        let mut script = self.forget.key(record);
        script.arg(base).arg(fence.0);
        let _: u8 = self.invoke(&script).await.map_err(failed)?;
        Ok(())
    }

    async fn take(&self, clients: Vec<Client>) -> Result<Vec<Remaining>, StoreError> {
        if !self.is_cluster.load(Relaxed) {
            match self.take_together(&clients).await {
                Err(error) if is_cross_slot(&error) && clients.len() > 1 => {
                    self.is_cluster.store(true, Relaxed);
                }
                taken => return taken.map_err(failed),
            }
        }
        let mut all = Vec::with_capacity(clients.len());
        for client in &clients {
            let taken = self.take_together(std::slice::from_ref(client)).await;
            all.extend(taken.map_err(failed)?);
            if all.last().is_none_or(|remaining| !remaining.is_taken()) {
                break;
            }
        }
        Ok(all)
    }

    fn revocation(&self, id: Digest) -> String {
        format!("{}:v:{}", self.prefix, hex(&id))
    }

    async fn revoke(&self, id: Digest, lasts: Duration) -> Result<(), StoreError> {
        let mut script = self.revoke.key(self.revocation(id));
        script.arg(milliseconds(lasts));
        let _: u8 = self.invoke(&script).await.map_err(failed)?;
        Ok(())
    }

    async fn is_revoked(&self, id: Digest) -> Result<bool, StoreError> {
        let mut used = self.connection.get().map_err(failed)?;
        let mut command = redis::cmd("EXISTS");
        command.arg(self.revocation(id));
        let found = command.query_async(used.manager()).await.map_err(failed)?;
        used.release();
        Ok(found)
    }

    async fn take_together(&self, clients: &[Client]) -> Result<Vec<Remaining>, RedisError> {
        let mut script = self.take.prepare_invoke();
        for client in clients {
            script
                .key(format!("{}:l:{}", self.prefix, hex(&client.key)))
                .arg((client.quota.interval() / TICK).max(1))
                .arg((client.quota.window() / TICK).max(1));
        }
        let times: Vec<u64> = self.invoke(&script).await?;
        let (times, _) = times.as_chunks::<2>();
        let times = times.iter().zip(clients);
        let of = |([used, wait], client): (&[u64; 2], &Client)| {
            client.quota.remaining(used * TICK, wait * TICK)
        };
        Ok(times.map(of).collect())
    }
}

/// Returns the digest of a caller, with a letter for what it is known by.
fn caller(caller: Caller) -> String {
    let kind = if caller.is_anonymous { 'a' } else { 'k' };
    format!("{kind}{}", hex(&caller.digest))
}

fn hex(digest: &Digest) -> String {
    let mut text = String::with_capacity(2 * digest.len());
    for byte in digest {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn is_cross_slot(error: &RedisError) -> bool {
    // In the reply of a command, or in that of the command of a script.
    error.kind() == ErrorKind::Server(ServerErrorKind::CrossSlot)
        || error.to_string().contains("hash to the same slot")
}

fn failed(error: RedisError) -> StoreError {
    StoreError::new(error.to_string())
}

#[cold]
fn unexpected() -> StoreError {
    StoreError::new("an unexpected reply of a script")
}

impl Engine for Redis {
    fn open(self: Arc<Self>) -> EngineFuture<()> {
        self.check()
    }

    fn check(self: Arc<Self>) -> EngineFuture<()> {
        Box::pin(async move {
            let mut used = self.connection.get().map_err(failed)?;
            let ping = redis::cmd("PING");
            let _: Value = ping.query_async(used.manager()).await.map_err(failed)?;
            used.release();
            Ok(())
        })
    }

    fn close(self: Arc<Self>) -> EngineFuture<()> {
        self.connection.close();
        Box::pin(async { Ok(()) })
    }

    fn begin(self: Arc<Self>, request: BeginRequest) -> EngineFuture<BeginOutcome> {
        Box::pin(async move { Redis::begin(&self, request).await })
    }

    fn finish(
        self: Arc<Self>,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> EngineFuture<FinishOutcome> {
        Box::pin(async move { Redis::finish(&self, id, fence, response, keep).await })
    }

    fn forget(self: Arc<Self>, id: Digest, fence: Fence) -> EngineFuture<()> {
        Box::pin(async move { Redis::forget(&self, id, fence).await })
    }

    fn take(self: Arc<Self>, clients: Vec<Client>) -> EngineFuture<Vec<Remaining>> {
        Box::pin(async move { Redis::take(&self, clients).await })
    }

    fn revoke(self: Arc<Self>, id: Digest, lasts: Duration) -> EngineFuture<()> {
        Box::pin(async move { Redis::revoke(&self, id, lasts).await })
    }

    fn is_revoked(self: Arc<Self>, id: Digest) -> EngineFuture<bool> {
        Box::pin(async move { Redis::is_revoked(&self, id).await })
    }
}
