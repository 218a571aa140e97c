import "@fontsource-variable/inter/wght.css";
import { mount } from "svelte";
import { chooseBackend } from "../backend/choose";
import { languageOf } from "../state/look.svelte";
import { speak } from "../words/words.svelte";
import CardWindow from "./CardWindow.svelte";
import "../styles/tokens.css";
import "../styles/base.css";

const backend = await chooseBackend();
await speak(languageOf(backend.firstLook)).catch(() => {});
mount(CardWindow, { target: document.getElementById("app")!, props: { backend } });
