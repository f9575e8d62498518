//! The Python that the peers run in, with the pinned versions of their engines.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::Result;

/// Where the peers are.
pub(super) const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// The Python of an environment under the target folder, which is made on first use and when the
/// requirements change.
pub(super) fn python() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or("the program lies in no folder")?;
    let folder = target.join("peers-venv");
    let python = folder.join("bin/python");
    let (wanted, installed) =
        (Path::new(SCRIPTS).join("requirements.txt"), folder.join("installed.txt"));
    if std::fs::read(&installed).ok() != Some(std::fs::read(&wanted)?) {
        crate::progress("installing the peers ...");
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        succeed(Command::new(&python).args(install).arg(&wanted))?;
        std::fs::copy(&wanted, &installed)?;
    }
    Ok(python)
}

fn succeed(command: &mut Command) -> Result<()> {
    let output =
        command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(errors.lines().last().unwrap_or("no word of why").to_owned().into())
}
