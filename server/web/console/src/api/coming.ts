/** Operations of the server that its document does not have yet, typed by hand: goes away with the next `generate`. */

import type { Client } from "openapi-fetch";
import { api } from "./client.ts";

export interface Person {
  username: string;
  name: string;
  role: string;
}

/** What a move would do. */
export interface Consequences {
  unit: string;
  from: string | null;
  to: string;
  units: number;
  records: number;
  gains: Person[];
  loses: Person[];
}

interface Get<T, P> {
  parameters: P;
  responses: { 200: { content: { "application/json": T } } };
}

interface ComingPaths {
  "/api/v1/units/{code}/move": { get: Get<Consequences, { path: { code: string }; query: { parent: string } }> };
}

export const coming = api as unknown as Client<ComingPaths>;
