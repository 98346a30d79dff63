/** A county with something of everything on its screens, for pictures of them. */

import { FORMS } from "./phone.js";
import { seed } from "./seed.js";
import { World } from "./world.js";

/** The world, with a reviewer's word on some records, values that disagree, and something held. */
export async function furnished() {
  const world = await World.begin();
  const { server } = world;
  await server.user("tenzin", "丹增");
  await server.user("pema", "白玛", "reviewer", "markam");
  await seed(server, "tenzin", 60);
  const desk = server.desk("desk-pema");
  await desk("enrol", server.url, await server.code("pema"));
  await desk("sync");
  const { records } = JSON.parse(await desk("--json", "record", "list"));
  const [first, second, third, fourth] = records.map(({ id }) => id);
  await desk("record", "review", first, "approved");
  await desk("record", "comment", second, "请补充转诊人数。");
  await desk("record", "review", third, "returned", "--reason", "日期对吗？");
  // Two people write to one field without knowing of each other.
  const other = server.desk("desk-tenzin");
  const { form } = JSON.parse(await desk("--json", "record", "show", fourth));
  const field = { "clinic.outreach": "place", "clinic.surgery": "procedure", "clinic.training": "topic", "clinic.outpatient_day": "department" }[form];
  await desk("record", "edit", fourth, `${field}=宗西乡卫生院`);
  await other("record", "edit", fourth, `${field}=如美镇卫生院`);
  await desk("sync");
  await other("sync");
  return { world, names: { approved: first, commented: second, returned: third, disputed: fourth } };
}

/** The screens, each with how to come there. */
export const SCREENS = {
  enrol: async (phone) => phone.go("#enrol=7Q2MX0KD4T"),
  log: async (phone) => phone.go("#/log"),
  fill: async (phone) => {
    await phone.fill(FORMS.rescue, { diagnosis: "肺水肿" });
    await phone.page.locator(".choices button").nth(2).click();
  },
  faults: async (phone) => {
    await phone.fill(FORMS.rescue, { diagnosis: "肺水肿" });
    await phone.page.locator("button.save").click();
    await phone.page.locator(".faults").waitFor();
  },
  tally: async (phone) => phone.fill(FORMS.outpatient, { department: "内科", visits: 7 }),
  records: async (phone) => {
    await phone.go("#/records");
    await phone.page.locator("a.record[href]").first().waitFor();
  },
  totals: async (phone) => {
    await phone.go("#/records");
    await phone.page.locator("summary").click();
  },
  record: async (phone, { returned }) => phone.go(`#/records/${returned}`),
  conflict: async (phone, { disputed }) => {
    await phone.go(`#/records/${disputed}`);
    await phone.page.locator("[data-conflict]").waitFor();
  },
  me: async (phone) => phone.go("#/me"),
};
