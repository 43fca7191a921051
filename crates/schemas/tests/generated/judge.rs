//! Judges shapes: the document (by the crate `jsonschema`) and the server agree on every value, and what is read is
//! what was sent.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use purlin_schemas::{Direction, SchemaWithDefinitions, Validator, example};
use serde_json::{Map, Value, json};

use crate::mutate::{self, Change};
use crate::random::Random;
use crate::sample::Sampler;
use crate::shape::Shape;

/// The number of changes that are made up once and used for every shape.
const CHANGES: usize = 4096;
/// The number of findings that are printed.
const SHOWN: usize = 400;

/// How shapes are judged.
pub(crate) struct Judge {
    /// The number of values per shape.
    pub(crate) values: usize,
    /// The start of the random numbers.
    pub(crate) seed: u64,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Verdict {
    shapes: usize,
    values: usize,
    /// Values that both accept.
    accepted: usize,
    /// The shapes that are refused before a value is read, by reason.
    refused: BTreeMap<String, Vec<String>>,
    findings: Vec<String>,
    seconds: f64,
}

impl Judge {
    pub(crate) fn judge(&self, shapes: &[Shape]) -> Verdict {
        let begin = Instant::now();
        let changes = changes();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let part = |thread: usize| {
            let mut verdict = Verdict::default();
            for shape in shapes.iter().skip(thread).step_by(threads) {
                self.judge_one(shape, &changes, &mut verdict);
            }
            verdict
        };
        let part = &part;
        let mut verdict = std::thread::scope(|scope| {
            let parts: Vec<_> = (0..threads)
                .map(|thread| scope.spawn(move || part(thread)))
                .collect();
            let parts = parts.into_iter().map(|part| part.join().expect("a judge"));
            parts.reduce(Verdict::and).unwrap_or_default()
        });
        verdict.findings.sort_by_key(|finding| finding.len());
        verdict.seconds = begin.elapsed().as_secs_f64();
        verdict
    }

    fn judge_one(&self, shape: &Shape, changes: &[Vec<Change>], verdict: &mut Verdict) {
        verdict.shapes += 1;
        let name = shape.name();
        let parts = (shape.describe)(Direction::Input).and_then(|input| {
            let output = (shape.describe)(Direction::Output)?;
            Ok((input, output, (shape.validator)()?))
        });
        let (input, output, validator) = match parts {
            Ok(parts) => parts,
            Err(errors) => {
                let reason = without_names(&errors.to_string());
                verdict.refused.entry(reason).or_default().push(name);
                return;
            }
        };
        let case = Case {
            shape,
            validator,
            input: document(&input),
            output: document(&output),
        };
        if let Err(finding) = self.values(&case, &input, changes, &name, verdict) {
            verdict.findings.push(format!("{name}: {finding}"));
        }
    }

    fn values(
        &self,
        case: &Case<'_>,
        input: &SchemaWithDefinitions,
        changes: &[Vec<Change>],
        name: &str,
        verdict: &mut Verdict,
    ) -> Result<(), String> {
        let example = example(input).map_err(|error| format!("no example: {error}"))?;
        if !case.judge(&example)? {
            return Err(format!("the example is refused by both: {example}"));
        }
        let mut random = Random::new(self.seed, name);
        let sampler = Sampler::new(input);
        let mut valid = 0;
        for _ in 0..self.values {
            let mut value = sampler.sample(&mut random);
            if !random.one_in(3)
                && let Some(changes) = random.pick(changes)
            {
                value = mutate::apply(value, changes);
            }
            verdict.values += 1;
            if !is_listed(&value) && case.judge(&value)? {
                valid += 1;
            }
        }
        verdict.accepted += valid;
        if valid * 20 < self.values {
            return Err(format!(
                "of {} values both accept only {valid}",
                self.values
            ));
        }
        Ok(())
    }
}

/// A shape with what judges it.
struct Case<'s> {
    shape: &'s Shape,
    validator: Validator,
    input: jsonschema::Validator,
    output: jsonschema::Validator,
}

impl Case<'_> {
    /// Returns whether both accept a value.
    fn judge(&self, value: &Value) -> Result<bool, String> {
        let text = value.to_string();
        // A float may be read back as its neighbour; both judge the value that is read.
        let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let document = self.input.validate(&value).map_err(|it| it.to_string());
        let server = (self.shape.copy)(&self.validator, text.as_bytes());
        let copy = match (document, server) {
            (Err(_), Err(_)) => return Ok(false),
            (Ok(()), Err(error)) => {
                return Err(format!("only the server refuses {text}: {error}"));
            }
            (Err(error), Ok(copy)) => {
                let copy = copy.unwrap_or_default();
                return Err(format!(
                    "only the document refuses {text}: {error}; read as {copy}"
                ));
            }
            (Ok(()), Ok(copy)) => {
                copy.map_err(|error| format!("{text} is read but not written: {error}"))?
            }
        };
        if !is_kept(&value, &copy) {
            return Err(format!("{text} is read as {copy}"));
        }
        if let Err(error) = self.output.validate(&copy) {
            return Err(format!("{text} is written as {copy}: {error}"));
        }
        match (self.shape.copy)(&self.validator, copy.to_string().as_bytes()) {
            Ok(Ok(again)) if again == copy => Ok(true),
            Ok(Ok(again)) => Err(format!("{copy} is read as {again}")),
            Ok(Err(error)) => Err(format!("{copy} is not written again: {error}")),
            Err(error) => Err(format!("what is written is refused: {copy}: {error}")),
        }
    }
}

