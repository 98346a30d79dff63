/** The engine's face as the worker uses it: `client-sdk/web/src`, compiled to `pkg/`. */

import type { Person, SyncReport, Status, FormInfo, UnitInfo } from "./types.ts";

/** A replica of the engine. Methods are called by name, so most are not listed. */
export interface EngineReplica {
  free(): void;
  syncOnce(): Promise<SyncReport>;
  status(): Promise<Status>;
  forms(): Promise<FormInfo[]>;
  units(): Promise<UnitInfo[]>;
}

/** The device of the engine. */
export interface EngineDevice {
  people(): Promise<Person[]>;
  enrol(server: string, code: string, deviceName: string): Promise<Person>;
  forget(person: string, evenIfUnsent: boolean): Promise<void>;
  replica(person: string): Promise<EngineReplica>;
}

let lastPanic: () => string | undefined = () => undefined;

/** Loads the engine, and opens the device's databases under a new term of leadership. */
export async function openDevice(): Promise<EngineDevice> {
  const engine = await import("../pkg/cairn_web.js");
  await engine.default({ module_or_path: new URL("../pkg/cairn_web_bg.wasm", import.meta.url) });
  lastPanic = engine.lastPanic;
  return (await engine.Device.open()) as unknown as EngineDevice;
}

/** Where in the engine it has panicked, if it has. What it said may hold values, and is left out. */
export function panicPlace(): string | undefined {
  try {
    return lastPanic()?.split("\n")[0];
  } catch {
    return undefined;
  }
}
