import { parse } from "svelte/compiler";
import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["../src/**/*.svelte", "../src/**/*.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Folders whose words do not come from `src/words` yet. */
const notYet: string[] = [];

/** What is no screen: the words themselves, the program or who stands in for it, generated types. */
const noScreen = ["words", "backend", "bindings"];

const names = ["Bellhop", "ngrok"];

/** Attributes, and properties of our own components, that a person reads or hears. */
const read = new Set(["aria-label", "title", "placeholder", "alt", "label", "lead", "back", "all", "hint"]);

type Node = { type: string; [part: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** `connect.ngrok-agent.com:443`, `NGROK_AUTHTOKEN`, `main input[type=search]` */
const isForPrograms = (text: string) => /^\S*[.:/]\S+$|^[A-Z]+_[A-Z]+$|\[.+=.+\]/.test(text);

/** Text that is no word to any program: `Not set up`, `Copied`, `with a space`. */
const isRead = (text: string) => /[a-z]{2},? [a-zA-Z]|^[A-Z][a-z]{2,}[.…!?]?$/.test(text.trim());

/** What is typed or sent as it stands: `<span class="mono">host</span>`. */
const isVerbatim = ({ attributes }: Node) =>
  Array.isArray(attributes) &&
  attributes.some(({ name, value }) => name === "class" && value[0]?.data === "mono");

function* texts(node: Node, attribute: string | null = null): Generator<string> {
  if (node.type === "RegularElement" && isVerbatim(node)) return;
  switch (node.type) {
    case "Text":
      if (attribute === null || read.has(attribute)) {
        if (/\p{Letter}/u.test(String(node["data"]))) yield String(node["data"]).trim();
      }
      return;
    case "Literal":
      if (typeof node["value"] === "string" && isRead(node["value"])) yield node["value"];
      return;
    case "TemplateElement": {
      const { raw } = node["value"] as { raw: string };
      if (isRead(raw)) yield raw.trim();
      return;
    }
    // What is compared or looked up is not shown.
    case "BinaryExpression":
    case "ImportDeclaration":
    case "ImportExpression":
    case "StyleDirective":
      return;
  }
  if (node.type.startsWith("TS") && !isNode(node["expression"])) return;
  const inside = node.type === "Attribute" ? String(node["name"]) : attribute;
  for (const [part, value] of Object.entries(node)) {
    if (part === "typeAnnotation" || part === "metadata" || part === "key") continue;
    if (part === "test" && node.type === "SwitchCase") continue;
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) yield* texts(child, inside);
  }
}

function writtenIn(path: string, source: string): string[] {
  const markup = path.endsWith(".svelte") ? source : `<script lang="ts">\n${source}\n</script>`;
  const { fragment, instance, module } = parse(markup, { modern: true });
  const parts: unknown[] = [fragment, instance?.content, module?.content];
  return parts
    .filter(isNode)
    .flatMap((part) => [...texts(part)])
    .filter((text) => !isForPrograms(text) && !names.includes(text.replace(/^\P{Letter}+/u, "")));
}

test("every word on the screens comes from the words", () => {
  const elsewhere = Object.entries(sources)
    .filter(([path]) => ![...notYet, ...noScreen].includes(path.split("/")[2] ?? ""))
    .flatMap(([path, source]) => writtenIn(path, source).map((text) => `${path}: ${text}`));
  expect(elsewhere).toEqual([]);
});

/** What of the program's answers is a sentence of it, or several. A failure is told already. */
const sentences = new Set(["hint", "summary", "advice", "honesty", "setup", "message"]);

const tells = (node: unknown) => isNode(node) && /^(told|sentence)$/.test(String(node["name"]));

function* quoted(node: Node): Generator<string> {
  if (node.type === "CallExpression" && [node["callee"], ...(node["arguments"] as unknown[])].some(tells))
    return;
  if (node.type === "MemberExpression" && isNode(node["object"]) && isNode(node["property"])) {
    const { object, property } = node as Record<string, Node>;
    const of = String(object!["name"] ?? (object!["property"] as Node | undefined)?.["name"]);
    const name = String(property!["name"]);
    if (sentences.has(name) && !/failure/i.test(of)) yield `${of}.${name}`;
  }
  for (const [part, value] of Object.entries(node)) {
    // Whether there is one is no text.
    if (part === "test") continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* quoted(child);
  }
}

test("every sentence of the program is told in the language that is spoken", () => {
  const untold = Object.entries(sources)
    .filter(([path]) => path.endsWith(".svelte") && !notYet.includes(path.split("/")[2] ?? ""))
    .flatMap(([path, source]) =>
      [...quoted(parse(source, { modern: true }).fragment as unknown as Node)].map(
        (one) => `${path}: ${one}`,
      ),
    );
  expect(untold).toEqual([]);
});

test("a word that stands in the markup or the script is found", () => {
  const found = writtenIn(
    "x.svelte",
    `<script lang="ts">
      import { t } from "../words/words.svelte";
      const word: "Not a word" = t("shell.demo");
      const title = busy ? "Turned off" : \`\${word} of them\`;
    </script>
    <p class="two words" title="Close">{t("shell.demo")} Hello <b>{word === "Gone by" ? "Copied" : ""}</b></p>
    <Pane back="Deliveries" /> <i>Bellhop</i>`,
  );
  expect(found.sort()).toEqual(["Close", "Copied", "Deliveries", "Hello", "Turned off", "of them"].sort());
});
