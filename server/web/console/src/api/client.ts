/** The server's operations, typed by its own document: `server/openapi.json`. */

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];

/** What the server says when something cannot be done. */
export class ApiError extends Error {
  /** The stable word of it; `unreachable` if there was no answer. */
  readonly code: string;
  /** HTTP's number; 0 if there was no answer. */
  readonly status: number;
  /** What and where, in English, for those who look deeper. */
  readonly detail: string;

  constructor(code: string, status: number, detail: string) {
    super(detail || code);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

export const api: Client<paths> = createClient<paths>({ baseUrl: location.origin, fetch: reach });

/** Hears of answers that say that nobody is logged in. */
let ended: () => void = () => {};

export function whenEnded(hear: () => void): void {
  ended = hear;
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    throw error instanceof DOMException && error.name === "AbortError" ? error : new ApiError("unreachable", 0, String(error));
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer. Throws an `ApiError` if it is none. */
export async function got<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  const said = (error ?? {}) as { code?: unknown; detail?: unknown };
  const code = typeof said.code === "string" ? said.code : "not_a_server";
  const failed = new ApiError(code, response.status, typeof said.detail === "string" ? said.detail : "");
  if (response.status === 401 && (code === "credential_missing" || code === "session_unknown")) ended();
  throw failed;
}

/** A part of a list, and behind what it goes on. */
export interface Page<T> {
  items: T[];
  next?: string | null | undefined;
}

/** Every item of a list that comes in pages. For lists that are small by their nature. */
export async function all<T>(page: (after: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const got = await page(after);
    items.push(...got.items);
    after = got.next ?? undefined;
  } while (after !== undefined);
  return items;
}
