/** Whether the browser may throw the records away, and how much room there is. */

/** Less room than this is little: bytes. */
const LITTLE_BYTES = 50_000_000;

class Storage {
  /** The browser has promised to keep the records; null while it was not asked. */
  persisted = $state<boolean | null>(null);
  /** Bytes still free for this app; null when the browser does not say. */
  free = $state<number | null>(null);

  get isShort(): boolean {
    return this.free !== null && this.free < LITTLE_BYTES;
  }

  /** Asks for the promise; once it is given it stays. */
  async ask(): Promise<void> {
    if (!navigator.storage?.persist) return;
    this.persisted = (await navigator.storage.persisted()) || (await navigator.storage.persist());
    await this.measure();
  }

  async measure(): Promise<void> {
    const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
    this.free = quota !== undefined && usage !== undefined ? quota - usage : null;
  }
}

export const storage = new Storage();
