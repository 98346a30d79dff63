//! The types of the browser's face for TypeScript, as `client-sdk/web/ts/generated` holds them.
//!
//! To refresh them: `CAIRN_REFRESH=1 cargo test -p cairn-client --test typescript`.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use cairn_client::{
    engine::{
        CopyReport, FormInfo, KeptDraft, Saved, SentEdit, ShownDraft, ShownEvent, ShownRecord, Status, SyncReport,
        Totals, UnitInfo,
    },
    store::{Person, RecordFilter, Summary},
};
use sync_core::form::Form;
use ts_rs::{Config, TS};

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web/ts/generated")
}

/// The files of a folder and of those in it, by path.
fn written(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            files.extend(written(&entry.path()).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    files
}

/// Writes a type, and all that it consists of.
macro_rules! write_down {
    ($config:expr; $($type:ty),+) => { $(<$type>::export_all($config).unwrap();)+ };
}

#[test]
fn the_types_for_typescript_are_those_of_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    // All of them are times, positions and counts, far below 2^53.
    let config = Config::new().with_large_int("number").with_import_extension(Some("ts")).with_out_dir(folder.path());
    write_down!(&config; Person, Status, FormInfo, Form, UnitInfo, Saved, SentEdit, RecordFilter, Summary, ShownRecord, ShownEvent,
        KeptDraft, ShownDraft, Totals, CopyReport, SyncReport);
    let mut current = written(folder.path());
    let exports: String = current.keys().map(|file| format!("export type * from \"./{file}\";\n")).collect();
    current.insert(
        "index.ts".into(),
        format!("// Made from the Rust types: see client-sdk/tests/typescript.rs.\n{exports}"),
    );
    if std::env::var_os("CAIRN_REFRESH").is_some() {
        let _ = fs::remove_dir_all(kept());
        for (file, text) in &current {
            fs::create_dir_all(kept().join(file).parent().unwrap()).unwrap();
            fs::write(kept().join(file), text).unwrap();
        }
    }
    assert!(
        written(&kept()) == current,
        "client-sdk/web/ts/generated is out of date: see client-sdk/tests/typescript.rs"
    );
}
