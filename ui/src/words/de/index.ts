import type { Words } from "../en";
import { shell } from "./shell";

export const de: Words = { shell };
