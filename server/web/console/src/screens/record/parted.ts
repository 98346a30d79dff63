/** A text in three parts, next to another: how they begin alike, what is this one's own, and how they end alike. For eyes only. */
export function parted(text: string, other: string): [string, string, string] {
  const [own, foreign] = [[...text], [...other]];
  const most = Math.min(own.length, foreign.length);
  let head = 0;
  while (head < most && own[head] === foreign[head]) head += 1;
  let tail = 0;
  while (tail < most - head && own.at(-1 - tail) === foreign.at(-1 - tail)) tail += 1;
  // Numbers and short words are read as a whole.
  if (own.length < 12 && head + tail < own.length) return ["", text, ""];
  const end = own.length - tail;
  return [own.slice(0, head).join(""), own.slice(head, end).join(""), own.slice(end).join("")];
}
