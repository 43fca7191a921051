//! `cargo xtask shapes`: judges generated shapes of types, `crates/schemas/tests/generated`.

use anyhow::Result;

use crate::run::cargo;

/// Which shapes to judge, and by how many values.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Judge every shape that is three deep; compiling takes minutes
    #[arg(long)]
    all: bool,
    /// Judge only shapes whose name contains this text, such as `Flat<External`
    only: Option<String>,
    /// The number of values per shape [default: 200]
    #[arg(long, value_name = "N")]
    values: Option<u64>,
    /// Start the random numbers elsewhere
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Judges every shape, for `ci`.
pub(crate) fn checked() -> Result<()> {
    shapes(&Options {
        all: true,
        ..Options::default()
    })
}

/// Compiles the shapes and judges them.
pub(crate) fn shapes(options: &Options) -> Result<()> {
    let set = if options.all {
        "generated_all"
    } else {
        "generated"
    };
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let settings = [
        ("SHAPES_ONLY", options.only.clone()),
        ("SHAPES_VALUES", number(options.values)),
        ("SHAPES_SEED", number(options.seed)),
    ];
    let mut test = cargo()
        .args(["test", "--quiet", "--package", "purlin-schemas"])
        .args(["--test", set]);
    for (name, value) in settings {
        if let Some(value) = value {
            test = test.env(name, value);
        }
    }
    test.run()?;
    Ok(())
}
