//! Running the program, and asking a server that it runs.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::both::{Engine, address};

/// The program with a data directory.
pub struct Program {
    dir: PathBuf,
    /// The address of the store, if it is not in the data directory.
    database: Option<String>,
    _own: Option<TempDir>,
}

/// How one run ended.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn new() -> Self {
        let own = TempDir::new().unwrap();
        Self { dir: own.path().to_owned(), database: None, _own: Some(own) }
    }

    /// The program with a store of its own on this engine.
    pub fn of(engine: Engine) -> Self {
        let program = Self::new();
        match engine {
            Engine::Postgres => Self { database: Some(address(engine, program.dir())), ..program },
            _ => program,
        }
    }

    /// The program on a store that somebody else made.
    pub fn on(dir: &Path, url: &str) -> Self {
        Self { dir: dir.to_owned(), database: Some(url.to_owned()), _own: None }
    }

    /// The address of its store, if that is not in the data directory.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs `words`, and nothing else.
    pub fn run_bare(&self, words: &[&str]) -> Ended {
        let output = self.command(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs `words` on this store.
    pub fn run(&self, words: &[&str]) -> Ended {
        self.run_bare(&[words, &self.place()].concat())
    }

    /// The options that say where the store is.
    fn place(&self) -> Vec<&str> {
        let mut place = vec!["--data", self.dir().to_str().unwrap()];
        place.extend(self.database.iter().flat_map(|url| ["--database", url]));
        place
    }

    /// Runs `words` with `--json`; they must succeed and print one object.
    #[track_caller]
    pub fn json(&self, words: &[&str]) -> Value {
        let ended = self.run(&[words, &["--json"]].concat());
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{words:?}");
        assert_eq!(ended.stdout.lines().count(), 1, "{words:?}: {}", ended.stdout);
        let json: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert!(json.is_object(), "{words:?}: {json}");
        json
    }

    /// Runs `words`; they must fail with `status`, print nothing, and say so in one line that holds `part`.
    #[track_caller]
    pub fn fails(&self, words: &[&str], status: i32, part: &str) {
        let ended = self.run(words);
        assert_eq!(ended.status, status, "{words:?}: {ended:?}");
        assert_eq!(ended.stdout, "", "{words:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{words:?}: {}", ended.stderr);
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(part), "{words:?}: {}", ended.stderr);
    }

    /// A prefecture, a county, and a recorder `doctor-03` in the county.
    pub fn with_people(engine: Engine) -> Self {
        let program = Self::of(engine);
        program.json(&["admin", "unit", "add", "changdu", "--kind", "prefecture", "--name", "昌都市"]);
        let markam = ["admin", "unit", "add", "markam", "--parent", "changdu", "--kind", "county", "--name", "芒康县"];
        program.json(&markam);
        let doctor = ["--name", "医生 03", "--role", "recorder", "--unit", "markam"];
        program.json(&[&["admin", "user", "add", "doctor-03"], doctor.as_slice()].concat());
        program
    }

    /// Serves this data directory.
    pub fn serve(&self) -> Server {
        let words = [&["serve", "--listen", "127.0.0.1:0", "--json"], self.place().as_slice()].concat();
        let mut child = self.command(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let json: Value = serde_json::from_str(&line).unwrap();
        let address = json["listening"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        Server { child, address, stdout, said: json }
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cairn-server"));
        for variable in ["CAIRN_DATA", "CAIRN_DATABASE", "CAIRN_LISTEN", "CAIRN_LOG"] {
            command.env_remove(variable);
        }
        command.current_dir(self.dir()).args(words).stdin(Stdio::null());
        command
    }
}

/// A server that runs. Killed when dropped.
pub struct Server {
    child: Child,
    address: String,
    /// What it said when it was ready.
    pub said: Value,
    stdout: BufReader<std::process::ChildStdout>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    pub json: Value,
}

impl Server {
    /// Sends one request and reads the answer; `token` may be empty.
    pub fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let authorization = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{authorization}content-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let json = serde_json::from_str(body).unwrap_or_default();
        Answer { status, head: head.to_lowercase(), body: body.to_owned(), json }
    }

    /// Asks it to stop as an operator does, and gives its exit status and what else it printed.
    #[cfg(unix)]
    pub fn stop(mut self) -> (i32, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code().unwrap(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
