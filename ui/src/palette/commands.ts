import BellOff from "@lucide/svelte/icons/bell-off";
import Bell from "@lucide/svelte/icons/bell";
import BellRing from "@lucide/svelte/icons/bell-ring";
import CalendarIcon from "@lucide/svelte/icons/calendar-days";
import ChartColumn from "@lucide/svelte/icons/chart-column";
import Copy from "@lucide/svelte/icons/copy";
import List from "@lucide/svelte/icons/gallery-vertical-end";
import Inbox from "@lucide/svelte/icons/inbox";
import Keyboard from "@lucide/svelte/icons/keyboard";
import ListChecks from "@lucide/svelte/icons/list-checks";
import Plus from "@lucide/svelte/icons/plus";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import SettingsIcon from "@lucide/svelte/icons/settings-2";
import Sparkles from "@lucide/svelte/icons/sparkles";
import Sun from "@lucide/svelte/icons/sun";
import Waypoints from "@lucide/svelte/icons/waypoints";
import type { Component } from "svelte";
import { toast } from "svelte-sonner";
import type { Pause } from "../bindings/types";
import { isPaused } from "../settings/pause";
import type { Desk } from "../state/desk.svelte";
import { t } from "../words/words.svelte";
import { goTo, places, type PlaceName } from "./keys";

/** Something that the palette does. `keys` do the same without it. */
export type Command = {
  id: string;
  group: "go" | "do" | "copy";
  name: string;
  /** What else a person may call it. */
  words: string;
  icon: Component<{ size?: number; strokeWidth?: number; "aria-hidden"?: "true" }>;
  keys?: string[];
  run: () => void | Promise<void>;
};

const icons: Record<PlaceName, Command["icon"]> = {
  timeline: List,
  digest: Sun,
  calendar: CalendarIcon,
  overview: ChartColumn,
  notices: Bell,
  deliveries: Inbox,
  endpoints: Waypoints,
  settings: SettingsIcon,
};

/** All that can be done now, in the language that is spoken. */
export function commands(desk: Desk, showKeys: () => void): Command[] {
  const paused = isPaused(desk.status, desk.now);
  const state = desk.status?.tunnel.state;

  const pause = async (chosen: Pause | null) => {
    await desk.pauseNotifications(chosen);
    toast.success(t(chosen === null ? "palette.resumed" : "palette.paused"));
  };
  const act = (
    name: Exclude<keyof typeof import("../words/en/palette").palette.words, "copy">,
    icon: Command["icon"],
    run: Command["run"],
    { id = name, minutes = 0, keys }: { id?: string; minutes?: number; keys?: string[] } = {},
  ): Command => ({
    id: `do-${id}`,
    group: "do",
    name: t(`palette.do.${name}`, { minutes }),
    words: t(`palette.words.${name}`),
    icon,
    run,
    ...(keys && { keys }),
  });

  return [
    ...places.map(({ name, letter }): Command => ({
      id: `go-${name}`,
      group: "go",
      name: t(`palette.go.${name}`),
      words: "",
      icon: icons[name],
      keys: ["G", letter.toUpperCase()],
      run: () => goTo(desk, name),
    })),
    act("newEndpoint", Plus, () => desk.place.go("#/endpoints/new"), { keys: ["N"] }),
    ...(paused ? [act("resume", BellRing, () => pause(null))] : []),
    ...[30, 60].map((minutes) =>
      act("pause", BellOff, () => pause(minutes), { id: `pause-${minutes}`, minutes }),
    ),
    act("pauseOpen", BellOff, () => pause("until_resumed")),
    act("test", BellRing, async () => {
      await desk.backend.testNotification();
      toast.success(t("palette.sent"));
    }),
    ...(state === "reconnecting" || state === "failed"
      ? [act("tryNow", RefreshCw, () => desk.backend.tryNow())]
      : []),
    ...(desk.status?.demo
      ? []
      : [
          act("setUp", ListChecks, () => desk.place.go("#/welcome")),
          act("demo", Sparkles, async () => {
            await desk.backend.startDemo();
            toast.success(t("welcome.demoOpens"), { description: t("welcome.demoMeans") });
          }),
        ]),
    act("keys", Keyboard, showKeys, { keys: ["?"] }),
    ...desk.endpoints.endpoints
      .filter(({ publicUrl }) => publicUrl !== null)
      .map(({ id, label, provider }): Command => ({
        id: `copy-${id}`,
        group: "copy",
        name: t("palette.copy", { label }),
        words: `${t("palette.words.copy")} ${desk.providerName(provider)}`,
        icon: Copy,
        run: async () => {
          await desk.backend.copyAddress(id);
          toast.success(t("palette.copied"), { description: label });
        },
      })),
  ];
}

/** Those that fit what is typed: each typed word begins a word of theirs. The ones that are called so come first. */
export function fitting(all: Command[], typed: string): Command[] {
  const wanted = wordsOf(typed);
  const fits = (words: string[]) => wanted.every((word) => words.some((one) => one.startsWith(word)));
  const named = all.filter(({ name }) => fits(wordsOf(name)));
  const meant = all.filter(
    (command) => !named.includes(command) && fits(wordsOf(`${command.name} ${command.words}`)),
  );
  return [...named, ...meant];
}

function wordsOf(text: string): string[] {
  return text
    .toLocaleLowerCase()
    .split(/[\s,.:;/+-]+/)
    .filter((word) => word !== "");
}
