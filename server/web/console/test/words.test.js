/** The console's words. */

import { fileURLToPath } from "node:url";
import { testWords } from "@cairn/kit/test/words.js";

await testWords(fileURLToPath(new URL("../src", import.meta.url)));
