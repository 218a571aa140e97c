import type { Words } from "../en";

export const shell: Words["shell"] = {
  paused: {
    label: "Benachrichtigungen pausieren",
    until: "bis {{moment}}. Buchungen kommen weiterhin hier an.",
    resume: "Fortsetzen",
    failed: "Die Benachrichtigungen ließen sich nicht fortsetzen",
  },
};
