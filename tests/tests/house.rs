//! The rules of the house, as a test: what the README names exists, and files stay what they are meant to be.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::path::{Path, PathBuf};

/// Lines of a source file, tests included.
const LINES_MAX: usize = 600;

/// What builds make, and nobody writes.
const MADE: [&str; 5] = ["target", "node_modules", "pkg", "dist", "schema.d.ts"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if MADE.contains(&name.as_str()) || name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if [".rs", ".ts", ".js", ".svelte"].iter().any(|kind| name.ends_with(kind)) {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for room in ["sync-core", "server", "client-sdk", "tests"] {
        sources(&root().join(room), &mut found);
    }
    assert!(found.len() > 100, "the sources were found");
    found
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the README's table of promises.
fn promises(readme: &str) -> Vec<&str> {
    let promises: Vec<&str> = readme.lines().filter(|line| line.starts_with("| **")).collect();
    assert_eq!(promises.len(), 7);
    promises
}

#[test]
fn every_promise_has_figures_and_they_are_those_of_the_proof() {
    let [readme, proof] =
        ["README.md", "tests/PROOF.md"].map(|name| std::fs::read_to_string(root().join(name)).unwrap());
    for promise in promises(&readme) {
        let tried = promise.split(" | ").nth(1).unwrap();
        let numbers = tried.split(|c: char| !c.is_ascii_digit() && c != ',').map(|number| number.trim_matches(','));
        let figures: Vec<&str> = numbers.filter(|number| number.len() > 2).collect();
        assert!(!figures.is_empty(), "no figure stands at {promise}");
        for figure in figures {
            assert!(proof.contains(&format!("| {figure} |")), "{figure} is no figure of tests/PROOF.md");
        }
    }
}

#[test]
fn every_promise_names_tests_that_exist() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for promise in promises(&readme) {
        let mut file = String::new();
        let mut tests = 0;
        for name in quoted(promise) {
            if name.ends_with(".rs") || name.ends_with(".js") {
                file = std::fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
            } else if name.contains(['_', ' ']) && !name.starts_with("cairn-server ") && !name.starts_with("make ") {
                let known = [format!("fn {name}("), format!("test(\"{name}\"")];
                assert!(known.iter().any(|test| file.contains(test)), "{name} is not where the README says");
                tests += 1;
            }
        }
        assert!(tests > 0 || promise.contains("not yet"), "nothing proves {promise}");
    }
}

#[test]
fn links_of_the_readme_lead_somewhere() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let links: Vec<&str> = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() >= 7);
    for link in links {
        assert!(root().join(link).exists(), "{link}");
    }
}

#[test]
fn files_are_one_idea_and_say_which() {
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.display();
        assert!(text.lines().count() <= LINES_MAX, "{shown} has more than {LINES_MAX} lines");
        if path.extension().is_some_and(|kind| kind == "rs") {
            assert!(text.starts_with("//!"), "{shown} does not say what it is");
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!["utils", "util", "helpers", "common", "manager"].contains(&name.as_str()), "{shown}");
    }
}

#[test]
fn nothing_is_skipped_retried_or_waited_for_blindly() {
    let forbidden = [concat!("#[ign", "ore"), concat!("unimpl", "emented!("), concat!("to", "do!(")];
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in forbidden {
            assert!(!text.contains(word), "{} contains {word}", path.display());
        }
    }
}

#[test]
fn only_one_module_names_the_merge_engine() {
    for path in all_sources() {
        let inside = path.starts_with(root().join("sync-core/src/crdt"));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(inside || !text.contains(concat!("automerge", "::")), "{} names the engine", path.display());
    }
}
