//! A migration that dies leaves the old schema or the new one, never something between, and whoever opens the store next finishes it.
//!
//! Three ways to die. On PostgreSQL the server ends the connection from inside, behind any statement and within the commit. On
//! SQLite a statement fails, whichever; and the program itself is killed while it writes, at any length of the log and of the
//! file (a file that grows beyond a limit is the end of the process), torn pages and all. Between two statements a process
//! that dies on SQLite has written nothing yet: this is the same as the least limit.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use cairn_client::SqliteStore;
use cairn_server::store::{Engine, Store};
use cairn_tests::{
    both::address,
    figures::Rig,
    golden::{Golden, PHONE, SERVER, run_sql},
    program,
    schema::{Bare, Columns, Kept, Rows},
};

/// Whose figures these are.
static RIG: Rig = Rig::new(
    "migrations",
    "Migrations that die leave one schema or the other, and are finished by whoever opens the store next",
);

/// Blocks of 512 bytes between one length at which a process is killed and the next: no multiple of a page with its head, so that
/// pages are cut everywhere.
const BLOCKS: usize = 31;

/// Statements of one file between one behind which a connection dies and the next.
const STATEMENTS: usize = 7;

/// The least length: an index of the log, which SQLite makes before anything else, is as long as that.
const BLOCKS_LEAST: usize = 64;

/// A store that is opened again and again.
#[derive(Clone)]
struct Subject {
    kept: Kept,
    /// Its folder; on PostgreSQL of no use.
    folder: PathBuf,
    /// Its address.
    url: String,
}

/// What the schemas are that a migration may leave, and what the rows must be in each.
struct Known {
    schemas: Vec<(String, Columns)>,
    /// By number; nothing where the store was empty.
    rows: BTreeMap<usize, Rows>,
}

impl Subject {
    fn in_folder(kept: Kept, folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let file = folder.join(if kept == Kept::Device { SqliteStore::FILE } else { "cairn.sqlite" });
        Self { kept, folder: folder.to_owned(), url: format!("sqlite://{}?mode=rwc", file.display()) }
    }

    async fn bare(&self) -> Bare {
        Bare::at(self.kept, &self.url).await
    }

    /// A store of schema `version`, with all rows of the golden store where there is a schema at all.
    async fn old(kept: Kept, version: usize, home: &Path, name: &str) -> Self {
        let golden = Golden::all().pop().unwrap();
        let subject = match kept {
            Kept::Server(Engine::Postgres) => {
                let url = address(Engine::Postgres, home);
                let dump = golden.bytes(cairn_tests::golden::SERVER_SQL);
                if version > 0 {
                    run_sql(&url, String::from_utf8(dump).unwrap()).await;
                }
                Self { kept, folder: home.to_owned(), url }
            }
            _ => Self::in_folder(kept, &home.join(name)),
        };
        let whole = home.join("whole.db");
        let of = if kept == Kept::Device { PHONE } else { SERVER };
        std::fs::write(&whole, golden.bytes(of)).unwrap();
        let mut bare = subject.bare().await;
        bare.make_old(version, (version > 0).then(|| whole.to_str().unwrap())).await;
        assert_eq!(bare.version().await, version);
        bare.close().await;
        subject
    }

    /// Opens and closes the store, as the program does.
    async fn open(&self) -> Result<(), String> {
        match self.kept {
            Kept::Server(_) => {
                let store = Store::open(&self.url).await.map_err(|e| e.to_string())?;
                store.close().await;
            }
            Kept::Device => {
                let store = SqliteStore::open(&self.folder).await.map_err(|e| e.to_string())?;
                store.close().await;
            }
        }
        Ok(())
    }

    /// What the clean schemas are, and what the rows must be that this store has in each.
    async fn known(&self, home: &Path) -> Known {
        let mut schemas = Vec::new();
        for version in 0..=self.kept.migrations().len() {
            let clean = match self.kept {
                Kept::Server(Engine::Postgres) => Self { url: address(Engine::Postgres, home), ..self.clone() },
                _ => Self::in_folder(self.kept, &home.join(format!("clean-{version}"))),
            };
            let mut bare = clean.bare().await;
            bare.make_old(version, None).await;
            schemas.push((bare.schema().await, bare.columns().await));
            bare.close().await;
        }
        Known { schemas, rows: BTreeMap::new() }
    }

