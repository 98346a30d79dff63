/** A phone in somebody's hand: what they see, and what they tap. */

import { PHONE } from "./browser.js";

export const FORMS = { outreach: "clinic.outreach", outpatient: "clinic.outpatient_day", rescue: "clinic.rescue", surgery: "clinic.surgery" };

export class Phone {
  context;
  page;
  url;
  /** What went wrong in the page, or against its policy. */
  errors = [];
  /** Every address that was asked for. */
  requests = [];

  constructor(context, url) {
    this.context = context;
    this.url = url;
    context.on("request", (request) => this.requests.push(request.url()));
  }

  static async new(browser, url, options = {}) {
    const phone = new Phone(await browser.newContext({ ...PHONE, locale: "en-GB", ...options }), url);
    await phone.open();
    return phone;
  }

  /** Another tab. */
  async tab(hash = "") {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      // A server that is not reached is no error of the app.
      if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text())) this.errors.push(message.text());
    });
    await page.goto(`${this.url}/${hash}`);
    return page;
  }

  async open(hash = "") {
    this.page = await this.tab(hash);
  }

  async enrol(code) {
    await this.page.locator("input[name=code]").fill(code);
    await this.page.locator("form button.main").click();
    await this.page.locator("a[data-form]").first().waitFor();
  }

  async go(hash) {
    await this.page.evaluate((to) => (location.hash = to), hash);
  }

  /** Opens a form, and fills in its fields. */
  async fill(form, answers, page = this.page) {
    await page.evaluate(() => (location.hash = "#/log"));
    await page.locator(`a[data-form="${form}"]`).click();
    for (const [field, answer] of Object.entries(answers)) await this.answer(field, answer, page);
  }

  async answer(field, answer, page = this.page) {
    const block = page.locator(`[data-field="${field}"]`);
    if (typeof answer === "number" && (await block.locator(".tally").count()) > 0) {
      for (let n = 0; n < answer; n += 1) await block.locator("button.more").click();
    } else if (typeof answer === "boolean" || (await block.locator(".choices").count()) > 0) {
      await block.getByRole("button", { name: typeof answer === "boolean" ? (answer ? "Yes" : "No") : answer, exact: true }).click();
    } else await block.locator("input, textarea").first().fill(String(answer));
  }

  async save(page = this.page) {
    await page.locator("button.save").click();
    await page.getByText("Saved on this phone").first().waitFor();
  }

  async log(form, answers, page = this.page) {
    await this.fill(form, answers, page);
    await this.save(page);
    await page.locator("a[data-form]").first().waitFor();
  }

  /** The state line says this. */
  async says(text, page = this.page) {
    await page.locator("header .text", { hasText: text }).waitFor();
  }

  /** Opens the record whose line in the list has this text. */
  async openRecord(text, page = this.page) {
    await page.evaluate(() => (location.hash = "#/records"));
    await page.locator("a.record", { hasText: text }).first().click();
    await page.locator("dl.card").waitFor();
  }

  /** Syncs until all is answered, and says so. */
  async sync(page = this.page) {
    await page.evaluate(() => (location.hash = "#/me"));
    await page.getByRole("button", { name: "Sync now" }).click();
    await page.getByRole("button", { name: "Sync now" }).waitFor();
  }

  async end() {
    await this.context.close();
  }
}
