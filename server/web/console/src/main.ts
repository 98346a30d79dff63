import { speech } from "@cairn/kit/words/language.svelte.ts";
import { look } from "@cairn/kit/parts/theme.svelte.ts";
import { mount } from "svelte";
import App from "./App.svelte";
import { scope } from "./app/scope.svelte.ts";
import { session } from "./app/session.svelte.ts";
import "@cairn/kit/design/base.css";
import "./design/console.css";

speech.show();
look.show();
void session.begin(() => scope.begin());
mount(App, { target: document.getElementById("app") as HTMLElement });
