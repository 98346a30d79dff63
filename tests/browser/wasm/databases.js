/**
 * All databases of an origin (IndexedDB) as one JSON value, and back. Both functions are run in a worker of that origin, so each
 * holds all that it needs.
 */

/** Every database: its version, its stores with their indices, every key and every value. What JSON does not know is marked. */
export async function dump() {
  const answered = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const digits = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const written = (value) => {
    if (value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value)) return value;
    if (value instanceof Uint8Array) return { $bytes: digits(value) };
    if (value instanceof ArrayBuffer) return { $buffer: digits(new Uint8Array(value)) };
    if (Array.isArray(value)) return value.map(written);
    const plain = Object.getPrototypeOf(Object(value)) === Object.prototype;
    // Left out or bent, it would be missed only by whoever needs it.
    if (!plain || Object.keys(value).some((key) => key.startsWith("$"))) throw new Error(`no word for ${String(value)} yet`);
    return Object.fromEntries(Object.entries(value).map(([key, value]) => [key, written(value)]));
  };
  const described = ({ name, keyPath, unique, multiEntry }) => ({ name, keyPath, unique, multiEntry });
  const read = async (store) => {
    const [keys, values] = await Promise.all([answered(store.getAllKeys()), answered(store.getAll())]);
    return {
      name: store.name,
      keyPath: store.keyPath,
      autoIncrement: store.autoIncrement,
      indices: [...store.indexNames].map((name) => described(store.index(name))),
      rows: keys.map((key, n) => [written(key), written(values[n])]),
    };
  };
  const databases = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await answered(indexedDB.open(name, version));
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names);
    const stores = await Promise.all(names.map((name) => read(transaction.objectStore(name))));
    database.close();
    databases.push({ name, version, stores });
  }
  return databases.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Makes the databases that `dump` has told of, where there are none yet. */
export async function restore(_, databases) {
  const answered = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const bytes = (digits) => Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  const meant = (value) => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(meant);
    if ("$bytes" in value) return bytes(value.$bytes);
    if ("$buffer" in value) return bytes(value.$buffer).buffer;
    return Object.fromEntries(Object.entries(value).map(([key, value]) => [key, meant(value)]));
  };
  for (const { name, version, stores } of databases) {
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => {
      for (const { name, keyPath, autoIncrement, indices } of stores) {
        const store = opening.result.createObjectStore(name, { keyPath, autoIncrement });
        for (const { name, keyPath, unique, multiEntry } of indices) store.createIndex(name, keyPath, { unique, multiEntry });
      }
    };
    const database = await answered(opening);
    const transaction = database.transaction([...database.objectStoreNames], "readwrite");
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    for (const { name, keyPath, rows } of stores) {
      const store = transaction.objectStore(name);
      // Where a value holds its own key, none may be given.
      for (const [key, value] of rows) keyPath === null ? store.put(meant(value), meant(key)) : store.put(meant(value));
    }
    await ended;
    database.close();
  }
}
