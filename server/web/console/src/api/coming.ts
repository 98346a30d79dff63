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

export interface SystemState {
  version: string;
  schema: number;
  database: { engine: string; version: string; bytes: number };
  counts: { units: number; users: number; devices: number; records: number; changes: number };
  sync: { seen_today: number; seen_week: number; silent: number; waiting: number; parked: number; held: number; refused_week: number };
  backup: { last: string | null };
  started: string;
  epoch: string;
}

export interface Verified {
  rows: number;
  ok: boolean;
  first_altered: number | null;
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
  "/api/v1/system": { get: Get<SystemState, object> };
  "/api/v1/audit/verification": { post: Get<Verified, object> };
}

export const coming = api as unknown as Client<ComingPaths>;
