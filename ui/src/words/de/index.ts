import type { Words } from "../en";
import { shared } from "./shared";
import { shell } from "./shell";

export const de: Words = { shared, shell };

export { program } from "./program";
