import type { Hop, SelfTest } from "../../bindings/types";

const way: [name: string, milliseconds: number][] = [
  ["lookup", 11.4],
  ["edge", 24.8],
  ["tls", 27.2],
  ["tunnel", 86.1],
  ["receiver", 0.3],
  ["verification", 0.2],
  ["commit", 4.6],
  ["worker", 8.9],
  ["notification", 63.5],
];

const passed = ([name, milliseconds]: (typeof way)[number]): Hop => ({
  name,
  outcome: "passed",
  milliseconds,
  message: null,
});

export const passedTest: SelfTest = { passed: true, hops: way.map(passed) };

/** A test that ends at this part. */
export function failedTest(name: string, message: string): SelfTest {
  const hops = way.slice(
    0,
    way.findIndex((hop) => hop[0] === name),
  );
  return {
    passed: false,
    hops: [...hops.map(passed), { name, outcome: "failed", milliseconds: null, message }],
  };
}

export const blockedTest = failedTest(
  "tunnel",
  "The public address answered 404 without asking us. It leads to another program, or its rules let nothing through to /hooks/.",
);
