/** Why an operation did not do what it was asked. Nothing that was saved before is touched by any error. */

import type { Fault } from "./types.ts";

/** What crosses between the worker and the pages. */
export interface ErrorParts {
  code: string;
  message: string;
  faults?: Fault[];
  choices?: string[];
}

/**
 * An error of the engine or of this package.
 *
 * `code` is a stable word to program against; `message` is English, for logs and developers. The engine's codes are those of
 * `cairn_client::Error::code()`. This package adds:
 *
 * | code | when |
 * |---|---|
 * | `interrupted` | the worker that was asked has gone, and it is not known whether it wrote; look, then decide |
 * | `restarted` | the engine failed inside and was started again from the store; the call was not finished |
 * | `not_leading` | another tab has taken over; the call was not done |
 * | `no_engine` | the engine cannot be loaded or started in this browser |
 * | `closed` | the client was closed |
 */
export class CairnError extends Error {
  readonly code: string;
  /** With code `faults`: each field and the rule that its value breaks. */
  readonly faults: readonly Fault[];
  /** With code `unit_needed`: the org units to choose from. */
  readonly choices: readonly string[];

  constructor(parts: ErrorParts) {
    super(parts.message);
    this.name = "CairnError";
    this.code = parts.code;
    this.faults = parts.faults ?? [];
    this.choices = parts.choices ?? [];
  }
}

/** Takes an error of any origin apart. One without a code gets `fallback`. */
export function errorParts(error: unknown, fallback: string): ErrorParts {
  const known = (typeof error === "object" && error !== null ? error : { message: String(error) }) as Partial<ErrorParts>;
  const parts: ErrorParts = {
    code: typeof known.code === "string" ? known.code : fallback,
    message: known.message ?? "unknown error",
  };
  if (known.faults) parts.faults = known.faults;
  if (known.choices) parts.choices = known.choices;
  return parts;
}
