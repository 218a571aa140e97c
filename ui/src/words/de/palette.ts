import type { Words } from "../en";

export const palette: Words["palette"] = {
  title: "Alles finden",
};
