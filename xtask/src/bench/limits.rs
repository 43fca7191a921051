//! The limits of the figures.

use std::fmt;

use super::{
    figures::{Dispatch, Figures, Middleware, Shape},
    units::{megabytes, millis, ratio},
};

/// The most instructions of an accepted request, by those of either program by hand.
const ACCEPTED: f64 = 1.00;

/// The most instructions of a rejected request, by those of the cheaper program by hand, which names all violations too.
const REJECTED: f64 = 1.20;

/// A figure and its upper limit.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) what: String,
    pub(super) figure: f64,
    pub(super) most: f64,
    pub(super) unit: &'static str,
}

impl Limit {
    fn new(what: &str, figure: Option<f64>, most: f64, unit: &'static str) -> Self {
        Self {
            what: what.to_owned(),
            // Not a number breaks every limit.
            figure: figure.unwrap_or(f64::NAN),
            most,
            unit,
        }
    }

    pub(super) fn holds(&self) -> bool {
        self.figure <= self.most
    }

    pub(super) fn verdict(&self) -> &'static str {
        if self.figure.is_nan() {
            "not known"
        } else if self.holds() {
            "holds"
        } else {
            "**does not hold**"
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds() { "pass" } else { "FAIL" };
        let Self {
            what,
            figure,
            most,
            unit,
        } = self;
        write!(
            f,
            "{verdict}  {what}: {figure:.3}{unit}, at most {most}{unit}"
        )
    }
}

/// Returns the limit of a request that is compared with programs by hand.
pub(super) fn of_shape(shape: &Shape) -> Limit {
    let most = if shape.rejected { REJECTED } else { ACCEPTED };
    Limit::new(&shape.what, Some(shape.by_least()), most, " ×")
}

/// Returns the limits of all other figures.
pub(super) fn of_others(figures: &Figures) -> Vec<Limit> {
    let by_bare = |count: fn(&Middleware) -> u64| {
        let middleware = figures.middleware.as_ref()?;
        Some(ratio(count(middleware), middleware.bare))
    };
    let among = |routes| figures.dispatch.iter().find(|row| row.routes == routes);
    let growth = |most: &Dispatch, least: &Dispatch| {
        ratio(most.purlin.instructions, least.purlin.instructions)
    };
    let growth = among(10_000)
        .zip(among(1))
        .map(|(most, least)| growth(most, least));
    let by_actix = |row: &Dispatch| ratio(row.purlin.instructions, row.actix.instructions);
    let start = figures.start.as_ref();
    vec![
        Limit::new(
            "default middleware without the access log, by none",
            by_bare(|it| it.without_log),
            1.25,
            " ×",
        ),
        Limit::new(
            "the same with the access log",
            by_bare(|it| it.defaults),
            1.5,
            " ×",
        ),
        Limit::new(
            "dispatch among 10,000 routes, by dispatch among 1",
            growth,
            1.10,
            " ×",
        ),
        Limit::new(
            "dispatch among 1,000 routes, by actix-web's own",
            among(1_000).map(by_actix),
            0.01,
            " ×",
        ),
        Limit::new(
            "building a registry of 1,000 operations",
            start.map(|it| millis(it.build_ns)),
            50.0,
            " ms",
        ),
        Limit::new(
            "start to first 200",
            start.map(|it| millis(it.start_us * 1_000)),
            10.0,
            " ms",
        ),
        Limit::new(
            "resident memory, idle, two workers and the operations port",
            start.map(|it| megabytes(it.rss_kb)),
            8.0,
            " MB",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(rejected: bool) -> Shape {
        Shape {
            name: "s".to_owned(),
            what: "w".to_owned(),
            rejected,
            purlin: 110,
            actix: 100,
            axum: 200,
        }
    }

    #[test]
    fn shape_is_compared_with_the_cheaper_program() {
        assert_eq!(shape(false).by_least(), 1.1);
        assert!(!of_shape(&shape(false)).holds());
        assert!(of_shape(&shape(true)).holds());
    }

    #[test]
    fn limit_prints_whether_it_holds() {
        let limit = of_shape(&shape(false));
        assert_eq!(limit.to_string(), "FAIL  w: 1.100 ×, at most 1 ×");
        let limit = Limit::new("w", Some(1.05), 1.05, " ms");
        assert_eq!(limit.to_string(), "pass  w: 1.050 ms, at most 1.05 ms");
    }

    #[test]
    fn missing_figure_breaks_its_limit() {
        assert!(of_others(&Figures::default()).iter().all(|it| !it.holds()));
    }
}
