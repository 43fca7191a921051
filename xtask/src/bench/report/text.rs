//! The prose of the page.

pub(super) const HEAD: &str = "\
# Benchmarks

Written by `cargo xtask bench`; do not edit. The figures that count are instructions: they repeat within a
percent on machines of the same kind, unlike times. Times give the scale and hold for one machine only.

";

pub(super) const LIMITS: &str = "\
`cargo xtask bench --strict` fails when one of these limits does not hold, or one of those of the next table.

";

pub(super) const SHAPES: &str = "\
The same endpoints three times, in [benches](../benches): with Purlin, its registry in an actix-web `App` with nothing else in it;
and by hand on actix-web and on axum, as a careful author writes them with serde_json and garde. Before they are counted, the
programs have to return the same: status, media type, `Location`, and the same value; for a rejected request the same places of
violations. They also have to reject a missing key, another media type, an unknown field and truncated JSON with the same status.

Instructions are those of the whole process per request, on one connection, with one worker. The limit is that of the larger
ratio: an accepted request takes no more than either program by hand, a rejected one 1.2 × the cheaper one.

";

pub(super) const DISPATCH: &str = "\
A GET for the route registered last; it has one path parameter, decoded as `u64`, and returns 204. Served in process, by the
`App` service without a socket.

";

pub(super) const MIDDLEWARE: &str = "\
The cost of the [middleware](middleware.md): instructions of the whole server per GET of `/` on an open connection, with the
profile `dist` and one worker. Without middleware the same API is served by a plain actix-web `App`
(`crates/greetings/examples/problem_details.rs`). The figures include the thread of the log.

";

pub(super) const DECODE: &str = "\
Bytes to a validated value or to a report, without HTTP.

";

pub(super) const THROUGHPUT: &str = "\
A GET of `/` that returns a one-field object, from 64 connections with one request at a time each. All servers have one worker and
run on one machine with wrk, in turns; the figures are those of all turns, and the 99th percentile is the largest. Compare within the
table.

";

pub(super) const ALLOCATORS: &str = "\
The shipped server with each C library and allocator; what is chosen, and why, is in
[0021](decisions/0021-allocator-of-the-shipped-program.md). Instructions are those of the whole server per request, as it is
installed, without the access log.

";

pub(super) const METHOD: &str = "\
The figures are kept in [figures.json](benchmarks/figures.json); `cargo xtask bench --render` writes this page and its charts from
them. `cargo xtask bench --shapes NAME` compares the shapes whose name contains NAME, in a minute.

**Whole servers.** A server runs under callgrind with one worker, gets requests on one connection, one after the other, and is
stopped. The difference of two runs by the difference of their requests excludes the start, the end, and the first requests of each
shape. What the kernel does is not counted: all servers read and write the same bytes with the same system calls.

**An artefact is taken out.** For each request actix-http clears a list of 3 KB two or three times. glibc does so with
`rep stosb`, one instruction that callgrind counts once per byte, about 6,200 for a GET that takes a tenth of that time. The
servers run with a threshold above which glibc takes that instruction (`GLIBC_TUNABLES`), so the same bytes are cleared with vector
instructions and counted as those. This holds for every server on actix-web, so for Purlin and its opponent alike; without it both
would look the more similar.

**The programs that are compared** are built with the profile `compared`: link-time optimisation, and every crate built to be quick.
`dist`, with which the server ships, builds only those crates to be quick that are on the way of Purlin's requests, and would put
axum at a disadvantage.

**What a ratio does not say.** Programs by hand can be faster: by not naming all violations, by not rejecting unknown fields, or by a
parser of one's own. An instruction is not a unit of time: memory that is not in the cache takes longer. A map that is read
by hand keeps the last of two members of one name, whereas Purlin rejects the second. Throughput on a machine that runs the load
generator as well says how servers compare, and not what they can do.

**In process.** Cases are in `crates/router/benches` and `crates/schemas/benches`; without arguments a bench lists them.
Instructions of one iteration are again the difference of two counts by the difference of their iterations:

```console
valgrind --tool=callgrind --toggle-collect='*::measured' BENCH CASE 200
valgrind --tool=callgrind --toggle-collect='*::measured' BENCH CASE 1200
```

(4 and 12 iterations for actix-web from 1,000 routes on.) Nanoseconds are the median round of `BENCH --wall CASE`. The profile
of these benches is `bench`.
";
