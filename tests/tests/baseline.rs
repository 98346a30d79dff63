//! What a sync costs on the wire, what a phone must fetch before it can be used, and how much work each step of a change's way is, does
//! not get worse unnoticed: all of it is compared with what is kept in `baseline.json`. `CAIRN_REFRESH=1` keeps what is counted now; say
//! why in the commit.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use cairn_tests::{steps::Way, weighed::weights};

/// Of a hundred.
const WORSE_MAX: u64 = 3;
/// What the server draws, a cursor's check above all, goes into a few bytes more or less.
const DRAWN_BYTES: u64 = 4;

/// Records whose steps are counted.
const RECORDS: u64 = 20;

type Counts = BTreeMap<String, u64>;

/// Compares with a part of what is kept.
fn compare(part: &str, counted: &Counts) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baseline.json");
    let mut all: BTreeMap<String, Counts> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    if env::var("CAIRN_REFRESH").is_ok() {
        all.insert(part.into(), counted.clone());
        fs::write(&path, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
    }
    let kept = &all[part];
    assert!(kept.keys().eq(counted.keys()), "other figures than those kept: {counted:#?}");
    let drawn = |name: &str| if name.ends_with("(B)") { DRAWN_BYTES } else { 0 };
    let most = |name: &str| kept[name] + (kept[name] * WORSE_MAX / 100).max(drawn(name));
    let worse = counted.iter().filter(|(name, count)| **count > most(name));
    let worse: Vec<String> = worse.map(|(name, count)| format!("{name}: {count} instead of {}", kept[name])).collect();
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}

#[tokio::test]
async fn bytes_and_round_trips_are_no_more_than_those_that_are_kept() {
    let name = |weight: &cairn_tests::weighed::Weight| format!("{} ({})", weight.name, weight.unit);
    compare("wire", &weights().await.into_iter().map(|weight| (name(&weight), weight.count)).collect());
}

#[test]
fn apps_are_no_larger_than_those_that_are_kept() {
    let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/web/dist");
    if !apps.join("field/index.html").exists() || !apps.join("console/index.html").exists() {
        assert_ne!(env::var("CAIRN_SKIP").as_deref(), Ok("never"), "the apps are not built");
        eprintln!("NOT TESTED: the apps are not built, so nobody knows how large they are");
        return;
    }
    let size = |app: &str| (format!("{app}, compressed (B)"), compressed(&apps.join(app)));
    compare("apps", &Counts::from(["field", "console"].map(size)));
}

/// Instructions are the same each time, where time is not. They are those of a development build, in which the core and the merge engine are
/// optimised but for each other: what ships takes fewer, but what makes these more makes those more.
#[test]
fn no_step_takes_more_instructions_than_those_that_are_kept() {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux")))
        || Command::new("valgrind").arg("--version").output().is_err()
    {
        assert_ne!(env::var("CAIRN_SKIP").as_deref(), Ok("never"), "nothing here counts instructions");
        eprintln!("NOT TESTED: instructions are counted by valgrind, on Linux for x86-64");
        return;
    }
    let way = Way::of(1);
    let before = instructions(None);
    let counted = way.steps().into_iter().map(|(step, _)| {
        let taken = instructions(Some(step)).checked_sub(before).unwrap();
        (format!("{step} (instructions)"), taken / RECORDS)
    });
    compare("steps", &counted.collect());
}

/// Instructions from the beginning of the program `steps` to its end.
fn instructions(step: Option<&str>) -> u64 {
    let mut valgrind = Command::new("valgrind");
    valgrind.args([
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        env!("CARGO_BIN_EXE_steps"),
        &RECORDS.to_string(),
    ]);
    let output = valgrind.args(step).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    said.rsplit("Collected : ")
        .next()
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|n| n.parse().ok())
        .expect(&said)
}

/// Bytes of all files of an app as they go over the wire: compressed by Brotli where that lies beside them.
fn compressed(folder: &Path) -> u64 {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes += compressed(&path);
        } else if path.extension().is_none_or(|kind| kind != "gz" && kind != "br") {
            let brotli = PathBuf::from(format!("{}.br", path.display()));
            bytes += fs::metadata(&brotli).or_else(|_| fs::metadata(&path)).unwrap().len();
        }
    }
    bytes
}
