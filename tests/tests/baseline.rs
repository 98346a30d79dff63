//! What a sync costs on the wire does not get worse unnoticed: bytes and round trips are compared with those that are kept in
//! `baseline.json`. `CAIRN_REFRESH=1` keeps what is counted now; say why in the commit.

use std::{collections::BTreeMap, fs, path::PathBuf};

use cairn_tests::weighed::weights;

/// Of a hundred.
const WORSE_MAX: u64 = 3;
/// What the server draws, a cursor's check above all, goes into a few bytes more or less.
const DRAWN_BYTES: u64 = 4;

#[tokio::test]
async fn bytes_and_round_trips_are_no_more_than_those_that_are_kept() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baseline.json");
    let counted: BTreeMap<String, u64> = weights()
        .await
        .into_iter()
        .map(|weight| (format!("{} ({})", weight.name, weight.unit), weight.count))
        .collect();
    if std::env::var("CAIRN_REFRESH").is_ok() {
        fs::write(&path, serde_json::to_string_pretty(&counted).unwrap() + "\n").unwrap();
    }
    let kept: BTreeMap<String, u64> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert!(kept.keys().eq(counted.keys()), "other figures than those kept: {counted:#?}");
    let drawn = |name: &str| if name.ends_with("(B)") { DRAWN_BYTES } else { 0 };
    let most = |name: &str| kept[name] + (kept[name] * WORSE_MAX / 100).max(drawn(name));
    let worse = counted.iter().filter(|(name, count)| **count > most(name));
    let worse: Vec<String> = worse.map(|(name, count)| format!("{name}: {count} instead of {}", kept[name])).collect();
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}
