//! Writes the inputs that corpora begin with into a folder, below each target's name.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or_else(|| io::Error::other("seed FOLDER"))?);
    for (target, name, bytes) in cairn_fuzz_targets::seeds::all()? {
        fs::create_dir_all(folder.join(target))?;
        fs::write(folder.join(target).join(name), bytes)?;
    }
    Ok(())
}
