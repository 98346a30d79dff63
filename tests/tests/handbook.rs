//! The handbook is true: every block of commands in the server's docs does what the page says, one after the other.

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
};

use cairn_tests::program;

/// The blocks of a page that are to be run.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match (&mut open, line) {
            (None, "```sh") => open = Some(String::new()),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), line) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    assert!(open.is_none(), "a block does not end");
    blocks
}

#[test]
fn every_command_of_the_operation_page_does_what_it_says() {
    let page = include_str!("../../server/docs/operation.md");
    let marked = page.lines().filter(|line| line.starts_with("```sh")).count();
    let blocks = blocks(page);
    assert!(blocks.len() >= 8 && blocks.len() < marked, "{} of {marked} blocks are run", blocks.len());

    // Ports of this run's own.
    let free = [TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()];
    let [serve, metrics] = free.map(|listener| listener.local_addr().unwrap().to_string());
    let script = blocks.join("\n").replace("127.0.0.1:8090", &serve).replace("127.0.0.1:8091", &metrics);
    let home = tempfile::tempdir().unwrap();
    let programs = program("cairn-server");
    let path =
        format!("{}:{}", programs.parent().map_or("", |dir| dir.to_str().unwrap()), std::env::var("PATH").unwrap());
    // Whatever goes wrong, nothing it started goes on.
    let script = format!("set -euo pipefail\ntrap 'jobs -p | xargs -r kill' EXIT\n{script}");
    let log = home.path().join("log");
    let run = Command::new("bash")
        .args(["-x", "-c", &script])
        .current_dir(home.path())
        .env("PATH", path)
        .env("CAIRN_LISTEN", &serve)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&log).unwrap())
        .stderr(std::fs::File::options().append(true).open(&log).unwrap())
        .status()
        .unwrap();
    assert!(run.success(), "{run}\n{}", told(&log));
}

fn told(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}
