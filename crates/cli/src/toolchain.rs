//! The installed Rust toolchain.

use crate::{Result, process::Cmd};

/// Returns the folder of the Rust toolchain.
pub(crate) fn sysroot() -> Result<String> {
    let folder = Cmd::new("rustc").args(["--print", "sysroot"]).read()?;
    Ok(folder.trim().to_owned())
}
