//! Real programs for the tests of this crate: the server as a process that can be killed, commands as processes with their exit
//! status and every line they printed.

pub mod bench;
pub mod both;
pub mod crowd;
pub mod field;
pub mod figures;
pub mod golden;
pub mod open;
pub mod order;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod schema;
pub mod session;
pub mod steps;
pub mod stock;
pub mod weighed;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use cairn_server::{config::PlaceConfig, store::Engine};

/// The path of one of the workspace's programs. They are built first, unless `CAIRN_PROGRAMS=built` says that they are: a test
/// run of the whole workspace has done it.
///
/// # Panics
/// When it cannot be built.
pub fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(|| {
        let own = std::env::current_exe().expect("a test has a path");
        let deps = own.parent().expect("a test lies in a directory");
        let directory = deps.parent().expect("deps lies in a profile's directory");
        if std::env::var("CAIRN_PROGRAMS").is_ok_and(|said| said == "built") {
            return directory.to_owned();
        }
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "cairn-server", "--package", "cairn-cli", "--bins"]);
        if directory.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo runs").success(), "the programs do not build");
        directory.to_owned()
    });
    directory.join(name)
}

/// What a command printed, and how it ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; -1 when it was killed.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// The one JSON object on standard output.
    ///
    /// # Panics
    /// When there is none, or more than that.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.stdout.trim()).unwrap_or_else(|e| panic!("not one JSON object: {e}\n{self:?}"))
    }

    /// Asserts that it ended well.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn well(self) -> Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// Asserts that it failed with `status`, saying why in one line that contains `part`.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn failed(self, status: i32, part: &str) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.stderr.trim_end().lines().count(), 1, "one line says why: {self:?}");
        assert!(self.stderr.contains(part), "{part:?} is not in {self:?}");
        self
    }
}

/// Runs one of the workspace's programs to its end.
///
/// # Panics
/// When it cannot be started.
pub fn run<A: AsRef<std::ffi::OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Ended {
    let output = Command::new(program(name)).args(arguments).stdin(Stdio::null()).output().expect("the program starts");
    Ended {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A store in `folder`, which is made, or in a database of its own.
///
/// # Panics
/// When it cannot be made.
pub fn place(engine: Engine, folder: &Path) -> PlaceConfig {
    std::fs::create_dir_all(folder).expect("a writable folder");
    let database = (engine == Engine::Postgres).then(|| both::address(engine, folder));
    PlaceConfig { database, ..PlaceConfig::in_dir(folder) }
}

/// The options that tell a command of `cairn-server` where its store is.
pub fn options(place: &PlaceConfig) -> Vec<String> {
    let mut options = vec!["--data".to_owned(), place.data.display().to_string()];
    options.extend(place.database.iter().flat_map(|url| ["--database".to_owned(), url.clone()]));
    options
}

/// Runs `cairn-server` on a store to its end.
///
/// # Panics
/// When it cannot be started.
pub fn run_on(place: &PlaceConfig, arguments: &[&str]) -> Ended {
    run("cairn-server", arguments.iter().map(|word| (*word).to_owned()).chain(options(place)))
}

/// `cairn-server serve` as a process.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Its address, e.g. `http://127.0.0.1:40123`.
    pub url: String,
    /// The address of what it counts, if it was to count.
    metrics: Option<String>,
}

impl Server {
    /// Starts it on the store at `place`, listening on `listen`, and waits until it says that it does.
    ///
    /// # Panics
    /// When it does not.
    pub fn start(place: &PlaceConfig, listen: &str) -> Self {
        Self::begin(place, listen, &[]).expect("it says where it listens")
    }

    /// The same, but `None` when it ends before it listens, as when its database hangs up on it: whoever watches over it starts it
    /// again then.
    ///
    /// # Panics
    /// When it says something else.
    pub fn attempt(place: &PlaceConfig, listen: &str) -> Option<Self> {
        Self::begin(place, listen, &[])
    }

    /// The same as [`Self::start`], and it tells what it counts.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_counting(place: &PlaceConfig, listen: &str) -> Self {
        Self::begin(place, listen, &["--metrics-listen", "127.0.0.1:0"]).expect("it says where it listens")
    }

    fn begin(place: &PlaceConfig, listen: &str, more: &[&str]) -> Option<Self> {
        let mut child = Command::new(program("cairn-server"))
            .args(["serve", "--listen", listen])
            .args(more)
            .args(options(place))
            .env("CAIRN_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped"));
        let mut told = |what: &str| {
            let mut line = String::new();
            let length = said.read_line(&mut line).expect("the server says something");
            let rest = || line.trim().strip_prefix(what).unwrap_or_else(|| panic!("it said {line:?}")).to_owned();
            (length > 0).then(rest)
        };
        let Some(url) = told("listening on ") else {
            let _ = child.wait();
            return None;
        };
        let metrics = if more.is_empty() { None } else { told("metrics at ") };
        let metrics = metrics.map(|page| page.trim_end_matches("/metrics").to_owned());
        Some(Self { child, url, metrics })
    }

    /// How often it has said this of a pushed change since it was started, e.g. `accepted`.
    ///
    /// # Panics
    /// When it does not count.
    #[must_use]
    pub fn said(&self, outcome: &str) -> u64 {
        let counting = self.metrics.as_ref().expect("it was to count");
        let (_, page) = http(counting, "GET", "/metrics", None, "", &[]);
        let page = String::from_utf8(page).expect("text");
        let head = format!("cairn_sync_outcomes_total{{outcome=\"{outcome}\"}} ");
        let told = page.lines().find_map(|line| line.strip_prefix(&head));
        told.map_or(0, |number| number.parse().expect("a number"))
    }

    /// The number of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The address without `http://`: where to start it again.
    #[must_use]
    pub fn address(&self) -> String {
        self.url.trim_start_matches("http://").to_owned()
    }

    /// Ends it with SIGKILL.
    ///
    /// # Panics
    /// When it ended by itself before.
    pub fn kill(mut self) {
        assert!(self.child.try_wait().expect("a child").is_none(), "the server ended by itself");
        self.child.kill().expect("a running child");
        self.child.wait().expect("a killed child");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `GET`s `path` of the server at `url` with a bearer token, and gives back status and body.
///
/// # Panics
/// When the server is not there or answers with something else than HTTP.
pub fn get(url: &str, path: &str, token: &str) -> (u16, serde_json::Value) {
    let (status, body) = http(url, "GET", path, Some(token), "", &[]);
    (status, serde_json::from_slice(&body).unwrap_or(serde_json::Value::Null))
}

/// Sends one request to the server at `url`, with a bearer token if there is one, and gives back status and body.
///
/// # Panics
/// When the server is not there or answers with something else than HTTP.
pub fn http(
    url: &str,
    method: &str,
    path: &str,
    token: Option<&str>,
    content_type: &str,
    body: &[u8],
) -> (u16, Vec<u8>) {
    use std::io::{Read, Write};
    let host = url.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).expect("the server listens");
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    if let Some(token) = token {
        request.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    if !content_type.is_empty() {
        request.push_str(&format!("content-type: {content_type}\r\ncontent-length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    stream.write_all(&[request.as_bytes(), body].concat()).expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server answers");
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head and a body");
    let body = answer.split_off(head + 4);
    let head = String::from_utf8_lossy(&answer);
    assert!(!head.to_ascii_lowercase().contains("transfer-encoding"), "a body in pieces is not read here: {head}");
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
    (status, body)
}
