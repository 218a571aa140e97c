const sources = import.meta.glob<string>(
  [
    "../../../src-tauri/**/*.rs",
    // The program's own text, not that of its command line and its tests.
    "!../../../src-tauri/{cli,target}/**",
    "!**/tests.rs",
    "!**/build.rs",
  ],
  { query: "?raw", import: "default", eager: true },
);

/** Every text in the Rust sources whose answers the window shows, by the file it stands in. */
export function textsOfRust(): Map<string, string[]> {
  const files = Object.entries(sources);
  return new Map(files.map(([path, source]) => [path.replace(/^.*src-tauri\//, ""), textsOf(source)]));
}

const token = new RegExp(
  [
    /\/\/[^\n]*/, // a comment
    /'(?:[^'\\\n]|\\[^\n]{1,8}?)'/, // a character, such as the quotation mark
    /b?r(#*)".*?"\1/, // as it stands
    /"((?:[^"\\]|\\.)*)"/, // a text
  ]
    .map((part) => part.source)
    .join("|"),
  "gs",
);

function textsOf(source: string): string[] {
  const [program = ""] = source.split("#[cfg(test)]", 1);
  return [...program.matchAll(token)].flatMap(([, , text]) =>
    text === undefined ? [] : text.replace(/\\\n\s*/g, "").replaceAll('\\"', '"'),
  );
}

/** Whether a text is a sentence to a person. */
export function isSentence(text: string): boolean {
  return /^(ngrok |["“A-Z{])/.test(text) && /[a-z]{2} |} [a-z]/.test(text) && /[.!?…]$/.test(text);
}
