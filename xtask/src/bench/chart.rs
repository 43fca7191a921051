//! Bar charts as SVG, from figures alone: the same figures give the same bytes.

use std::fmt::Write as _;

/// One bar of a group.
pub(super) struct Bar {
    /// What it is long for; the longest bar of the chart fills its width.
    pub(super) value: f64,
    /// What is written behind it.
    pub(super) text: String,
}

/// Bars with a common label: one for each series.
pub(super) struct Group {
    pub(super) label: String,
    pub(super) bars: Vec<Bar>,
}

/// A chart of horizontal bars.
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    /// The names of the bars of each group; a chart with one series has no legend.
    pub(super) series: &'a [&'a str],
    pub(super) groups: Vec<Group>,
}

/// The width of the whole chart, of its labels, and of what is written behind bars.
const WIDTH: f64 = 800.0;
const LABELS: f64 = 190.0;
const TEXTS: f64 = 110.0;

/// The heights of the head, of a bar, and of the space between groups.
const HEAD: f64 = 56.0;
const BAR: f64 = 14.0;
const GAP: f64 = 10.0;

/// The colours of the series, which people with any colour vision tell apart (Okabe and Ito), on white and on black.
const COLOURS: [&str; 5] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"];

/// Text is grey, which can be read on white and on black.
const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#767676}.title{font-size:14px;font-weight:600}.end{text-anchor:end}";

impl Chart<'_> {
    /// Draws the chart.
    pub(super) fn svg(&self) -> String {
        let rows = |group: &Group| group.bars.len() as f64 * BAR + GAP;
        let height = HEAD + self.groups.iter().map(rows).sum::<f64>();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n\
             <text class=\"title\" x=\"0\" y=\"16\">{title}</text>\n",
            title = escaped(self.title)
        );
        self.legend(&mut svg);
        let values = self.groups.iter().flat_map(|group| &group.bars);
        let longest = values
            .map(|bar| bar.value)
            .fold(f64::MIN_POSITIVE, f64::max);
        let mut y = HEAD;
        for group in &self.groups {
            let middle = y + group.bars.len() as f64 * BAR / 2.0 + 4.0;
            let (x, label) = (LABELS - 8.0, escaped(&group.label));
            let _ = writeln!(
                svg,
                "<text class=\"end\" x=\"{x}\" y=\"{middle}\">{label}</text>"
            );
            for (bar, colour) in group.bars.iter().zip(COLOURS.iter().cycle()) {
                let width = bar.value / longest * (WIDTH - LABELS - TEXTS);
                let thick = BAR - 2.0;
                let _ = writeln!(
                    svg,
                    "<rect x=\"{LABELS}\" y=\"{y}\" width=\"{width:.1}\" height=\"{thick}\" fill=\"{colour}\"/>"
                );
                let (x, base, text) = (LABELS + width + 6.0, y + BAR - 4.0, escaped(&bar.text));
                let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{base}\">{text}</text>");
                y += BAR;
            }
            y += GAP;
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn legend(&self, svg: &mut String) {
        if self.series.len() < 2 {
            return;
        }
        let mut x = LABELS;
        for (name, colour) in self.series.iter().zip(COLOURS) {
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"28\" width=\"12\" height=\"12\" fill=\"{colour}\"/>"
            );
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"38\">{}</text>",
                x + 18.0,
                escaped(name)
            );
            // Wide enough for each letter, as no font is known here.
            x += 40.0 + name.chars().count() as f64 * 8.0;
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_bar_fills_the_width_and_others_are_in_proportion() {
        let bar = |value: f64| Bar {
            value,
            text: format!("{value}"),
        };
        let chart = Chart {
            title: "a < b",
            series: &["one", "other"],
            groups: vec![Group {
                label: "x & y".to_owned(),
                bars: vec![bar(2.0), bar(1.0)],
            }],
        };
        let svg = chart.svg();
        assert!(
            svg.contains("a &lt; b") && svg.contains("x &amp; y"),
            "{svg}"
        );
        assert!(
            svg.contains("width=\"500.0\"") && svg.contains("width=\"250.0\""),
            "{svg}"
        );
    }
}
