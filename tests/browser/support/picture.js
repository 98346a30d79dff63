/** The picture of the README: three phones side by side, one in each language. */

import { chromium } from "playwright-core";
import { CHROMIUM } from "./programs.js";
import { SCREENS } from "./look.js";

const PHONES = [
  { locale: "zh-CN", colorScheme: "light", screen: "log" },
  { locale: "bo-CN", colorScheme: "light", screen: "tally" },
  { locale: "en-GB", colorScheme: "dark", screen: "records" },
];

/** The picture as PNG bytes, of a furnished world. */
export async function picture({ world, names }) {
  const shots = [];
  for (const { screen, ...options } of PHONES) {
    const phone = await world.phone({ ...options, viewport: { width: 360, height: 700 } });
    await phone.enrol(await world.server.code("tenzin"));
    await phone.page.locator("header .text", { hasText: /\S/ }).waitFor();
    await SCREENS[screen](phone, names);
    await phone.page.waitForLoadState("networkidle");
    await phone.page.evaluate(() => scrollTo(0, 0));
    shots.push((await phone.page.screenshot()).toString("base64"));
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 760 } });
  await page.setContent(`<style>
    body { margin: 0; height: 760px; display: flex; align-items: center; justify-content: space-evenly; background: #d8cfbd }
    img { width: 360px; height: 700px; border-radius: 22px; outline: 6px solid #26231d }
  </style>${shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join("")}`);
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  const bytes = await page.screenshot();
  await browser.close();
  return bytes;
}
