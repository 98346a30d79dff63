//! The inputs that are kept: `tests/fuzz/corpus`, a folder for each target, and `tests/fuzz/found`, where the inputs that once broke
//! something lie, named for the target and what went wrong.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// An input that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its file's name.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new(".")).join(name)
}

/// The corpus of a target, by name.
///
/// # Errors
/// When it cannot be read.
pub fn corpus(target: &str) -> io::Result<Vec<Kept>> {
    read(&folder("corpus").join(target), "")
}

/// What once broke a target, by name.
///
/// # Errors
/// When it cannot be read.
pub fn found(target: &str) -> io::Result<Vec<Kept>> {
    read(&folder("found"), &format!("{target}-"))
}

fn read(folder: &Path, prefix: &str) -> io::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    if !folder.exists() {
        return Ok(kept);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(prefix) && !name.ends_with(".md") {
            kept.push(Kept { name, bytes: fs::read(entry.path())? });
        }
    }
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(kept)
}
