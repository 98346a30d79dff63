//! A copy of the project in which every mutant can be switched on, and that compiles: those that do not are taken out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Result;
use crate::list::Mutant;
use crate::switch::{SWITCH, Switched, marked, switch};

/// How often what does not compile is taken out before that is given up.
const ROUNDS: usize = 100;

/// The copy, and what can be switched on in it.
pub struct Tree {
    /// Its root.
    pub root: PathBuf,
    /// Where it is compiled.
    pub built: PathBuf,
    /// Each mutant that can be switched on, with the place by which the tests tell that they reach it.
    pub within: BTreeMap<usize, usize>,
    /// Those that the compiler refused.
    pub refused: BTreeSet<usize>,
}

impl Tree {
    /// Copies what the project's own list of files names, and puts the mutants in, by their numbers; but for those that are known to be
    /// refused.
    ///
    /// # Errors
    /// Where a file cannot be read or written, or what the compiler refuses is not a mutant.
    pub fn plant(
        project: &Path,
        folder: &Path,
        mutants: &BTreeMap<usize, Mutant>,
        refused: BTreeSet<usize>,
    ) -> Result<Self> {
        let mut tree =
            Self { root: folder.join("tree"), built: folder.join("built"), within: BTreeMap::new(), refused };
        let files = Command::new("git").current_dir(project).args(["ls-files", "-z"]).output()?;
        let switched: BTreeSet<&str> = mutants.values().map(|mutant| mutant.file.as_str()).collect();
        for file in String::from_utf8(files.stdout)?.split_terminator('\0') {
            if !switched.contains(file) && project.join(file).exists() {
                write(&tree.root.join(file), &fs::read(project.join(file))?)?;
            }
        }
        for package in packages(mutants) {
            let source = tree.root.join(folder_of(package)?).join("src");
            write(&source.join("__switch.rs"), SWITCH.as_bytes())?;
            let library = fs::read_to_string(project.join(folder_of(package)?).join("src/lib.rs"))?;
            let with = format!("{library}\n#[doc(hidden)]\npub mod __switch;\n");
            write(&source.join("lib.rs"), with.as_bytes())?;
        }
        for round in 1..=ROUNDS {
            tree.switch(project, mutants)?;
            let wrong = tree.refusals(mutants)?;
            if wrong.is_empty() {
                return Ok(tree);
            }
            eprintln!("round {round}: {} do not compile", wrong.len());
            tree.refused.extend(wrong);
        }
        Err("what does not compile could not be told from what does".into())
    }

    fn switch(&mut self, project: &Path, mutants: &BTreeMap<usize, Mutant>) -> Result<()> {
        let mut files: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
        for (number, mutant) in mutants {
            let here = files.entry(&mutant.file).or_default();
            if !self.refused.contains(number) {
                here.push((*number, mutant));
            }
        }
        self.within.clear();
        for (file, here) in files {
            let Switched { text, within } = switch(&fs::read_to_string(project.join(file))?, &here)?;
            write(&self.root.join(file), text.as_bytes())?;
            self.within.extend(within);
        }
        Ok(())
    }

    /// The mutants that the compiler's errors stand at.
    fn refusals(&self, mutants: &BTreeMap<usize, Mutant>) -> Result<BTreeSet<usize>> {
        let mut check = self.cargo("check");
        check.args(["--lib", "--message-format", "json"]);
        for package in packages(mutants) {
            check.args(["--package", package]);
        }
        let said = check.output()?;
        let mut wrong = BTreeSet::new();
        for line in String::from_utf8(said.stdout)?.lines() {
            let message: Value = serde_json::from_str(line)?;
            let message = &message["message"];
            if message["level"] != "error" {
                continue;
            }
            let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
            let mut found = false;
            for span in spans.iter().filter(|span| span["is_primary"] == true) {
                let blamed = self.blamed(span)?;
                eprintln!("{blamed:?}: {}: {}", message["code"]["code"], message["message"]);
                found |= !blamed.is_empty();
                wrong.extend(blamed);
            }
            if !found && !spans.is_empty() {
                return Err(format!("no mutant, but it does not compile: {}", message["rendered"]).into());
            }
        }
        if wrong.is_empty() && !said.status.success() {
            return Err(format!("cargo check: {}", String::from_utf8_lossy(&said.stderr)).into());
        }
        Ok(wrong)
    }

    /// The mutant on the line of an error; where there is none, all of the nearest place above it.
    fn blamed(&self, span: &Value) -> Result<Vec<usize>> {
        let (Some(file), Some(line)) = (span["file_name"].as_str(), span["line_start"].as_u64()) else {
            return Ok(Vec::new());
        };
        let text = fs::read_to_string(self.root.join(file))?;
        let above: Vec<&str> = text.lines().take(usize::try_from(line)?).collect();
        if let Some(number) = above.last().and_then(|line| marked(line)) {
            return Ok(vec![number]);
        }
        let Some(number) = above.iter().rev().find_map(|line| marked(line)) else { return Ok(Vec::new()) };
        let place = self.within.get(&number);
        Ok(self.within.iter().filter(|(_, at)| Some(*at) == place).map(|(number, _)| *number).collect())
    }

    /// A command of cargo in the copy.
    pub fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&self.root).args([command, "--quiet"]);
        cargo
            .env("CARGO_TARGET_DIR", &self.built)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("RUSTFLAGS", "--cap-lints allow");
        cargo
    }
}

fn packages(mutants: &BTreeMap<usize, Mutant>) -> BTreeSet<&str> {
    mutants.values().map(|mutant| mutant.package.as_str()).collect()
}

/// Where the packages stand whose code is changed.
fn folder_of(package: &str) -> Result<&'static str> {
    match package {
        "sync-core" => Ok("sync-core"),
        "cairn-server" => Ok("server"),
        "cairn-client" => Ok("client-sdk"),
        other => Err(format!("no tests are known for {other}").into()),
    }
}

/// Writes what is not there yet, so that nothing is compiled twice.
fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, content)?)
}
