//! What the simulation has found, as short as it could be made, so that it stays mended. Each plan is spelled out: it does not
//! change when plans are drawn in another way.

use cairn_simulation::{
    fault::Fault,
    run::{Mode, run},
    step::{Plan, Planned, Step},
    variant::Variant,
};

fn holds(seed: u64, devices: usize, steps: &[(u32, Step)]) {
    let steps = steps.iter().map(|(number, step)| Planned { number: *number, step: *step }).collect();
    let plan = Plan { seed, devices, steps };
    if let Some(violation) = run(&plan, Variant::Shipped, Mode::Watched).violation {
        panic!("{violation}");
    }
}

/// A recorder is given a role, logs, syncs; the server goes on from a backup of before. That it is another server, and that the
/// unit is not the recorder's, came in one answer, and what they had logged there was not given back.
#[test]
fn work_where_a_restored_server_forgot_the_right_is_given_back() {
    holds(
        8,
        2,
        &[
            (25, Step::Strike { fault: Fault::Clone, whose: 47370, how: 11662 }),
            (205, Step::Strike { fault: Fault::Reassignment, whose: 30551, how: 25845 }),
            (233, Step::BackUp { whose: 47303 }),
            (234, Step::Strike { fault: Fault::Clone, whose: 60424, how: 8284 }),
            (248, Step::Strike { fault: Fault::Reassignment, whose: 13214, how: 46867 }),
            (250, Step::Sync { device: 57802 }),
            (269, Step::Stroke { device: 55361, draft: 44851 }),
            (270, Step::Log { device: 714, unit: 445, form: 60807 }),
            (273, Step::Stroke { device: 35900, draft: 17367 }),
            (274, Step::Sync { device: 39730 }),
            (281, Step::Sync { device: 9264 }),
            (283, Step::Sync { device: 3021 }),
            (291, Step::Strike { fault: Fault::ServerRestored, whose: 23259, how: 29332 }),
            (292, Step::Strike { fault: Fault::Clone, whose: 25249, how: 49323 }),
            (293, Step::Edit { device: 1605, record: 55919, field: 4038 }),
        ],
    );
}

/// What was held was kept by a server that went on from a backup of before, so it waited again; but if the device died in that
/// moment, its record still said that it was held.
#[test]
fn what_a_restored_server_no_longer_holds_is_not_said_to_be_held() {
    holds(
        83,
        5,
        &[
            (60, Step::BackUp { whose: 25739 }),
            (194, Step::Strike { fault: Fault::Clone, whose: 18544, how: 60684 }),
            (262, Step::Log { device: 47448, unit: 50430, form: 4362 }),
            (370, Step::Strike { fault: Fault::Clone, whose: 1393, how: 38072 }),
            (399, Step::Strike { fault: Fault::ServerRestored, whose: 44217, how: 31064 }),
            (403, Step::Strike { fault: Fault::Reassignment, whose: 23535, how: 14802 }),
            (404, Step::Sync { device: 58100 }),
            (405, Step::Log { device: 46972, unit: 57916, form: 40843 }),
            (408, Step::Strike { fault: Fault::Crash, whose: 58088, how: 7360 }),
            (409, Step::Strike { fault: Fault::ServerRestored, whose: 4050, how: 54179 }),
        ],
    );
}

/// The server went on from a backup three times while one sync was under way. Each time the feeds were compared, as they must be
/// with a server that is another one; all of it was counted as one server's, and they were said to differ for good.
#[test]
fn comparisons_with_another_server_do_not_count() {
    holds(
        387,
        4,
        &[
            (120, Step::BackUp { whose: 37564 }),
            (354, Step::Strike { fault: Fault::ServerRestored, whose: 61513, how: 6085 }),
            (365, Step::Sync { device: 53401 }),
            (369, Step::Log { device: 2167, unit: 784, form: 47285 }),
            (371, Step::Strike { fault: Fault::ServerRestored, whose: 24719, how: 3515 }),
            (372, Step::Strike { fault: Fault::Reorder, whose: 22944, how: 10636 }),
            (373, Step::Log { device: 36850, unit: 42116, form: 19045 }),
            (374, Step::Edit { device: 27411, record: 54085, field: 50321 }),
            (375, Step::Strike { fault: Fault::ServerRestored, whose: 21731, how: 4459 }),
        ],
    );
}

/// Somebody edited a record of another's; the server went on from a backup that knew neither the record nor the right to read its
/// unit, and the author's device was lost to an image of before. The edit alone was given back, and waited for good.
#[test]
fn an_edit_is_given_back_with_what_it_builds_on() {
    holds(
        268,
        3,
        &[
            (31, Step::Strike { fault: Fault::Delay, whose: 34481, how: 602 }),
            (51, Step::BackUp { whose: 5055 }),
            (56, Step::Strike { fault: Fault::Crash, whose: 22298, how: 3592 }),
            (57, Step::BackUp { whose: 58310 }),
            (60, Step::Sync { device: 50456 }),
            (94, Step::Log { device: 620, unit: 34151, form: 18609 }),
            (98, Step::Strike { fault: Fault::Reassignment, whose: 29609, how: 13028 }),
            (107, Step::Edit { device: 54998, record: 59709, field: 57023 }),
            (110, Step::Sync { device: 44249 }),
            (118, Step::Strike { fault: Fault::Clone, whose: 38688, how: 47960 }),
            (119, Step::Sync { device: 61464 }),
            (126, Step::Strike { fault: Fault::Clone, whose: 31101, how: 3023 }),
            (200, Step::Strike { fault: Fault::DeviceRestored, whose: 41612, how: 14263 }),
            (240, Step::Strike { fault: Fault::ServerRestored, whose: 36439, how: 53480 }),
            (241, Step::Edit { device: 40770, record: 8707, field: 44513 }),
        ],
    );
}

/// An administrator rejected what a re-assigned worker had logged; the server went on from a backup of before, and knew neither the
/// change nor the decision. The device kept it as rejected, and sent it to nobody any more.
#[test]
fn what_was_rejected_by_a_server_that_forgot_it_is_brought_again() {
    holds(
        502,
        5,
        &[
            (129, Step::Strike { fault: Fault::TornWrite, whose: 41194, how: 62863 }),
            (130, Step::Strike { fault: Fault::Clone, whose: 43512, how: 8755 }),
            (131, Step::BackUp { whose: 49531 }),
            (143, Step::Log { device: 10456, unit: 48828, form: 40453 }),
            (146, Step::Sync { device: 2254 }),
            (220, Step::Strike { fault: Fault::Reassignment, whose: 54980, how: 417 }),
            (248, Step::Sync { device: 25510 }),
            (251, Step::Decide { held: 51514 }),
            (272, Step::Sync { device: 2314 }),
            (281, Step::Comment { device: 7273, record: 25889 }),
            (282, Step::Strike { fault: Fault::ServerRestored, whose: 26836, how: 48400 }),
        ],
    );
}
