/**
 * Pictures of every screen of the logbook and of the console, in every language, light and dark: into `shots/`, to be looked at; and the
 * README's two, which are kept.
 * `make screenshots`
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Changdu } from "./support/changdu.js";
import { DESK, Desk, PASSWORD } from "./support/console.js";
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
} finally {
  await world.end();
}
await desks();
console.log(`the pictures are in ${shots}`);

/** The console before the played year of Changdu: every place, in every language, light and dark; and the README's picture of it. */
async function desks() {
  const PLACES = ["overview", "records", "queues/duplicates", "briefing", "people", "people/doctor-03", "devices", "units", "forms", "forms/clinic.outreach", "audit", "system", "me"];
  const changdu = await Changdu.begin();
  try {
    let code = changdu.told.password_code;
    for (const [language, locale] of Object.entries(LANGUAGES)) {
      for (const theme of THEMES) {
        const desk = new Desk(await changdu.browser.newContext({ ...DESK, locale, colorScheme: theme }), changdu.url);
        if (code) {
          const page = await desk.open(`#/password?code=${code}`);
          await page.locator("input[name=password]").fill(PASSWORD);
          await page.locator("form button.main").click();
          await page.locator("[data-measure]").first().waitFor();
          code = null;
        } else await desk.logIn("administrator");
        for (const place of PLACES) {
          await desk.go(`#/${place}`);
          await desk.page.waitForTimeout(1_000);
          await desk.page.screenshot({ path: `${shots}console-${place.replaceAll("/", "-")}-${language}-${theme}.png` });
          if (place === "overview" && language === "zh" && theme === "light") {
            // Once what was said of the password is gone.
            await desk.page.waitForTimeout(6_000);
            await desk.page.screenshot({ path: fileURLToPath(new URL("../../server/docs/console.png", import.meta.url)), fullPage: true });
          }
        }
        await desk.end();
      }
    }
  } finally {
    await changdu.end();
  }
}
