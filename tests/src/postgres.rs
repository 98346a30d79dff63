//! A PostgreSQL of the tests' own: one cluster for each test process, one database for each test, nothing prepared by hand.
//!
//! The cluster lies in a temporary directory, listens on a socket there and nowhere else, and writes through to the disk like
//! one that matters. A shell watches over it that reads from this process: when the process ends, however it ends, the
//! shell sees the end of its input, stops the cluster and removes the directory. PostgreSQL refuses to run as root; root's tests
//! run it as the user `postgres`.
//!
//! Its databases compare text as people of no particular place would, not byte by byte: what depends on the order of bytes has
//! to say so itself.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Whose cluster it is, inside of it.
const OWNER: &str = "cairn";
/// Where Debian's package puts the programs, in one folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// What a shell does that owns a cluster: makes it, runs it, and ends it by its process id when nobody holds the other end of
/// its input any more. `$1` is the folder of the programs, `$2` that of the cluster, `$3` the owner.
const WATCH: &str = r#"
"$1/initdb" --pgdata "$2/data" --username "$3" --auth trust --encoding UTF8 --no-locale --no-sync \
    --locale-provider icu --icu-locale und >/dev/null || exit 1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=400 -c log_min_messages=log &
read -r _
kill -QUIT $!
wait $!
rm -rf "$2"
"#;

/// A running cluster.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    made: AtomicU32,
    /// Ends the cluster when its input closes, which is when this process ends.
    _watcher: Child,
}

impl Cluster {
    /// The cluster of this process, started when it is first asked for.
    ///
    /// # Panics
    /// When there is no PostgreSQL, or it does not start. Tests that need it fail then; they are never skipped.
    pub fn get() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(Self::start)
    }

    fn start() -> Self {
        let programs = programs().unwrap_or_else(|| {
            panic!("no PostgreSQL: install its server programs, e.g. `apt-get install postgresql` (looked for initdb)")
        });
        let folder = tempfile::Builder::new().prefix("cairn-pg-").tempdir().expect("a temporary directory").keep();
        let mut shell = Command::new("sh");
        shell.args(["-c", WATCH, "sh"]).arg(&programs).arg(&folder).arg(OWNER);
        shell.current_dir(&folder).process_group(0).env_remove("PGDATA");
        if fs::metadata(&folder).expect("it was made").uid() == 0 {
            let (uid, gid) = unprivileged().expect("tests that root runs need the user `postgres`");
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("root may give away");
            shell.uid(uid).gid(gid);
        }
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut watcher = shell.spawn().expect("a shell");
        let mut said = BufReader::new(watcher.stderr.take().expect("piped"));
        let mut all = String::new();
        while !all.contains("ready to accept connections") {
            let read = said.read_line(&mut all).expect("PostgreSQL writes text");
            assert!(read > 0, "PostgreSQL does not start: {all}");
        }
        // Whatever else it says is read, so that it never waits for somebody to read it.
        std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
        Self { programs, folder, made: AtomicU32::new(0), _watcher: watcher }
    }

    /// Makes an empty database, and gives its address.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let made = self.program("createdb").arg(&name).output().expect("createdb starts");
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        format!("postgres:///{name}?host={}&user={OWNER}", self.folder.display())
    }

    /// Runs statements, past the program, in the database at `url`, and gives what they print.
    ///
    /// # Panics
    /// When they fail.
    pub fn sql(&self, url: &str, statements: &str) -> String {
        let name = url.trim_start_matches("postgres:///").split('?').next().unwrap_or_default();
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
        let done = psql.args(["--dbname", name, "--command", statements]).output().expect("psql starts");
        assert!(done.status.success(), "{statements}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// One of the cluster's programs, told where the cluster is.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.arg("--host").arg(&self.folder).args(["--username", OWNER, "--no-password"]).stdin(Stdio::null());
        command
    }
}

/// The folder of PostgreSQL's programs: that of the `initdb` on the path, or of Debian's newest, or what `pg_config` says.
fn programs() -> Option<PathBuf> {
    let holds = |folder: &PathBuf| folder.join("initdb").is_file();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(holds);
    // A link on the path points into the folder that has the others, too.
    let on_path = on_path.and_then(|folder| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned()));
    on_path.or_else(|| debian().into_iter().rfind(holds)).or_else(configured)
}

/// Debian's versions, oldest first.
fn debian() -> Vec<PathBuf> {
    let version = |folder: &Path| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let entries = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut folders: Vec<(u32, PathBuf)> = entries.filter_map(|e| Some((version(&e.path())?, e.path()))).collect();
    folders.sort();
    folders.into_iter().map(|(_, folder)| folder.join("bin")).collect()
}

fn configured() -> Option<PathBuf> {
    let said = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim());
    folder.join("initdb").is_file().then_some(folder)
}

/// The user and the group that run PostgreSQL where root runs the tests.
fn unprivileged() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
