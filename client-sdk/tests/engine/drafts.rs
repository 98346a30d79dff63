//! What somebody is filling in.

use cairn_client::{
    Error, Redeemed,
    engine::{KeptDraft, ShownDraft},
    store::{RecordFilter, Store},
};
use serde_json::{Map, Value as Json, json};
use sync_core::id::RecordId;

use crate::world::{Phone, World};

fn answers(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

fn fresh(entered: Json) -> KeptDraft {
    KeptDraft { id: None, record: None, form: "clinic.outreach".into(), unit: None, answers: answers(entered) }
}

fn edit_of(record: RecordId, entered: Json) -> KeptDraft {
    KeptDraft { record: Some(record), ..fresh(entered) }
}

async fn keep(phone: &Phone, draft: &KeptDraft) -> ShownDraft {
    phone.engine.keep_draft(draft).await.unwrap()
}

fn faulty(draft: &ShownDraft) -> Vec<&str> {
    draft.faults.iter().map(|fault| fault.field.as_str()).collect()
}

#[tokio::test]
async fn what_is_entered_is_kept_at_every_stroke_and_what_is_wrong_is_said() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let first = keep(&a, &fresh(json!({"place": "嘎"}))).await;
    assert_eq!(faulty(&first), ["on", "patients_seen"]);
    let second = KeptDraft { id: Some(first.id), ..fresh(json!({"place": "嘎托镇", "patients_seen": "四十"})) };
    assert_eq!(faulty(&keep(&a, &second).await), ["patients_seen", "on"]);
    // The device is switched off.
    let a = world.phone_on(a.store.copied());
    let drafts = a.engine.drafts().await.unwrap();
    assert_eq!(drafts.iter().map(|d| (d.id, d.answers.clone())).collect::<Vec<_>>(), [(first.id, second.answers)]);
    assert_eq!(
        (a.engine.list(&RecordFilter::default()).await.unwrap().len(), a.store.waiting().await.unwrap()),
        (0, 0)
    );
    let unread = a.engine.finish_draft(first.id, true).await.unwrap_err();
    assert_eq!(unread.code(), "faults", "what cannot be read is not made into a record");
    assert_eq!(a.engine.drafts().await.unwrap().len(), 1);
    assert_eq!(a.engine.only_here().await.unwrap(), 1, "a draft would be lost with the device");
    a.engine.drop_draft(first.id).await.unwrap();
    assert_eq!(a.engine.only_here().await.unwrap(), 0);
    assert!(a.engine.drafts().await.unwrap().is_empty());
    assert_eq!(a.engine.finish_draft(first.id, true).await.unwrap_err(), Error::NoSuchDraft { draft: first.id });
}

#[tokio::test]
async fn a_draft_that_is_finished_twice_is_one_record() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let draft = keep(&a, &fresh(json!({"on": "2021/3/15", "place": " 嘎托镇 ", "patients_seen": "༤༠"}))).await;
    assert!(draft.faults.is_empty(), "{draft:?}");
    let saved = a.engine.finish_draft(draft.id, false).await.unwrap();
    assert_eq!(a.engine.finish_draft(draft.id, false).await.unwrap(), saved);
    let values = a.shown(saved.id).await.values;
    for (field, expected) in [("on", json!("2021-03-15")), ("place", json!("嘎托镇")), ("patients_seen", json!(40))]
    {
        assert_eq!(values[field], expected);
    }
    assert!(a.engine.drafts().await.unwrap().is_empty());
    // A stroke that comes late does not bring it back.
    let late = KeptDraft { id: Some(draft.id), ..fresh(json!({"place": "x"})) };
    let error = a.engine.keep_draft(&late).await.unwrap_err();
    assert_eq!(error, Error::DraftFinished { draft: draft.id, record: saved.id });
    a.engine.drop_draft(draft.id).await.unwrap();
    assert_eq!(a.engine.finish_draft(draft.id, false).await.unwrap(), saved);
    a.synced().await;
    assert_eq!(a.engine.list(&RecordFilter::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_draft_became_is_forgotten_after_a_day() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    let entered = json!({"on": "2021-03-15", "place": "a", "patients_seen": 1});
    let first = keep(&a, &fresh(entered.clone())).await;
    a.engine.finish_draft(first.id, false).await.unwrap();
    cairn_client::Clock::sleep(&a.clock, std::time::Duration::from_hours(25)).await;
    let second = keep(&a, &fresh(entered)).await;
    a.engine.finish_draft(second.id, false).await.unwrap();
    let kept = a.store.drafts().await.unwrap();
    assert_eq!(kept.iter().map(|draft| draft.id).collect::<Vec<_>>(), [second.id]);
}

#[tokio::test]
async fn a_draft_of_an_edit_writes_what_was_touched() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let record = a.log("嘎托镇", 1).await;
    a.synced().await;
    b.synced().await;
    let draft = keep(&a, &edit_of(record, json!({"patients_seen": "2", "place": ""}))).await;
    assert_eq!(faulty(&draft), ["place"]);
    let draft = keep(&a, &KeptDraft { id: Some(draft.id), ..edit_of(record, json!({"patients_seen": "2"})) }).await;
    assert!(draft.faults.is_empty());
    b.set(record, "place", "如美镇").await;
    b.synced().await;
    a.synced().await;
    a.engine.finish_draft(draft.id, false).await.unwrap();
    let shown = a.shown(record).await;
    assert_eq!((&shown.values["place"], &shown.values["patients_seen"]), (&json!("如美镇"), &json!(2)));
    assert!(shown.conflicts.is_empty());
    let idle = keep(&a, &edit_of(record, json!({"patients_seen": 2}))).await;
    assert_eq!(a.engine.finish_draft(idle.id, false).await.unwrap_err().code(), "nothing_to_write");
}

