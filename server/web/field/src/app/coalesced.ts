/** Runs that are asked for more often than they can be run. */

/** The same run, one at a time: however often it is asked for meanwhile, it runs once more when it has ended. */
export function coalesced(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;

  async function all(): Promise<void> {
    try {
      do {
        again = false;
        await run();
      } while (again);
    } finally {
      running = null;
    }
  }

  return () => {
    if (running) again = true;
    else running = all();
    return running;
  };
}
