//! All measurements and their limits.

use std::fmt;

use super::{
    middleware::{DEFAULTS, Middleware, WITHOUT_LOG},
    process::Process,
    units::{megabytes, millis, ratio},
};

/// The cost of one iteration of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Instructions, counted by callgrind.
    pub(super) instructions: u64,
    /// Nanoseconds of the median round.
    pub(super) ns: u64,
}

/// The same work with and without Purlin.
pub(super) struct Compared {
    /// A description of the work.
    pub(super) what: String,
    pub(super) purlin: Cost,
    /// The implementations by hand, by name.
    pub(super) by_hand: Vec<(String, Cost)>,
}

impl Compared {
    /// Returns the instructions of the cheapest implementation by hand.
    pub(super) fn least(&self) -> u64 {
        self.by_hand
            .iter()
            .map(|(_, cost)| cost.instructions)
            .min()
            .unwrap_or(0)
    }

    /// Returns Purlin's instructions divided by those of the cheapest implementation by hand.
    pub(super) fn ratio(&self) -> f64 {
        ratio(self.purlin.instructions, self.least())
    }
}

/// The figures of the page.
pub(super) struct Figures {
    /// The cost by number of routes.
    pub(super) dispatch: Vec<(u64, Compared)>,
    /// Whole requests: GET, authenticated GET, valid POST, invalid POST, in this order.
    pub(super) requests: Vec<Compared>,
    /// Decoding alone, by case.
    pub(super) decode: Vec<(String, Cost)>,
    /// Building a registry of 1,000 operations.
    pub(super) build_ns: u64,
    /// Starting an actix-web `App` with that registry, once per worker.
    pub(super) register_ns: u64,
    pub(super) process: Process,
    pub(super) middleware: Middleware,
}

/// A figure and its upper limit.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) what: &'static str,
    pub(super) figure: f64,
    pub(super) most: f64,
    pub(super) unit: &'static str,
}

impl Limit {
    pub(super) fn holds(&self) -> bool {
        self.figure <= self.most
    }

    pub(super) fn verdict(&self) -> &'static str {
        if self.holds() {
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

impl Figures {
    /// Returns every limit with its figure.
    pub(super) fn limits(&self) -> Vec<Limit> {
        let limit = |what, figure, most, unit| Limit {
            what,
            figure,
            most,
            unit,
        };
        vec![
            limit(
                "dispatch among 10,000 routes, by dispatch among 1",
                self.growth(),
                1.10,
                " ×",
            ),
            limit(
                "dispatch among 1,000 routes, by actix-web's own",
                self.against_actix(1_000),
                0.01,
                " ×",
            ),
            limit(
                "GET, instructions by hand-written",
                self.request(0),
                1.05,
                " ×",
            ),
            limit(
                "authenticated GET, instructions by hand-written",
                self.request(1),
                1.05,
                " ×",
            ),
            limit(
                "valid POST, instructions by hand-written",
                self.request(2),
                1.05,
                " ×",
            ),
            limit(
                "default middleware, by none",
                self.middleware.ratio(WITHOUT_LOG),
                1.15,
                " ×",
            ),
            limit(
                "the same with the access log",
                self.middleware.ratio(DEFAULTS),
                1.25,
                " ×",
            ),
            limit(
                "building a registry of 1,000 operations",
                millis(self.build_ns),
                100.0,
                " ms",
            ),
            limit(
                "start to first 200",
                millis(self.process.start_us * 1_000),
                10.0,
                " ms",
            ),
            limit(
                "resident memory, idle, two workers",
                megabytes(self.process.rss_kb),
                8.0,
                " MB",
            ),
        ]
    }

    fn among(&self, routes: u64) -> Option<&Compared> {
        self.dispatch
            .iter()
            .find_map(|(n, row)| (*n == routes).then_some(row))
    }

    fn growth(&self) -> f64 {
        let cost = |routes| self.among(routes).map_or(0, |row| row.purlin.instructions);
        ratio(cost(10_000), cost(1))
    }

    fn against_actix(&self, routes: u64) -> f64 {
        self.among(routes).map_or(f64::NAN, Compared::ratio)
    }

    fn request(&self, index: usize) -> f64 {
        self.requests.get(index).map_or(f64::NAN, Compared::ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(instructions: u64) -> Cost {
        Cost {
            instructions,
            ns: 1,
        }
    }

    #[test]
    fn ratio_is_to_the_cheapest_implementation_by_hand() {
        let by_hand = vec![("a".to_owned(), cost(200)), ("b".to_owned(), cost(100))];
        let row = Compared {
            what: String::new(),
            purlin: cost(105),
            by_hand,
        };
        assert_eq!((row.least(), row.ratio()), (100, 1.05));
    }

    #[test]
    fn limit_prints_whether_it_holds() {
        let mut limit = Limit {
            what: "w",
            figure: 1.05,
            most: 1.05,
            unit: " ×",
        };
        assert_eq!(limit.to_string(), "pass  w: 1.050 ×, at most 1.05 ×");
        limit.figure = 1.06;
        assert!(!limit.holds());
    }

    #[test]
    fn missing_figure_breaks_its_limit() {
        let limit = Limit {
            what: "w",
            figure: f64::NAN,
            most: 1.0,
            unit: "",
        };
        assert!(!limit.holds());
    }
}
