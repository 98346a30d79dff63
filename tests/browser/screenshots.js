/**
 * Pictures of every screen, in every language, light and dark: into `shots/`, to be looked at; and the README's, which is kept.
 * `make screenshots`
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { furnished, SCREENS } from "./support/look.js";
import { picture } from "./support/picture.js";

const LANGUAGES = { zh: "zh-CN", bo: "bo-CN", en: "en-GB" };
const THEMES = ["light", "dark"];

const shots = fileURLToPath(new URL("shots/", import.meta.url));
mkdirSync(shots, { recursive: true });
const { world, names } = await furnished();
try {
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    for (const theme of THEMES) {
      const phone = await world.phone({ locale, colorScheme: theme });
      await phone.page.locator("input[name=code]").waitFor();
      await phone.page.screenshot({ path: `${shots}first-${language}-${theme}.png` });
      await phone.enrol(await world.server.code("tenzin"));
      await phone.page.locator("header .text", { hasText: /\S/ }).waitFor();
      for (const [screen, come] of Object.entries(SCREENS)) {
        await come(phone, names);
        await phone.page.locator("main h1").waitFor();
        await phone.page.waitForLoadState("networkidle");
        await phone.page.evaluate(() => scrollTo(0, 0));
        await phone.page.screenshot({ path: `${shots}${screen}-${language}-${theme}.png` });
      }
      await phone.end();
    }
  }
  writeFileSync(new URL("../../server/docs/logbook.png", import.meta.url), await picture({ world, names }));
  console.log(`the pictures are in ${shots}`);
} finally {
  await world.end();
}
