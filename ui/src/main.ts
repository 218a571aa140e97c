import "@fontsource-variable/inter/wght.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { chooseBackend } from "./backend/choose";
import { languageOf } from "./state/look.svelte";
import { speak } from "./words/words.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

const backend = await chooseBackend();
// English words must not be seen before German ones. Without them the window opens in English.
await speak(languageOf(backend.firstLook)).catch(() => {});
mount(App, { target: document.getElementById("app")!, props: { backend } });
