//! The dispatch chart as SVG: instructions against number of routes, both axes logarithmic.
//!
//! Readable in light and dark pages, and without colour: each line has its own mark and its name at its end.

use std::fmt::Write as _;

use super::figures::Compared;

const WIDTH: f64 = 780.0;
const HEIGHT: f64 = 400.0;
/// The plot's edges.
const LEFT: f64 = 112.0;
const RIGHT: f64 = 660.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 340.0;

const STYLE: &str = "\
    text { font: 13px system-ui, sans-serif; fill: #24292f }\n\
    .title { font-size: 15px; font-weight: 600 }\n\
    .value { font-size: 11px }\n\
    .grid { stroke: #d0d7de; stroke-width: 1 }\n\
    .line { fill: none; stroke-width: 2.5 }\n\
    .purlin { stroke: #0969da } .mark.purlin { fill: #0969da }\n\
    .other { stroke: #bc4c00; stroke-dasharray: 7 4 } .mark.other { fill: #bc4c00; stroke-dasharray: none }\n\
    @media (prefers-color-scheme: dark) {\n\
      text { fill: #e6edf3 }\n\
      .grid { stroke: #3d444d }\n\
      .purlin { stroke: #58a6ff } .mark.purlin { fill: #58a6ff }\n\
      .other { stroke: #f0883e } .mark.other { fill: #f0883e }\n\
    }\n";

/// Draws the rows of the dispatch table.
pub(super) fn dispatch(rows: &[(u64, Compared)]) -> String {
    let purlin: Vec<_> = rows
        .iter()
        .map(|(n, row)| (*n, row.purlin.instructions))
        .collect();
    let other: Vec<_> = rows.iter().map(|(n, row)| (*n, row.least())).collect();
    let name = rows
        .first()
        .and_then(|(_, row)| row.by_hand.first())
        .map_or("", |(name, _)| name);
    svg(&[
        Series {
            name: "Purlin",
            class: "purlin",
            points: purlin,
        },
        Series {
            name,
            class: "other",
            points: other,
        },
    ])
}

struct Series<'a> {
    name: &'a str,
    class: &'a str,
    points: Vec<(u64, u64)>,
}

/// One logarithmic axis: whole decades that hold every value, spread over pixels.
struct Axis {
    first: u32,
    last: u32,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = u64> + Clone, from: f64, to: f64) -> Self {
        let least = values.clone().min().unwrap_or(1).max(1);
        let most = values.max().unwrap_or(1).max(1);
        let last = most.ilog10() + u32::from(most > 10_u64.pow(most.ilog10()));
        let first = least.ilog10();
        Self {
            first,
            last: last.max(first + 1),
            from,
            to,
        }
    }

    fn at(&self, value: u64) -> f64 {
        let decades = (value.max(1) as f64).log10() - f64::from(self.first);
        self.from + (self.to - self.from) * decades / f64::from(self.last - self.first)
    }

    fn decades(&self) -> impl Iterator<Item = u64> {
        (self.first..=self.last).map(|power| 10_u64.pow(power))
    }
}

fn svg(series: &[Series<'_>]) -> String {
    let points = || series.iter().flat_map(|series| &series.points);
    let x = Axis::over(points().map(|point| point.0), LEFT, RIGHT);
    let y = Axis::over(points().map(|point| point.1), BOTTOM, TOP);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"title\">\n<title id=\"title\">Instructions per request by number of routes</title>\n\
         <style>\n{STYLE}</style>\n"
    );
    text(
        &mut out,
        (LEFT, 28.0),
        "class=\"title\"",
        "Instructions per request, last of n routes",
    );
    for value in y.decades() {
        let at = y.at(value);
        line(&mut out, (LEFT, at), (RIGHT, at));
        text(
            &mut out,
            (LEFT - 10.0, at + 4.0),
            "text-anchor=\"end\"",
            &grouped(value),
        );
    }
    for value in x.decades() {
        let at = x.at(value);
        line(&mut out, (at, TOP), (at, BOTTOM));
        text(
            &mut out,
            (at, BOTTOM + 22.0),
            "text-anchor=\"middle\"",
            &grouped(value),
        );
    }
    text(
        &mut out,
        ((LEFT + RIGHT) / 2.0, BOTTOM + 46.0),
        "text-anchor=\"middle\"",
        "routes",
    );
    for series in series {
        draw(&mut out, series, &x, &y);
    }
    out.push_str("</svg>\n");
    out
}

fn draw(
    out: &mut String,
    Series {
        name,
        class,
        points,
    }: &Series<'_>,
    x: &Axis,
    y: &Axis,
) {
    let spots: Vec<_> = points
        .iter()
        .map(|(n, cost)| (x.at(*n), y.at(*cost), *cost))
        .collect();
    let path: Vec<_> = spots
        .iter()
        .map(|(x, y, _)| format!("{x:.1},{y:.1}"))
        .collect();
    let _ = writeln!(
        out,
        "<polyline class=\"line {class}\" points=\"{}\"/>",
        path.join(" ")
    );
    for (x, y, cost) in &spots {
        let _ = match *class {
            "purlin" => writeln!(
                out,
                "<circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"
            ),
            _ => {
                let (x, y) = (x - 4.0, y - 4.0);
                writeln!(
                    out,
                    "<rect class=\"mark {class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"8\" height=\"8\"/>"
                )
            }
        };
        // Beside the axis there is room on one side only; the upper line climbs to the right of its marks.
        let (anchor, dx) = match (*x <= LEFT, *class) {
            (true, _) => ("start", 7.0),
            (false, "purlin") => ("middle", 0.0),
            (false, _) => ("end", -4.0),
        };
        let dy = if *class == "purlin" { 18.0 } else { -10.0 };
        let attributes = format!("class=\"value\" text-anchor=\"{anchor}\"");
        text(out, (x + dx, y + dy), &attributes, &grouped(*cost));
    }
    if let Some((x, y, _)) = spots.last() {
        text(out, (x + 14.0, y + 4.0), "", name);
    }
}

fn line(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(
        out,
        "<line class=\"grid\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
    );
}

fn text(out: &mut String, (x, y): (f64, f64), attributes: &str, words: &str) {
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{words}</text>"
    );
}

/// `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let numbers = [0, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn a_decade_takes_the_same_room_everywhere() {
        let axis = Axis::over([1, 10_000].into_iter(), 0.0, 400.0);
        assert_eq!(
            [1, 10, 100, 1_000, 10_000].map(|n| axis.at(n)),
            [0.0, 100.0, 200.0, 300.0, 400.0]
        );
    }

    #[test]
    fn every_point_has_its_mark_and_its_value() {
        let series = |name, class| Series {
            name,
            class,
            points: vec![(1, 4_000), (10, 4_100)],
        };
        let svg = svg(&[series("Purlin", "purlin"), series("actix-web", "other")]);
        assert_eq!(
            (svg.matches("<circle").count(), svg.matches("<rect").count()),
            (2, 2)
        );
        assert!(
            svg.contains(">4,100<") && svg.contains(">actix-web<"),
            "{svg}"
        );
    }
}
