/** One origin as the app has it: some folders of files, and all else is the server's. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import http from "node:http";
import path from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves `folders` (path to folder) and passes everything else on to `upstream`. */
export async function serve(folders, upstream) {
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://here");
    const mount = Object.keys(folders).find((prefix) => pathname.startsWith(prefix));
    if (!mount) return upstream ? pass(request, response, upstream) : response.writeHead(404).end();
    const file = path.join(folders[mount], path.normalize(pathname.slice(mount.length)));
    if (!(await stat(file).catch(() => null))?.isFile()) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream", "cache-control": "no-store" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

function pass(request, response, upstream) {
  const { host: _, ...headers } = request.headers;
  const onward = http.request(upstream + request.url, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}
