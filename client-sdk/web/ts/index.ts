/**
 * `@cairn/client`: the replica in a browser. Records are written here at once, and merged with everybody else's when there is a
 * connection. What is merged, validated or judged is decided by the engine, which runs as WebAssembly in one worker.
 */

export { Client, openClient, type ClientOptions } from "./client.ts";
export { CairnError, type ErrorParts } from "./errors.ts";
export { Replica } from "./replica.ts";
export type * from "./types.ts";