/// Returns whether a value that was read and written again is the same, but for members that are null or have
/// defaults.
fn is_kept(value: &Value, copy: &Value) -> bool {
    match (value, copy) {
        (Value::Object(members), Value::Object(copies)) => {
            let is_member_kept = |(name, member): (&String, &Value)| match copies.get(name) {
                Some(copy) => is_kept(member, copy),
                None => member.is_null(),
            };
            let is_default = |copy: &Value| copy.is_null() || copy == &json!([]);
            members.iter().all(is_member_kept)
                && copies
                    .iter()
                    .all(|(name, copy)| members.contains_key(name) || is_default(copy))
        }
        (Value::Array(items), Value::Array(copies)) => {
            items.len() == copies.len()
                && items
                    .iter()
                    .zip(copies)
                    .all(|(item, copy)| is_kept(item, copy))
        }
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == other.as_f64()
        }
        // A UUID is written in lower case.
        (Value::String(text), Value::String(copy)) if text.len() == 36 => {
            text.eq_ignore_ascii_case(copy)
        }
        _ => value == copy,
    }
}

/// Returns whether a value contains a listed difference: a float beyond 2^53.
fn is_listed(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let float = number.as_f64().filter(|_| number.is_f64());
            float.is_some_and(|float| float.abs() > 9_007_199_254_740_992.0)
        }
        Value::Array(items) => items.iter().any(is_listed),
        Value::Object(members) => members.values().any(is_listed),
        _ => false,
    }
}

fn document(described: &SchemaWithDefinitions) -> jsonschema::Validator {
    let definitions: Map<String, Value> = described
        .definitions
        .iter()
        .map(|(name, definition)| (name.clone(), definition.schema.clone()))
        .collect();
    let document = json!({"allOf": [described.root], "components": {"schemas": definitions}});
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&document)
        .expect("a document is a JSON Schema")
}

/// Makes up changes of values, the same ones in every run.
fn changes() -> Vec<Vec<Change>> {
    let mut runner = TestRunner::deterministic();
    let strategy = mutate::changes(3);
    let trees = (0..CHANGES).filter_map(|_| strategy.new_tree(&mut runner).ok());
    trees.map(|tree| tree.current()).collect()
}

/// Returns a message without what it quotes: the names of types differ from shape to shape.
fn without_names(message: &str) -> String {
    let parts = message.lines().next().unwrap_or_default().split('`');
    parts.step_by(2).collect::<Vec<_>>().join("_")
}

impl Verdict {
    fn and(mut self, other: Self) -> Self {
        self.shapes += other.shapes;
        self.values += other.values;
        self.accepted += other.accepted;
        for (reason, shapes) in other.refused {
            self.refused.entry(reason).or_default().extend(shapes);
        }
        self.findings.extend(other.findings);
        self
    }

    /// Returns the refusals, one a line: the number of shapes and the reason.
    pub(crate) fn refusals(&self) -> String {
        let lines = self.refused.iter();
        let lines = lines.map(|(reason, shapes)| format!("{} {reason}\n", shapes.len()));
        lines.collect()
    }

    /// Returns the shapes with a finding that no known difference explains.
    pub(crate) fn unexplained(&self, known: &[&str]) -> usize {
        let is_known = |finding: &&String| known.iter().any(|part| finding.contains(part));
        self.findings.iter().filter(|it| !is_known(it)).count()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in self.findings.iter().take(SHOWN) {
            writeln!(f, "{finding}\n")?;
        }
        for (reason, shapes) in &self.refused {
            let first = shapes.iter().min_by_key(|name| name.len());
            let first = first.map_or("", String::as_str);
            writeln!(f, "{} refused, such as {first}: {reason}", shapes.len())?;
        }
        let (shapes, values) = (self.shapes, self.values);
        let (accepted, findings) = (self.accepted, self.findings.len());
        let seconds = self.seconds;
        write!(
            f,
            "{shapes} shapes, {values} values, of which {accepted} are valid; {findings} shapes with a finding; \
             {seconds:.1} s"
        )
    }
}
