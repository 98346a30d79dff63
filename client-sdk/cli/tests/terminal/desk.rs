//! A desk: a directory with an enrolled replica, and the binary.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use cairn_client::{SqliteStore, Store, store::Identity};
use serde_json::Value as Json;
use sync_core::{
    form::Form,
    gate::Roles,
    replica::{Catalog, CatalogUnit, Grant, UnitKind, Write},
};

const FORMS: [&str; 3] = [
    include_str!("../../../../server/forms/clinic.outreach.json"),
    include_str!("../../../../server/forms/clinic.outpatient_day.json"),
    include_str!("../../../../server/forms/clinic.surgery.json"),
];

pub struct Desk {
    directory: tempfile::TempDir,
}

/// What a command printed, and how it ended.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    /// A desk whose replica is enrolled with the server at `url`, and knows its forms and units.
    pub fn enrolled_with(url: &str) -> Self {
        let desk = Self::empty();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = SqliteStore::open(desk.store()).await.unwrap();
            let right = store.exclusive().await.unwrap();
            store.enrol(&right, identity(url)).await.unwrap();
            let catalog = serde_json::to_string(&catalog()).unwrap();
            store.commit(&right, vec![Write::Catalog(catalog)]).await.unwrap();
            store.close().await;
        });
        desk
    }

    /// One whose server nobody can reach.
    pub fn enrolled() -> Self {
        Self::enrolled_with("http://127.0.0.1:1")
    }

    /// One without a replica.
    pub fn empty() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub fn store(&self) -> PathBuf {
        self.directory.path().join("replica")
    }

    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cairn"));
        command.args(arguments).env("CAIRN_STORE", self.store()).env("HOME", self.directory.path()).env("TZ", "UTC");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command that must go well, and gives what it printed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments:?}");
        said.out.trim_end().to_owned()
    }

    /// The same as one JSON object.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Json {
        let out = self.ok(&[arguments, &["--json"]].concat());
        assert_eq!(out.lines().count(), 1, "{out}");
        serde_json::from_str(&out).unwrap()
    }

    /// Runs a command that must fail with this code, and gives the one line that it says.
    #[track_caller]
    pub fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {} {}", said.out, said.err);
        assert_eq!(said.err.lines().count(), 1, "{arguments:?}: {}", said.err);
        said.err.trim_end().strip_prefix("cairn: ").unwrap_or_else(|| panic!("{}", said.err)).to_owned()
    }

    /// Logs an outreach clinic, and gives its name.
    #[track_caller]
    pub fn add(&self, place: &str, patients: u32) -> String {
        let (place, patients) = (format!("place={place}"), format!("patients_seen={patients}"));
        self.ok(&["record", "add", "clinic.outreach", "--on", "2021-03-15", &place, &patients])
    }

    pub fn count(&self) -> usize {
        self.json(&["record", "list"])["records"].as_array().unwrap().len()
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn identity(url: &str) -> Identity {
    Identity {
        server: url.parse().unwrap(),
        server_key: "00".repeat(32),
        token: "token-of-this-device".into(),
        device: "d1".into(),
        user: "doctor-03".parse().unwrap(),
        name: "医生 03 · 芒康".into(),
        secret: [3; 32],
    }
}

pub fn catalog() -> Catalog {
    let unit = |code: &str, parent: Option<&str>, kind, name: &str| CatalogUnit {
        code: code.parse().unwrap(),
        parent: parent.map(|p| p.parse().unwrap()),
        kind,
        name: name.into(),
    };
    let recorder = Roles { recorder: true, ..Roles::default() };
    Catalog {
        user: "doctor-03".parse().unwrap(),
        name: "医生 03 · 芒康".into(),
        grants: vec![Grant { unit: "markam-hospital".parse().unwrap(), roles: recorder }],
        units: vec![
            unit("markam", None, UnitKind::County, "芒康县"),
            unit("markam-hospital", Some("markam"), UnitKind::Clinic, "芒康县人民医院"),
        ],
        forms: FORMS.iter().map(|json| Form::parse(json).unwrap()).collect(),
    }
}

/// Whether a store directory holds what only its owner may see.
#[cfg(unix)]
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