    /// Asserts that the store is that of one schema entirely, with all its rows; tells which.
    async fn whole(&self, known: &Known, how: &str) -> usize {
        let mut bare = self.bare().await;
        let version = self.left(&mut bare, known, how).await;
        bare.close().await;
        version
    }

    /// The same, over a connection that is there.
    async fn left(&self, bare: &mut Bare, known: &Known, how: &str) -> usize {
        let version = bare.version().await;
        let (schema, columns) = &known.schemas[version];
        assert_eq!(&bare.schema().await, schema, "{how}: the schema is not that of {version}");
        if let Some(rows) = known.rows.get(&version) {
            let found = bare.rows(columns).await;
            for (table, rows) in rows {
                assert_eq!(&found[table], rows, "{how}: {table} in schema {version}");
            }
        }
        if matches!(self.kept, Kept::Device | Kept::Server(Engine::Sqlite)) {
            assert_eq!(bare.ask("PRAGMA integrity_check").await, ["ok"], "{how}");
        }
        version
    }

    /// Asserts that whoever opens the store finishes what was begun.
    async fn finished(&self, known: &Known, how: &str) {
        self.open().await.unwrap_or_else(|e| panic!("{how}: {e}"));
        assert_eq!(self.whole(known, how).await, known.schemas.len() - 1, "{how}");
        if self.kept != Kept::Device {
            let store = Store::open(&self.url).await.unwrap();
            let verified = store.verify().await.unwrap();
            store.close().await;
            assert!(verified.is_clean(), "{how}: {:?}", verified.differences);
        }
    }

    /// A copy of a store that nobody has open, in a folder of its own.
    fn copied(&self, to: &Path) -> Self {
        let _ = std::fs::remove_dir_all(to);
        let copy = Self::in_folder(self.kept, to);
        for entry in std::fs::read_dir(&self.folder).unwrap().flatten() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
        copy
    }
}

/// A store of schema `version`, and what it may become. What a migration fills in is known from one that nothing disturbed.
async fn prepared(kept: Kept, version: usize, home: &Path) -> (Subject, Known) {
    let subject = Subject::old(kept, version, home, "old").await;
    let mut known = subject.known(home).await;
    assert_eq!(subject.whole(&known, "as it was made").await, version);
    if version > 0 {
        let undisturbed = Subject::old(kept, version, home, "undisturbed").await;
        undisturbed.finished(&known, "undisturbed").await;
        let mut bare = undisturbed.bare().await;
        for (number, (_, columns)) in known.schemas.iter().enumerate().skip(version) {
            known.rows.insert(number, bare.rows(columns).await);
        }
        bare.close().await;
        let table = if kept == Kept::Device { "records" } else { "changes" };
        assert!(known.rows[&version][table].lines().count() > 5, "{:?}", known.rows[&version].keys());
    }
    (subject, known)
}

