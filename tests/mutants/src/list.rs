//! What could be wrong: the list of cargo-mutants.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::Result;

/// A place in a file, from 1 in both directions; columns in characters.
#[derive(Clone, Copy, Deserialize)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

/// From one place up to another.
#[derive(Clone, Copy, Deserialize)]
pub struct Span {
    /// The first character.
    pub start: Place,
    /// Behind the last one.
    pub end: Place,
}

/// One thing in the code that is changed.
#[derive(Clone, Deserialize)]
pub struct Mutant {
    /// The name that cargo-mutants gives it: file, line, column and what is done.
    pub name: String,
    /// The package whose code it is in.
    pub package: String,
    /// Its file, from the root of the project.
    pub file: String,
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// All mutants of the files that one of these patterns names.
///
/// # Errors
/// Where cargo-mutants is not installed, fails, or says something else than version 27 does.
pub fn of(root: &Path, patterns: &[String]) -> Result<Vec<Mutant>> {
    let mut list = Command::new("cargo");
    list.current_dir(root).args(["mutants", "--list", "--json"]);
    for pattern in patterns {
        list.args(["--file", pattern]);
    }
    let said = list.output()?;
    if !said.status.success() {
        return Err(format!("cargo mutants --list: {}", String::from_utf8_lossy(&said.stderr)).into());
    }
    Ok(serde_json::from_slice(&said.stdout)?)
}
