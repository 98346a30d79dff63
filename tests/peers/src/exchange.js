// What a recorded exchange says: bytes, requests, round trips, and the time that it would take over a slow link.

/** A link as people in the field have it: milliseconds there and back, bytes a second each way. */
export const SLOW = { rtt_ms: 600, bytes_per_s: 8_000 };

export const UP = "up";
export const DOWN = "down";

/** Bytes of one direction, or of both. */
export const bytes = (events, way) => events.filter((e) => !way || e.way === way).reduce((sum, e) => sum + e.bytes, 0);

/**
 * Round trips: the longest chain of "sent, answered, sent again" that the recording allows. An answer that arrives sooner than
 * one round trip of the link after something was sent cannot be an answer to it, so it begins no new one.
 */
export function roundTrips(events, rtt_ms) {
  let trips = 0;
  let sent = null;
  let answered = true;
  for (const e of events) {
    if (e.way === UP && answered) {
      trips += 1;
      sent = e.at_ms;
      answered = false;
    } else if (e.way === DOWN && sent !== null && e.at_ms >= sent + rtt_ms * 0.98) {
      answered = true;
    }
  }
  return trips;
}

/**
 * Milliseconds that an exchange takes over `link`, computed from one recorded over a link of `recorded_ms` there and back without
 * a limit of bandwidth. Every packet waits for what its sender had received when it was sent, as far as that is in the recording, for as
 * long as its sender took then, and for its turn on the link. TCP's and IP's own headers and slow start are left out.
 */
export function replay(events, recorded_ms, link) {
  const half = recorded_ms / 2;
  // Times in the recording are the client's: an `up` event when sent, a `down` event when received.
  const seen = events.map((e) => ({
    ...e, sentThen: e.way === UP ? e.at_ms : e.at_ms - half, receivedThen: e.way === UP ? e.at_ms + half : e.at_ms,
  }));
  const order = [...seen].sort((a, b) => a.sentThen - b.sentThen);
  const arrivals = { [UP]: [], [DOWN]: [] };
  for (const way of [UP, DOWN]) arrivals[way] = seen.filter((e) => e.way === way).sort((a, b) => a.receivedThen - b.receivedThen);
  const heard = { [UP]: 0, [DOWN]: 0 };
  const latest = { [UP]: null, [DOWN]: null };
  const free = { [UP]: 0, [DOWN]: 0 };
  const before = { [UP]: null, [DOWN]: null };
  let end = 0;
  for (const e of order) {
    const other = e.way === UP ? DOWN : UP;
    while (heard[other] < arrivals[other].length && arrivals[other][heard[other]].receivedThen <= e.sentThen) {
      latest[other] = arrivals[other][heard[other]];
      heard[other] += 1;
    }
    // It was sent so long after the later of: the last thing its sender received, the last thing it sent.
    const cause = latest[other];
    const previous = before[e.way];
    // What has no cause was sent first, after a connection was made: one round trip.
    let ready = e.sentThen + link.rtt_ms - recorded_ms;
    if (cause && (!previous || cause.receivedThen >= previous.sentThen)) ready = cause.received + (e.sentThen - cause.receivedThen);
    else if (previous) ready = previous.ready + (e.sentThen - previous.sentThen);
    e.ready = ready;
    free[e.way] = Math.max(free[e.way], ready) + (e.bytes / link.bytes_per_s) * 1000;
    e.received = free[e.way] + link.rtt_ms / 2;
    before[e.way] = e;
    end = Math.max(end, e.received);
  }
  return end;
}
