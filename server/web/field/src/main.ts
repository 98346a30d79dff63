import { mount } from "svelte";
import App from "./App.svelte";
import { session } from "./app/session.svelte.ts";
import { storage } from "./app/storage.svelte.ts";
import { look } from "@cairn/kit/parts/theme.svelte.ts";
import { update } from "./app/update.svelte.ts";
import "@cairn/kit/design/base.css";
import { speech } from "@cairn/kit/words/language.svelte.ts";

speech.show();
look.show();
update.begin();
void session.begin();
void storage.measure();
mount(App, { target: document.getElementById("app") as HTMLElement });
