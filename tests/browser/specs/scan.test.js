/** Enrolling with the camera. */

import { join } from "node:path";
import { after, before, test } from "node:test";
import { film } from "../support/camera.js";
import { World } from "../support/world.js";

let world;
before(async () => {
  world = await World.begin(async ({ server, front }) => {
    await server.user("tenzin", "丹增");
    const seen = join(server.directory, "camera.y4m");
    film(seen, `${front.url}/#enrol=${await server.code("tenzin")}`);
    return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${seen}`];
  });
});
after(() => world?.end());

test("a code before the camera enrols, without another tap", async () => {
  const phone = await world.phone();
  await phone.page.getByRole("button", { name: "Scan the code" }).click();
  await phone.page.locator("a[data-form]").first().waitFor();
  await phone.says("All on the server");
});
