//! A flat battery: the process dies at any moment, and every row is whole or not there.

use core::time::Duration;
use std::{hash::BuildHasher, path::Path, process::Stdio, thread::sleep};

use crate::desk::Desk;

/// How often the process is killed.
const KILLS: u32 = 12;
/// Rows of each file, more than are imported before the kill.
const ROWS: u32 = 5_000;
/// The longest wait before a kill.
const WAIT_MS: u64 = 250;

#[test]
fn an_import_that_is_killed_leaves_whole_rows_only() {
    let desk = Desk::enrolled();
    let row = |i: u32| {
        format!(
            "{{\"form\":\"clinic.outreach\",\"on\":\"2021-03-01\",\"fields\":{{\"place\":\"p{i}\",\"patients_seen\":{i}}}}}\n"
        )
    };
    let file = desk.file("rows.jsonl", &(0..ROWS).map(row).collect::<String>());
    let random = std::hash::RandomState::new();
    let mut before = 0;
    let mut some = 0;
    for kill in 0..KILLS {
        let mut import = desk.command(&["record", "import", &file]).stdout(Stdio::null()).spawn().unwrap();
        if kill % 2 == 1 {
            // Every other time in the midst of writing, however slow the machine is; otherwise at any time at all.
            wait_for_growth(&desk.store().join("replica.sqlite-wal"));
        }
        sleep(Duration::from_millis(random.hash_one(kill) % WAIT_MS));
        import.kill().unwrap();
        import.wait().unwrap();

        let records = desk.json(&["record", "list"])["records"].clone();
        let records = records.as_array().unwrap();
        for record in records {
            let n = record["values"]["patients_seen"].as_u64().unwrap();
            assert_eq!(record["values"]["place"], format!("p{n}"));
            assert_eq!((&record["on"], &record["changes"]), (&"2021-03-01".into(), &1.into()));
        }
        // A summary for each change and a change for each summary.
        assert_eq!(desk.json(&["status"])["waiting"], records.len());
        assert!(records.len() >= before, "what was there is there");
        some += u32::from(records.len() > before);
        before = records.len();
        if let Some(record) = records.first() {
            let shown = desk.json(&["record", "show", record["id"].as_str().unwrap()]);
            assert_eq!(shown["values"], record["values"]);
        }
    }
    assert!(some > 0, "no kill came late enough to matter");
    desk.add("嘎托镇", 1);
    assert_eq!(desk.count(), before + 1);
}

/// Waits until the file has grown three times, for 20 s at most.
fn wait_for_growth(file: &Path) {
    let length = || std::fs::metadata(file).map_or(0, |m| m.len());
    let (mut last, mut grown) = (length(), 0);
    for _ in 0..4_000 {
        let now = length();
        grown += u32::from(now > last);
        last = now;
        if grown >= 3 {
            return;
        }
        sleep(Duration::from_millis(5));
    }
    panic!("nothing was written");
}
