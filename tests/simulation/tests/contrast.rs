//! Builds that are known to be wrong: the oracle catches each within so many seeds, and names the promise that it breaks. Left
//! alone, it would be no oracle.

use cairn_simulation::{
    run::{Mode, run},
    step::Plan,
    variant::Variant,
};

/// Steps of each seed.
const STEPS: u32 = 300;

/// The first of `seeds` seeds in which the variant is caught breaks one of `promises`.
fn is_caught(variant: Variant, seeds: u64, promises: &[&str]) {
    let broken = (1..=seeds).find_map(|seed| {
        let violation = run(&Plan::of(seed, STEPS), variant, Mode::Watched).violation?;
        Some((seed, violation))
    });
    let Some((seed, violation)) = broken else { panic!("{variant:?} went through {seeds} seeds unseen") };
    assert!(promises.contains(&violation.promise), "{variant:?}, seed {seed}: {violation}");
}

/// Stamps a test on each variant.
macro_rules! caught {
    ($($test:ident: $variant:ident within $seeds:literal by $($promise:literal),+;)+) => {
        $(#[test]
        fn $test() {
            is_caught(Variant::$variant, $seeds, &[$($promise),+]);
        })+

        #[test]
        fn no_variant_is_left_out() {
            let named = [$(Variant::$variant),+];
            assert!(Variant::WRONG.iter().all(|variant| named.contains(variant)));
        }
    };
}

caught! {
    a_server_that_answers_before_its_commit: AcknowledgeBeforeCommit within 40
        by "what was acknowledged is never lost";
    a_server_whose_disk_is_not_synced: ServerSyncNormal within 40
        by "what was acknowledged is never lost";
    a_device_whose_disk_is_not_synced: DeviceSyncNormal within 40
        by "saved means saved", "what was typed is kept at every stroke";
    a_device_that_commits_its_cursor_first: CursorBeforeData within 80
        by "cursors speak of what is here";
    a_server_that_refuses_whole_requests: WholeBatchRefusal within 40
        by "a bad change takes no good one along", "nothing typed is turned away without a reason";
    a_device_that_keeps_its_actor: StableActor within 60
        by "nothing typed is turned away without a reason", "a sync fails only for what is wrong on the way";
    a_device_that_does_not_look_at_digests: DigestUnchecked within 60
        by "everybody has the same changes", "the last sync of all is well", "nothing typed is lost", "receipts are true",
            "a sync fails only for what is wrong on the way";
    a_disk_that_keeps_half_a_write: TornKept within 80
        by "cursors speak of what is here", "summaries are those of the changes", "saved means saved";
    a_server_that_gives_positions_before_it_has_the_lock: PositionOutsideLock within 60
        by "no position is seen before those below it";
    a_server_that_does_not_ask_for_rights: RightsUnchecked within 40
        by "nobody writes where they may not", "no hostile change gets into a feed";
    a_server_that_forgets_what_a_record_added: TallyNotMoved within 10
        by "totals are those of the records";
}
