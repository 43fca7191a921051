//! The page docs/benchmarks.md, and its charts; its prose is in `text`.

mod text;

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
    let mut out = text::HEAD.to_owned();
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
    out.push_str(text::LIMITS);
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
    out.push_str(text::SHAPES);
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
    out.push_str(text::MIDDLEWARE);
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
    out.push_str(text::THROUGHPUT);
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
    out.push_str(text::ALLOCATORS);
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
    out.push_str(text::DISPATCH);
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
    out.push_str(text::DECODE);
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
        "\nThe process is `purlin-server` built with the profile `{PROFILE}`, for musl with its\n         allocator, as it ships; the operations port is open."
    );
}

fn method(out: &mut String, figures: &Figures) {
    let environment = &figures.environment;
    out.push_str("\n## How\n\n");
    out.push_str(text::METHOD);
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

pub(super) fn table(out: &mut String, columns: &[&str]) {
    row(out, columns);
    row(out, &vec!["---"; columns.len()]);
}

pub(super) fn row(out: &mut String, cells: &[&str]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_and_charts_are_those_of_the_figures() {
        let figures = Figures::read().unwrap();
        let docs = root().join("docs");
        let files = charts(&figures);
        let files = files.into_iter().chain([("benchmarks.md", page(&figures))]);
        for (path, expected) in files {
            let found = fs::read_to_string(docs.join(path)).unwrap();
            assert!(
                found == expected,
                "{path}: run `cargo xtask bench --render`"
            );
        }
    }
}
