//! The page docs/benchmarks.md, and its charts.

use std::fmt::Write as _;

use anyhow::Result;
use cargo_purlin::dist::grouped;
use fs_err as fs;

use super::{
    chart::{Bar, Chart, Group},
    figures::{Allocator, Cost, Dispatch, Figures, Load, Middleware, Shape, Start},
    limits::{self, Limit},
    process::{PROFILE, STARTS, WORKERS},
    units::{megabytes, micros, millis, ratio},
};
use crate::run::root;

const HEAD: &str = "\
# Benchmarks

Written by `cargo xtask bench`; do not edit. The figures that count are instructions: they repeat within a
percent on machines of the same kind, unlike times. Times give the scale and hold for one machine only.

";

const HOW_LIMITS: &str = "\
`cargo xtask bench --strict` fails when one of these limits does not hold, or one of those of the next table.

";

const HOW_SHAPES: &str = "\
The same endpoints three times, in [benches](../benches): with Purlin, its registry in an actix-web `App` with nothing else in it;
and by hand on actix-web and on axum, as a careful author writes them with serde_json and garde. Before they are counted, the
programs have to return the same: status, media type, `Location`, and the same value; for a rejected request the same places of
violations. They also have to reject a missing key, another media type, an unknown field and truncated JSON with the same status.

Instructions are those of the whole process per request, on one connection, with one worker. The limit is that of the larger
ratio: an accepted request takes no more than either program by hand, a rejected one 1.2 × the cheaper one.

";

const HOW_DISPATCH: &str = "\
A GET for the route registered last; it has one path parameter, decoded as `u64`, and returns 204. Served in process, by the
`App` service without a socket.

";

const HOW_MIDDLEWARE: &str = "\
The cost of the [middleware](middleware.md): instructions of the whole server per GET of `/` on an open connection, with the
profile `dist` and one worker. Without middleware the same API is served by a plain actix-web `App`
(`crates/greetings/examples/problem_details.rs`). The figures include the thread of the log.

";

const HOW_DECODE: &str = "\
Bytes to a validated value or to a report, without HTTP.

";

const HOW_THROUGHPUT: &str = "\
A GET of `/` that returns a one-field object, from 64 connections with one request at a time each. All servers have one worker and
run on one machine with wrk, in turns; the figures are those of all turns, and the 99th percentile is the largest. Compare within the
table.

";

const HOW_ALLOCATORS: &str = "\
The shipped server with each C library and allocator; what is chosen, and why, is in
[0020](decisions/0020-allocator-of-the-shipped-program.md). Instructions are those of the whole server per request, as it is
installed, without the access log.

";

/// The charts, in the folder of the figures.
const SHAPES_CHART: &str = "benchmarks/shapes.svg";
const THROUGHPUT_CHART: &str = "benchmarks/throughput.svg";

/// Writes the page and its charts.
pub(super) fn write(figures: &Figures) -> Result<()> {
    let docs = root().join("docs");
    fs::write(docs.join("benchmarks.md"), page(figures))?;
    for (path, svg) in charts(figures) {
        fs::write(docs.join(path), svg)?;
    }
    Ok(())
}

fn charts(figures: &Figures) -> Vec<(&'static str, String)> {
    let mut charts = Vec::new();
    if !figures.shapes.is_empty() {
        charts.push((SHAPES_CHART, shapes_chart(&figures.shapes)));
    }
    if !figures.throughput.is_empty() {
        charts.push((THROUGHPUT_CHART, throughput_chart(&figures.throughput)));
    }
    charts
}

fn page(figures: &Figures) -> String {
    let mut out = HEAD.to_owned();
    limits_table(&mut out, &limits::of_others(figures));
    shapes(&mut out, &figures.shapes);
    if let Some(middleware_figures) = &figures.middleware {
        middleware(&mut out, middleware_figures);
    }
    throughput(&mut out, &figures.throughput);
    allocators(&mut out, &figures.allocators);
    dispatch(&mut out, &figures.dispatch);
    decode(&mut out, figures);
    if let Some(start_figures) = &figures.start {
        start(&mut out, start_figures);
    }
    method(&mut out, figures);
    out
}

