//! Who stands behind a change, and what follows for it.

use sync_core::{gate::ReasonCode, record::Verdict, wire::Outcome};

use super::{accepted, held};
use crate::{
    auth::Role,
    store::Engine,
    testing::{World, on_both, operator},
};

on_both![
    a_right_belongs_to_the_author_not_to_whoever_carries_the_change,
    only_reviewers_give_verdicts_and_a_void_record_counts_no_more,
    a_revoked_device_loses_nothing_but_its_rights,
    whoever_loses_a_role_keeps_what_they_wrote_and_what_comes_late_is_held,
];

async fn a_right_belongs_to_the_author_not_to_whoever_carries_the_change(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let teacher = world.worker("teacher-01", Role::Recorder, "riwoqe").await;
    let (mut record, first) = doctor.outreach("markam", 1, 1);
    accepted(&world.push(&doctor, "markam", &[&first]).await);
    let second = record.comment("好", doctor.pen(2)).unwrap();
    // The teacher merely gives back what the store has vouched for.
    accepted(&world.give_back(&teacher, "markam", &[&second], &[&doctor]).await);
    // The teacher may not do it themselves.
    let third = record.comment("不好", teacher.pen(3)).unwrap();
    assert_eq!(held(&world.push(&teacher, "markam", &[&third]).await[0]), ReasonCode::NoPermission);
    world.is_right().await;
}

async fn only_reviewers_give_verdicts_and_a_void_record_counts_no_more(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let reviewer = world.worker("reviewer-01", Role::Reviewer, "changdu").await;
    let (mut record, first) = doctor.outreach("markam", 7, 1);
    accepted(&world.push(&doctor, "markam", &[&first]).await);
    let mut copy = record.clone();
    let own = copy.review(Verdict::Approved, "", None, doctor.pen(2)).unwrap();
    assert_eq!(held(&world.push(&doctor, "markam", &[&own]).await[0]), ReasonCode::NoPermission);
    let void = record.review(Verdict::Void, "twice", None, reviewer.pen(3)).unwrap();
    accepted(&world.push(&reviewer, "markam", &[&void]).await);
    assert_eq!(world.total("people_benefited").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM records WHERE status = 'void' AND contribution IS NULL").await, 1);
    world.is_right().await;
}

async fn a_revoked_device_loses_nothing_but_its_rights(engine: Engine) {
    let world = World::new(engine).await;
    let mut doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let other = world.device(&doctor.user).await;
    let (mut record, first) = doctor.outreach("markam", 1, 1);
    accepted(&world.push(&doctor, "markam", &[&first]).await);
    world.revoke(&mut doctor).await;
    let second = record.comment("好", doctor.pen(2)).unwrap();
    let mut copy = record.clone();
    let (_, fresh) = doctor.outreach("markam", 2, 3);
    let outcomes = world.push(&doctor, "markam", &[&first, &second, &fresh]).await;
    assert_eq!(outcomes[0], Outcome::Duplicate { position: 1 });
    assert_eq!([held(&outcomes[1]), held(&outcomes[2])], [ReasonCode::DeviceRevoked; 2]);
    // Nor may it speak for another device of the same person.
    let third = copy.comment("是", other.pen(4)).unwrap();
    let outcomes = world.push(&doctor, "markam", &[&third]).await;
    assert_eq!(outcomes, [Outcome::Parked]);
    // That device is not taken for the revoked one.
    let (_, theirs) = other.outreach("markam", 4, 5);
    accepted(&world.push(&other, "markam", &[&theirs]).await);
    // Let in by a person, it is known whose it was.
    let by = operator();
    for change in [&second, &fresh, &third] {
        world.app.ingest.admit(change.hash(), &by).await.unwrap();
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 5);
    world.is_right().await;
}

async fn whoever_loses_a_role_keeps_what_they_wrote_and_what_comes_late_is_held(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let (mut record, first) = doctor.outreach("markam", 3, 1);
    accepted(&world.push(&doctor, "markam", &[&first]).await);
    world.withdraw(&doctor, Role::Recorder, "markam").await;
    let late = record.comment("好", doctor.pen(2)).unwrap();
    assert_eq!(held(&world.push(&doctor, "markam", &[&late]).await[0]), ReasonCode::NoPermission);
    assert_eq!(world.total("people_benefited").await, 3);
    world.is_right().await;
}
