// What is computed from a recording, against examples worked out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DOWN, replay, roundTrips, SLOW, UP } from "./exchange.js";
import { checkAgainstTheBenchmark } from "./records.js";

const up = (at_ms, bytes) => ({ at_ms, way: UP, bytes });
const down = (at_ms, bytes) => ({ at_ms, way: DOWN, bytes });

test("the records are the benchmark's", () => {
  assert.equal(checkAgainstTheBenchmark(), 50);
});

test("what comes sooner than a round trip is no answer", () => {
  assert.equal(roundTrips([up(0, 1), down(100, 1), up(150, 1), down(600, 1), up(600, 1)], 600), 2);
});

test("a request and its answer wait for their bytes", () => {
  // Connected after 600 ms; 800 bytes take 100 ms and 300 ms of way; 8,000 bytes take 1,000 ms and 300 ms of way.
  const recorded = [up(600, 800), down(1_200, 8_000)];
  assert.equal(replay(recorded, 600, SLOW), 600 + 100 + 300 + 1_000 + 300);
});

test("what was recorded over a shorter way takes the longer way's time", () => {
  const recorded = [up(20, 8), down(40, 8), up(45, 8), down(65, 8)];
  // Connecting, two times there and back, five milliseconds of thinking, four times 1 ms for eight bytes.
  assert.equal(replay(recorded, 20, SLOW), 600 + 2 * 600 + 5 + 4);
});

test("what is sent at once waits for its turn, not for an answer", () => {
  const recorded = [up(600, 8_000), up(600, 8_000), down(1_200, 8)];
  // The answer was heard to be one to both: it comes when both are there.
  assert.equal(replay(recorded, 600, SLOW), 600 + 2_000 + 300 + 1 + 300);
});
