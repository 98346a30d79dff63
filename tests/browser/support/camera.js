/** What a camera sees: a film of one picture, a QR code, in the format that Chromium's false camera plays. */

import { writeFileSync } from "node:fs";
import encode from "qr";

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 4;
const WHITE = 235;
const BLACK = 16;

export function film(path, text) {
  const modules = encode(text, "raw", { ecc: "medium", border: 4 });
  const size = Math.floor(HEIGHT / modules.length);
  const [left, top] = [(WIDTH - size * modules.length) >> 1, (HEIGHT - size * modules.length) >> 1];
  const luma = Buffer.alloc(WIDTH * HEIGHT, WHITE);
  modules.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (!dark) return;
      for (let line = 0; line < size; line += 1) luma.fill(BLACK, (top + y * size + line) * WIDTH + left + x * size, (top + y * size + line) * WIDTH + left + (x + 1) * size);
    }),
  );
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, chroma]);
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...Array(FRAMES).fill(frame)]));
}
