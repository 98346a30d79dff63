/** What a kept device and its server say: before it syncs, and what comes of it when it does. */

/** Of a sync: what became of the changes. How many requests and bytes it took may change. */
const BECAME = ["pushed", "accepted", "duplicate", "parked", "held", "refused", "pulled", "rejected", "answered_all", "error"];
/** Of the hour, or of the clock. */
const PASSING = ["last_sync_ms", "skew_ms", "received", "last_seen", "app", "decided"];

/** All that the device says of itself: the people on it, and what each of them sees. */
export async function told(phone) {
  const people = await phone.open();
  const shows = {};
  const knows = {};
  for (const { user } of people) {
    shows[user] = await phone.shows(user);
    if (shows[user].status.last_sync_ms !== null) knows[user] = await phone.knows(user);
  }
  return { people, shows, knows };
}

/** Everybody syncs: what came of it, and what they and the server show then. */
export async function synced(world, phone, people, token) {
  const reports = {};
  const shows = {};
  for (const { user } of people) {
    const report = await phone.does(user, "sync");
    reports[user] = Object.fromEntries(BECAME.map((word) => [word, report[word]]));
  }
  for (const { user } of people) shows[user] = lasting(await phone.shows(user));
  return { reports, shows, server: await tells(world.server, token) };
}

/** What the server has: every record whole, what is held, and how many there are of everything. */
async function tells(server, token) {
  const records = [];
  for (const { id } of (await server.tells("records?limit=200", token)).items) records.push(await server.tells(`records/${id}`, token));
  const held = await server.tells("held", token);
  const { counts } = await server.tells("system", token);
  return lasting({ records, held: held.items, counts });
}

function lasting(told) {
  if (Array.isArray(told)) return told.map(lasting);
  if (typeof told !== "object" || told === null) return told;
  const kept = Object.entries(told).filter(([key]) => !PASSING.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, lasting(value)]));
}
