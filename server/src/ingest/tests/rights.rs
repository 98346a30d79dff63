//! Who stands behind a change, and what follows for it.

use sync_core::{
    gate::ReasonCode,
    id::ActorKey,
    record::Verdict,
    wire::{Author, InChange, Outcome},
};

use super::{accepted, held};
use crate::{
    auth::Role,
    ingest::{Push, author_proof},
    store::Engine,
    testing::{World, on_both, operator},
};

on_both![
    a_right_belongs_to_the_author_not_to_whoever_carries_the_change,
    only_reviewers_give_verdicts_and_a_void_record_counts_no_more,
    a_revoked_device_loses_nothing_but_its_rights,
    an_author_given_back_with_the_servers_proof_is_believed,
    whoever_loses_a_role_keeps_what_they_wrote_and_what_comes_late_is_held,
];

async fn a_right_belongs_to_the_author_not_to_whoever_carries_the_change(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let teacher = world.worker("teacher-01", Role::Recorder, "riwoqe").await;
    let (mut record, first) = doctor.outreach("markam", 1, 1);
    accepted(&world.push(&doctor, "markam", &[&first]).await);
    let second = record.comment("好", doctor.pen(2)).unwrap();
    // The doctor's actor is known by now: the teacher merely carries.
    accepted(&world.push(&teacher, "markam", &[&second]).await);
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

async fn an_author_given_back_with_the_servers_proof_is_believed(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let teacher = world.worker("teacher-01", Role::Recorder, "riwoqe").await;
    let give_back = async |key: &[u8; 32], time| {
        // A process of the doctor's that this store has never heard of.
        let mut stranger = doctor.clone();
        stranger.actor = ActorKey([u8::try_from(time).unwrap(); 8]);
        let (_, change) = stranger.outreach("markam", 1, time);
        let proof = author_proof(key, stranger.actor, &doctor.user);
        let change = InChange { position: None, parts: change.parts().unwrap(), change };
        let push = Push {
            device: teacher.device.clone(),
            contact: None,
            changes: vec![("markam".parse().unwrap(), change)],
            authors: vec![Author { actor: stranger.actor, user: doctor.user.clone(), proof }],
        };
        world.app.ingest.push(push).await.unwrap().remove(0)
    };
    assert_eq!(give_back(world.store.author_key(), 1).await, Outcome::Accepted { position: 1 });
    assert_eq!(held(&give_back(&[9; 32], 2).await), ReasonCode::NoPermission, "the teacher's own, then");
    let known = world.count("SELECT COUNT(*) FROM actors WHERE username = 'doctor-03' AND device IS NULL").await;
    assert_eq!(known, 1);
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