/// In memory where there is such a place: it is processes that die here, and not the disk.
fn home() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Ends the connection behind the statement of the number in `death.hour`, counted over all that define something or write rows, and
/// over the moment within a commit at which it is still undone.
const DEATH: &str = "
    CREATE SCHEMA death;
    CREATE SEQUENCE death.statements;
    CREATE TABLE death.hour (number BIGINT NOT NULL);
    INSERT INTO death.hour VALUES (0);
    CREATE FUNCTION death.strike() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('death.statements') = (SELECT number FROM death.hour) THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
            PERFORM pg_sleep(60);
        END IF;
    END $$;
    CREATE FUNCTION death.of_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM death.strike();
        RETURN NULL;
    END $$;
    CREATE FUNCTION death.watch(watched text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        EXECUTE format('CREATE TRIGGER death AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT \
                        EXECUTE FUNCTION death.of_rows()', watched);
        IF watched = 'public.schema_migrations' THEN
            EXECUTE 'CREATE CONSTRAINT TRIGGER commit AFTER INSERT ON public.schema_migrations \
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION death.of_rows()';
        END IF;
    END $$;
    CREATE FUNCTION death.of_definitions() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE made record; BEGIN
        FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' LOOP
            PERFORM death.watch(made.object_identity);
        END LOOP;
        PERFORM death.strike();
    END $$;
    SELECT count(death.watch('public.' || table_name)) FROM information_schema.tables WHERE table_schema = 'public';
    CREATE EVENT TRIGGER death ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE INDEX', 'ALTER TABLE', 'DROP TABLE')
        EXECUTE FUNCTION death.of_definitions();";

/// Whether every death is died that there is, and not only some of them: `CAIRN_DEATHS=all`.
fn all_deaths() -> bool {
    std::env::var("CAIRN_DEATHS").is_ok_and(|said| said == "all")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_whose_connection_dies_leaves_the_old_schema_or_the_new_one() {
    let kept = Kept::Server(Engine::Postgres);
    let migrations = kept.migrations();
    let mut deaths = 0;
    // What comes behind the first migration is tried on a store with rows.
    for (start, end) in [(0, 1), (1, usize::MAX)] {
        let home = tempfile::tempdir().unwrap();
        let (subject, known) = prepared(kept, start, home.path()).await;
        let mut bare = subject.bare().await;
        bare.run(DEATH).await;
        // The number of the statement behind which it dies next, and the schema that it must leave then.
        let (mut hour, mut version) = (1, start);
        while version < end {
            bare.run(&format!("UPDATE death.hour SET number = {hour}; SELECT setval('death.statements', 1, false)"))
                .await;
            let how = format!("dead behind statement {hour} from schema {version}");
            let opened = subject.open().await;
            let left = subject.left(&mut bare, &known, &how).await;
            if opened.is_ok() {
                break;
            }
            deaths += 1;
            assert!(left == version || left == version + 1, "{how}: {left}");
            // Of the file's own statements some will do; of those behind it, the commit among them, each is tried.
            let in_file = migrations.get(version).map_or(0, |migration| statements(migration).len());
            let stride = if all_deaths() || hour + STATEMENTS > in_file { 1 } else { STATEMENTS };
            // Whatever dies next was begun after a commit: it is counted from there.
            (hour, version) = if left == version { (hour + stride, version) } else { (1, left) };
        }
        bare.run("DROP EVENT TRIGGER death; DROP SCHEMA death CASCADE").await;
        bare.close().await;
        subject.finished(&known, "whatever died").await;
    }
    RIG.add(&[("connections that PostgreSQL ended behind a statement or within a commit", deaths)]);
    assert!(deaths > 25, "{deaths}");
}

/// What makes a statement of a migration fail, and what takes that away again. `new` tells whether a name was free before.
fn in_the_way(statement: &str, new: &impl Fn(&str) -> bool) -> Option<(String, String)> {
    let words: Vec<&str> = statement.split([' ', '\n', '(']).filter(|word| !word.is_empty()).collect();
    let name = match words.as_slice() {
        ["ALTER", "TABLE", _, "RENAME", "TO", name] => name,
        ["CREATE", "TABLE" | "INDEX", name, ..] | ["CREATE", "UNIQUE", "INDEX", name, ..] => name,
        ["ALTER", "TABLE", table, "ADD", "COLUMN", column, ..] => {
            let made = format!("ALTER TABLE {table} ADD COLUMN {column} TEXT");
            return Some((made, format!("ALTER TABLE {table} DROP COLUMN {column}")));
        }
        ["UPDATE", "replica", ..] => {
            let made = "CREATE TRIGGER stop BEFORE UPDATE ON replica BEGIN SELECT RAISE(ABORT, 'stop'); END";
            return Some((made.into(), "DROP TRIGGER stop".into()));
        }
        // Of a table that the migration itself makes, or has made another of: nothing can be in its way before.
        ["INSERT", "INTO", "replica" | "records" | "attention", ..] | ["DROP", "TABLE", ..] | [] => return None,
        _ => panic!("say what is in the way of {statement}"),
    };
    new(name).then(|| (format!("CREATE VIEW {name} AS SELECT 1"), format!("DROP VIEW {name}")))
}

fn statements(migration: &str) -> Vec<String> {
    let code = migration.lines().filter(|line| !line.starts_with("--"));
    let code: String = code.map(|line| format!("{line}\n")).collect();
    code.split(';').map(|statement| statement.trim().to_owned()).collect()
}

#[tokio::test]
async fn a_migration_of_which_any_statement_fails_leaves_the_old_schema() {
    let mut failures = 0;
    for kept in [Kept::Server(Engine::Sqlite), Kept::Device] {
        let migrations = kept.migrations();
        for (version, migration) in migrations.iter().enumerate() {
            let home = home();
            let (subject, known) = prepared(kept, version, home.path()).await;
            let new = |name: &str| !known.schemas[version].0.contains(&format!(" {name} "));
            let mut obstacles: Vec<(String, String)> =
                statements(migration).iter().filter_map(|statement| in_the_way(statement, &new)).collect();
            if version > 0 && kept != Kept::Device {
                // Behind everything else, what the program itself fills in included.
                let made =
                    "CREATE TRIGGER stop BEFORE INSERT ON schema_migrations BEGIN SELECT RAISE(ABORT, 'stop'); END";
                obstacles.push((made.into(), "DROP TRIGGER stop".into()));
            }
            for (made, gone) in obstacles {
                let mut bare = subject.bare().await;
                bare.run(&made).await;
                bare.close().await;
                subject.open().await.expect_err(&made);
                let mut bare = subject.bare().await;
                bare.run(&gone).await;
                bare.close().await;
                assert_eq!(subject.whole(&known, &made).await, version, "{made}");
                failures += 1;
            }
            subject.finished(&known, "whatever failed").await;
        }
    }
    RIG.add(&[("statements that failed on SQLite, of server and device", failures)]);
    assert!(failures > 60, "{failures}");
}

/// Opens the store by a process that is killed when it writes behind `blocks` of 512 bytes of any file; tells whether it was.
fn opened_and_killed(subject: &Subject, blocks: usize) -> bool {
    let (name, arguments) = match subject.kept {
        Kept::Device => (
            "cairn",
            vec![
                "--store".into(),
                subject.folder.display().to_string(),
                "--json".into(),
                "record".into(),
                "list".into(),
            ],
        ),
        Kept::Server(_) => {
            ("cairn-server", vec!["verify".into(), "--data".into(), subject.folder.display().to_string()])
        }
    };
    let script = format!("ulimit -c 0; ulimit -f {blocks}; exec \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, "sh"]).arg(program(name)).args(arguments);
    let ended = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output().unwrap();
    match ended.status.code() {
        None => true,
        Some(0) => false,
        // An empty store is brought up to date all the same, and then has nothing to list.
        Some(_) if subject.kept == Kept::Device => false,
        Some(code) => panic!("{code} at {blocks}: {}", String::from_utf8_lossy(&ended.stderr)),
    }
}

async fn killed_at_every_length(kept: Kept, version: usize) -> u64 {
    let step = if all_deaths() { 1 } else { BLOCKS };
    let home = home();
    let (subject, known) = prepared(kept, version, home.path()).await;
    let mut left = BTreeMap::new();
    for blocks in (BLOCKS_LEAST..).step_by(step) {
        let copy = subject.copied(&home.path().join("copy"));
        let killed = opened_and_killed(&copy, blocks);
        let how = format!("{kept:?}, schema {version}, killed at {blocks} blocks");
        let found = copy.whole(&known, &how).await;
        assert!(killed || found == known.schemas.len() - 1, "{how}: the program has not opened it");
        *left.entry(found).or_insert(0) += u64::from(killed);
        copy.finished(&known, &how).await;
        if !killed {
            break;
        }
    }
    println!("{kept:?} from schema {version}: killed so often, by the schema that was left: {left:?}");
    left.values().sum()
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_migrates_leaves_the_old_schema_or_the_new_one() {
    let mut kills = 0;
    for version in [0, 1, 3] {
        kills += killed_at_every_length(Kept::Server(Engine::Sqlite), version).await;
    }
    RIG.add(&[("servers that were killed while they wrote on SQLite", kills)]);
    assert!(kills > 40, "{kills}");
}

#[tokio::test]
async fn a_device_that_is_killed_while_it_migrates_leaves_the_old_schema_or_the_new_one() {
    let mut kills = 0;
    for version in [0, 1] {
        kills += killed_at_every_length(Kept::Device, version).await;
    }
    RIG.add(&[("devices that were killed while they wrote", kills)]);
    assert!(kills > 5, "{kills}");
}
