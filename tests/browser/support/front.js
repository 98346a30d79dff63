/**
 * What stands before the server, as a proxy does in the field: passes everything on, can be cut, counts, and gives out the app's files
 * itself where a test wants other ones than the server has.
 */

import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { extname, join } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
  ".png": "image/png", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json",
};
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; " +
  "connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export class Front {
  #server;
  #sockets = new Set();
  #port = 0;
  /** The server behind; null while there is none. */
  behind;
  /** The directory of the app's files; null leaves them to the server. */
  files;
  /** Bytes of what is not data: the app's files, as they went over the wire. */
  given = 0;
  /** Called for each request before it is passed on; true when it was dealt with. */
  before = null;

  constructor(behind, files = null) {
    this.behind = behind;
    this.files = files;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The network is there. */
  async open() {
    this.#server = http.createServer((request, response) => this.#answer(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = this.#server.address().port;
  }

  /** The network is gone, in the middle of whatever went over it. */
  async cut() {
    if (!this.#server?.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #answer(request, response) {
    if (this.before?.(request, response)) return;
    const path = new URL(request.url, this.url).pathname;
    if (this.files && (request.method === "GET" || request.method === "HEAD") && this.#give(path, request, response)) return;
    this.#pass(request, response);
  }

  #give(path, request, response) {
    const name = path === "/" ? "index.html" : path.slice(1);
    const file = join(this.files, name);
    if (name.includes("..") || !existsSync(file) || extname(name) === "") return false;
    const headers = {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "cache-control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    };
    const asked = request.headers["accept-encoding"] ?? "";
    const [ending, encoding] = asked.includes("br") && existsSync(`${file}.br`) ? [".br", "br"] : asked.includes("gzip") && existsSync(`${file}.gz`) ? [".gz", "gzip"] : ["", null];
    if (encoding) headers["content-encoding"] = encoding;
    const body = readFileSync(file + ending);
    this.given += body.length;
    response.writeHead(200, headers);
    response.end(request.method === "HEAD" ? undefined : body);
    return true;
  }

  #pass(request, response) {
    if (!this.behind) return void response.writeHead(502).end();
    const { hostname, port } = new URL(this.behind);
    const isData = /^\/(api|sync)\//.test(request.url);
    const passed = http.request({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      if (!isData) answer.on("data", (bytes) => (this.given += bytes.length));
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
    request.pipe(passed);
  }
}
