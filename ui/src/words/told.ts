/**
 * What the program says, in another language: its English sentence, and what to say instead. `{name}` and `{}` stand for
 * whatever is there, as in Rust; the first `{}` is called `{0}`.
 */
export type Sentences = Record<string, string>;

type Template = { pattern: RegExp; names: string[]; said: string };

/** Says in another language what is known of a text, and leaves as it is what is not. */
export function translator(sentences: Sentences, locale: string): (text: string) => string {
  const known = Object.entries(sentences);
  const plain = new Map(known.map(([english, said]) => [english.trim(), said.trim()]));
  const templates = known
    .filter(([english]) => english.includes("{"))
    .sort(([one], [other]) => literal(other).length - literal(one).length)
    .map(([english, said]) => template(english, said));
  const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });

  function inTemplate(text: string): string | null {
    for (const { pattern, names, said } of templates) {
      const values = pattern.exec(text)?.slice(1).map(translate);
      if (values) return said.replace(/{(\w+)}/g, (_, name: string) => values[names.indexOf(name)] ?? "");
    }
    return null;
  }

  /**
   * Sentences after one another, or a beginning that goes on: `Compare the calendar` `between 09:10 and 11:40.` What
   * comes after the first may be the words of another, such as the operating system, if need be.
   */
  function inParts(text: string, othersWords = false): string | null {
    for (let at = text.lastIndexOf(" "); at > 0; at = text.lastIndexOf(" ", at - 1)) {
      const beginning = text.slice(0, at);
      if (!plain.has(beginning) && !/[.!?:]$/.test(beginning)) continue;
      const first = whole(beginning) ?? (beginning.endsWith(":") ? beforeColon(beginning) : null);
      if (first === null) continue;
      const rest = text.slice(at + 1);
      const goesOn = whole(rest) ?? inParts(rest) ?? withoutStop(rest);
      if (goesOn !== null) return `${first} ${goesOn}`;
      if (othersWords && /[.!?:]$/.test(beginning)) return `${first} ${rest}`;
    }
    return null;
  }

  function whole(text: string): string | null {
    const said = plain.get(text) ?? inTemplate(text);
    // A name that is written small begins a sentence here and there: `Ngrok closed the connection.`
    const small = text.charAt(0).toLowerCase() + text.slice(1);
    return said ?? (small === text ? null : whole(small));
  }

  function beforeColon(beginning: string): string | null {
    const said = whole(beginning.slice(0, -1));
    return said === null ? null : `${said}:`;
  }

  function withoutStop(text: string): string | null {
    const said = text.endsWith(".") ? whole(text.slice(0, -1)) : null;
    return said === null ? null : `${said}.`;
  }

  function translate(text: string): string {
    // Places in a call: `/start or /date`.
    if (text.startsWith("/")) return text.split(" or ").join(sentences[" or "]);
    const said = plain.get(text) ?? inParts(text) ?? whole(text) ?? inParts(text, true);
    return said ?? dayOf(text) ?? text;
  }

  /** `Tue 24 Nov`, which has a year only where it is another one, and may end the sentence. */
  function dayOf(text: string): string | null {
    const [, day, year, stop] = /^[A-Z][a-z]{2} (\d{1,2} [A-Z][a-z]{2})( \d{4})?(\.?)$/.exec(text) ?? [];
    if (day === undefined) return null;
    const said = days.format(Date.parse(`${day} 2000 UTC`)) + (year ?? "");
    return said.endsWith(".") ? said : said + stop;
  }

  return translate;
}

const literal = (english: string) => english.replace(/{\w*}/g, "");

function template(english: string, said: string): Template {
  const names: string[] = [];
  let unnamed = 0;
  const pattern = english.replace(/{(\w*)}|[^{]+/g, (part, given: string | undefined) => {
    if (given === undefined) return part.replace(/[\\^$.*+?()[\]|]/g, "\\$&");
    const name = given === "" ? String(unnamed++) : given;
    const before = names.indexOf(name);
    if (before !== -1) return `\\${before + 1}`;
    names.push(name);
    // A time of day cannot be anything else, as long as nearly nothing stands around it.
    return name === "time" ? "(\\d{1,2}:\\d\\d(?: [AP]M)?)" : "([^]+?)";
  });
  return { pattern: new RegExp(`^${pattern}$`), names, said };
}
