/** Operations of the server that its document does not have yet, typed by hand: goes away with the next `generate`. */

import type { Client } from "openapi-fetch";
import { api, type Schemas } from "./client.ts";

export type Device = Schemas["DeviceShown"] & { name_of_user?: string; units?: string[] };

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
  "/api/v1/devices": {
    get: Get<{ items: Device[]; next?: string | null }, { query?: { user?: string; unit?: string; silent_days?: number; order?: "last_seen"; after?: string; limit?: number } }>;
  };
  "/api/v1/units/{code}/move": { get: Get<Consequences, { path: { code: string }; query: { parent: string } }> };
}

export const coming = api as unknown as Client<ComingPaths>;
