//! The two images, from the files `cargo xtask dist` leaves into the engine.

use anyhow::{anyhow, Result};
use super::Engine;
use crate::run::{root};

/// A name in the engine, and the file from the workspace's root.
pub(crate) type Image = (&'static str, &'static str);

pub(crate) const SERVER: Image = (
    "purlin-server:latest",
    "target/dist/purlin-server-image.tar",
);
pub(crate) const EDGE: Image = ("purlin-edge:latest", "target/dist/purlin-edge-image.tar");

/// Loads what was built; what was not has to be in the engine.
pub(crate) fn load(engine: &Engine) -> Result<()> {
    for (name, file) in [SERVER, EDGE] {
        let built = root().join(file);
        if built.exists() {
            let input = built.display().to_string();
            engine
                .docker(&["load", "--quiet", "--input", &input])
                .run()?;
        } else if !engine.docker(&["image", "inspect", name]).succeeds() {
            return Err(anyhow!("there is neither the image {name} nor {file}: `cargo xtask dist` makes both"));
        }
    }
    Ok(())
}
