//! Stand-in.
use crate::{
    edge::emptied,
    run::{Failure, Outcome, root},
};
use std::fs;
pub(crate) fn build() -> Outcome {
    let folder = emptied("dist/edge")?;
    let (tree, fetched) = (folder.join("tree"), folder.join("packages"));
    for made in [&tree, &fetched] {
        fs::create_dir_all(made).map_err(Failure::file(made))?;
    }
    let version = super::debian::fill(&tree, &fetched)?;
    eprintln!("{version} {}", root().display());
    Ok(())
}