fn limits_table(out: &mut String, limits: &[Limit]) {
    out.push_str("## Limits\n\n");
    out.push_str(HOW_LIMITS);
    table(out, &["figure", "measured", "at most", "limit"]);
    for limit in limits {
        let (figure, unit) = (limit.figure, limit.unit);
        let measured = if figure.is_nan() {
            "not measured".to_owned()
        } else if unit == " ×" {
            format!("{figure:.4}{unit}")
        } else {
            format!("{figure:.2}{unit}")
        };
        let most = format!("{}{unit}", limit.most);
        row(out, &[&limit.what, &measured, &most, limit.verdict()]);
    }
}

fn shapes(out: &mut String, shapes: &[Shape]) {
    if shapes.is_empty() {
        return;
    }
    out.push_str("\n## Shapes of requests\n\n");
    out.push_str(HOW_SHAPES);
    let _ = write!(
        out,
        "![Instructions by those by hand on actix-web]({SHAPES_CHART})\n\n"
    );
    table(
        out,
        &[
            "request",
            "Purlin",
            "by hand, actix-web",
            "by hand, axum",
            "to actix-web",
            "to axum",
            "at most",
            "limit",
        ],
    );
    for shape in shapes {
        let counts = [shape.purlin, shape.actix, shape.axum].map(grouped);
        let ratios = [shape.by_actix(), shape.by_axum()].map(|it| format!("{it:.3}"));
        let limit = limits::of_shape(shape);
        row(
            out,
            &[
                &shape.what,
                &counts[0],
                &counts[1],
                &counts[2],
                &ratios[0],
                &ratios[1],
                &format!("{:.2}", limit.most),
                limit.verdict(),
            ],
        );
    }
}

fn shapes_chart(shapes: &[Shape]) -> String {
    let group = |shape: &Shape| {
        let bar = |count| Bar {
            value: ratio(count, shape.actix),
            text: grouped(count),
        };
        Group {
            label: shape.name.clone(),
            bars: [shape.purlin, shape.actix, shape.axum].map(bar).into(),
        }
    };
    let chart = Chart {
        title: "Instructions per request, by those by hand on actix-web",
        series: &["Purlin", "by hand, actix-web", "by hand, axum"],
        groups: shapes.iter().map(group).collect(),
    };
    chart.svg()
}

fn middleware(out: &mut String, middleware: &Middleware) {
    out.push_str("\n## Middleware\n\n");
    out.push_str(HOW_MIDDLEWARE);
    table(out, &["server", "instructions", "ratio"]);
    let mut line = |what: &str, instructions| {
        let ratio = format!("{:.3}", ratio(instructions, middleware.bare));
        row(out, &[what, &grouped(instructions), &ratio]);
    };
    line("no middleware", middleware.bare);
    line("defaults, with the access log as text", middleware.defaults);
    line(
        "without the access log (`log.level = \"off\"`, as in all rows below but the next)",
        middleware.without_log,
    );
    for setting in &middleware.cases {
        line(&setting.what, setting.instructions);
    }
}

/// The columns of a server under load, after those that say which it is.
const LOAD: [&str; 6] = [
    "requests per second",
    "to the first",
    "p50, ms",
    "p99, ms",
    "processor time per request, µs",
    "memory afterwards, MB",
];

fn load(load: &Load, first: &Load) -> [String; 6] {
    let ms = |us| format!("{:.2}", millis(us * 1_000));
    [
        grouped(load.per_second),
        format!("{:.2}", ratio(load.per_second, first.per_second)),
        ms(load.p50_us),
        ms(load.p99_us),
        format!("{:.1}", micros(load.processor_ns)),
        format!("{:.1}", megabytes(load.rss_kb)),
    ]
}

fn throughput(out: &mut String, loads: &[Load]) {
    let Some(first) = loads.first() else {
        return;
    };
    out.push_str("\n## Throughput\n\n");
    out.push_str(HOW_THROUGHPUT);
    let _ = write!(out, "![Requests per second]({THROUGHPUT_CHART})\n\n");
    table(out, &[&["server"], &LOAD[..]].concat());
    for each in loads {
        let cells = load(each, first);
        let cells = cells.each_ref().map(String::as_str);
        row(out, &[&[each.what.as_str()], &cells[..]].concat());
    }
}

fn throughput_chart(loads: &[Load]) -> String {
    let group = |load: &Load| Group {
        label: load.what.clone(),
        bars: vec![Bar {
            value: load.per_second as f64,
            text: grouped(load.per_second),
        }],
    };
    let chart = Chart {
        title: "Requests per second, one worker",
        series: &[],
        groups: loads.iter().map(group).collect(),
    };
    chart.svg()
}