#[tokio::test]
async fn choosing_one_of_two_values_settles_it() {
    let mut world = World::new();
    let (a, b) = (world.enrolled("doctor-01").await, world.enrolled("doctor-02").await);
    let record = a.log("嘎托镇", 1).await;
    a.synced().await;
    b.synced().await;
    a.set(record, "patients_seen", "2").await;
    b.set(record, "patients_seen", "3").await;
    a.synced().await;
    b.synced().await;
    a.synced().await;
    let in_doubt = RecordFilter { conflicting: true, ..RecordFilter::default() };
    assert_eq!(a.engine.count(&in_doubt).await.unwrap(), 1);
    let conflict = a.shown(record).await.conflicts.remove(0);
    let chosen = answers(json!({"patients_seen": conflict.values.last().unwrap().value}));
    a.engine.edit_entered(record, &chosen, false).await.unwrap();
    assert!(a.shown(record).await.conflicts.is_empty());
    assert_eq!(a.engine.count(&in_doubt).await.unwrap(), 0);
}

#[tokio::test]
async fn totals_are_the_sums_of_what_counts() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    assert_eq!(a.engine.totals(&RecordFilter::default()).await.unwrap(), Default::default());
    a.log("嘎托镇", 40).await;
    a.log("如美镇", 2).await;
    let void = a.log("曲孜卡", 7).await;
    a.engine.review(void, sync_core::record::Verdict::Void, "a test", None).await.unwrap();
    let totals = a.engine.totals(&RecordFilter::default()).await.unwrap();
    let sum = |measure: &str| totals.measures.iter().find(|m| m.measure.as_str() == measure).map(|m| m.total);
    assert_eq!((totals.records, sum("people_benefited")), (2, Some(42)));
    let later = RecordFilter { from: Some("2021-03-16".parse().unwrap()), ..RecordFilter::default() };
    assert_eq!(a.engine.totals(&later).await.unwrap().records, 0);
}

#[tokio::test]
async fn a_code_is_redeemed_before_it_is_known_whose_it_is() {
    let mut world = World::new();
    let a = world.enrolled("doctor-01").await;
    a.log("嘎托镇", 1).await;
    let known = a.engine.store().identity().await.unwrap().unwrap();
    let server = "http://server".parse().unwrap();
    let mine = Redeemed::by(&a.link, &server, "doctor-01:again", "phone").await.unwrap();
    let other = Redeemed::by(&a.link, &server, "doctor-02:new", "phone").await.unwrap();
    assert_eq!((mine.is_for(&known), other.is_for(&known)), (true, false));
    assert_eq!(a.engine.adopt(other.clone()).await.unwrap_err().code(), "other_user");
    let renewed = a.engine.adopt(mine).await.unwrap();
    assert_ne!(renewed.device, known.device);
    assert_eq!(a.synced().await.accepted, 1, "its work stayed");
    let b = world.phone();
    assert_eq!(b.engine.adopt(other).await.unwrap().user.as_str(), "doctor-02");
    b.synced().await;
    assert!(!format!("{renewed:?}").contains("secret"));
}
