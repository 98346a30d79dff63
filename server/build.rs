//! Finds the built web apps below `web/dist` and writes the table of their files that `src/web` includes. Where nothing was built
//! the table is empty: the server is whole without it, and says so to browsers.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let dist = Path::new("web/dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    gather(dist, &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo gives no OUT_DIR"))?);
    let mut table = io::BufWriter::new(fs::File::create(out.join("web_files.rs"))?);
    writeln!(table, "[")?;
    for file in files {
        let name = file.strip_prefix(dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let path = file.canonicalize()?;
        writeln!(table, "    ({name:?}, include_bytes!({path:?}).as_slice()),")?;
    }
    writeln!(table, "]")?;
    table.flush()
}

fn gather(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !directory.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, files)?;
        } else if path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')) {
            files.push(path);
        }
    }
    Ok(())
}