fn allocators(out: &mut String, allocators: &[Allocator]) {
    let Some(first) = allocators.first() else {
        return;
    };
    out.push_str("\n## C library and allocator\n\n");
    out.push_str(HOW_ALLOCATORS);
    table(
        out,
        &[
            "C library and allocator",
            "executable, MB",
            "GET, instructions",
            "POST, instructions",
            "idle, MB",
        ],
    );
    for each in allocators {
        let cells = [
            format!("{:.2}", each.binary_bytes as f64 / 1e6),
            grouped(each.get),
            grouped(each.post),
            format!("{:.1}", megabytes(each.idle_kb)),
        ];
        let cells = cells.each_ref().map(String::as_str);
        row(out, &[&[each.what.as_str()], &cells[..]].concat());
    }
    out.push('\n');
    table(
        out,
        &[&["C library and allocator", "workers"], &LOAD[..]].concat(),
    );
    for each in allocators {
        for (under, first) in each.loads.iter().zip(&first.loads) {
            let cells = load(under, first);
            let cells = cells.each_ref().map(String::as_str);
            let workers = under.workers.to_string();
            row(out, &[&[each.what.as_str(), &workers], &cells[..]].concat());
        }
    }
}

fn dispatch(out: &mut String, rows: &[Dispatch]) {
    if rows.is_empty() {
        return;
    }
    out.push_str("\n## Finding the operation\n\n");
    out.push_str(HOW_DISPATCH);
    table(
        out,
        &[
            "routes",
            "Purlin, instructions",
            "actix-web, instructions",
            "ratio",
            "Purlin, ns",
            "actix-web, ns",
        ],
    );
    for Dispatch {
        routes,
        purlin,
        actix,
    } in rows
    {
        let counts = [*routes, purlin.instructions, actix.instructions].map(grouped);
        let times = [purlin.ns, actix.ns].map(grouped);
        let ratio = format!("{:.4}", ratio(purlin.instructions, actix.instructions));
        row(
            out,
            &[
                &counts[0], &counts[1], &counts[2], &ratio, &times[0], &times[1],
            ],
        );
    }
}

fn decode(out: &mut String, figures: &Figures) {
    if figures.decode.is_empty() {
        return;
    }
    out.push_str("\n## Decoding alone\n\n");
    out.push_str(HOW_DECODE);
    table(out, &["case", "instructions", "ns"]);
    for case in &figures.decode {
        let Cost { instructions, ns } = case.cost;
        row(out, &[&case.what, &grouped(instructions), &grouped(ns)]);
    }
}

fn start(out: &mut String, start: &Start) {
    let ms = |ns| format!("{:.2} ms", millis(ns));
    out.push_str("\n## Start\n\n");
    table(out, &["what", "figure"]);
    let first = format!(
        "start of the process to the end of its first 200, {WORKERS} workers, median of {STARTS}"
    );
    let memory = format!("resident memory a second later (`VmRSS`), {WORKERS} workers");
    let rows = [
        (
            "declaring and building a registry of 1,000 operations",
            ms(start.build_ns),
        ),
        (
            "starting an `App` with it, once per worker",
            ms(start.register_ns),
        ),
        (&first, ms(start.start_us * 1_000)),
        (&memory, format!("{:.2} MB", megabytes(start.rss_kb))),
        (
            "size of the executable",
            format!("{:.2} MB", start.binary_bytes as f64 / 1e6),
        ),
    ];
    for (what, figure) in rows {
        row(out, &[what, &figure]);
    }
    let _ = writeln!(
        out,
        "\nThe process is `purlin-server` built with the profile `{PROFILE}`, as it ships."
    );
}

fn method(out: &mut String, figures: &Figures) {
    let environment = &figures.environment;
    out.push_str("\n## How\n\n");
    out.push_str(METHOD);
    let _ = write!(
        out,
        "\nMeasured with {}, {}, actix-web {} and axum {}, on {} processors of {}.\n",
        environment.rustc,
        environment.valgrind,
        environment.actix_web,
        environment.axum,
        environment.processors,
        environment.processor,
    );
}

const METHOD: &str = "\
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

pub(super) fn table(out: &mut String, columns: &[&str]) {
    row(out, columns);
    row(out, &vec!["---"; columns.len()]);
}

pub(super) fn row(out: &mut String, cells: &[&str]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}
