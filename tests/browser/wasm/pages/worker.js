// Runs what a test sends, in a worker, with the module at hand.
import * as cairn from "/pkg/cairn_web.js";

const ready = cairn.default();
const kept = {};

self.onmessage = async ({ data: { id, source, given } }) => {
  try {
    await ready;
    const value = await (0, eval)(`(${source})`)({ cairn, kept }, given);
    self.postMessage({ id, value });
  } catch (error) {
    const { message, code, faults, choices, stack } = error;
    self.postMessage({ id, error: { message: String(message ?? error), code, faults, choices, stack } });
  }
};
