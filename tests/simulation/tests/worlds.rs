//! Worlds in which everything that can fail does. `make test` has the program of this crate play 2,000 larger ones besides
//! (`tests/rigs.sh`).

use cairn_simulation::report::{Seeds, play};

#[test]
fn every_promise_holds_in_every_world_and_every_world_is_the_same_twice() {
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4));
    let report = play(Seeds { from: 1, count: 60, steps: 300, threads });
    assert!(report.is_clean(), "{}", report.complaint());
}
