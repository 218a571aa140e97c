import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { entries, open, quick, words } from "./support/open";

async function palette(user: ReturnType<typeof open>["user"]) {
  await user.keyboard("{Control>}k{/Control}");
  return screen.findByTestId("palette");
}

const offers = (box: HTMLElement) => within(box).queryAllByRole("option").map(words);

describe("the palette", () => {
  it("goes to a screen by its name and the enter key", async () => {
    const { user } = open();
    const box = await palette(user);
    expect(offers(box)[0]).toContain("Timeline");
    await user.type(within(box).getByRole("combobox"), "endp");
    await waitFor(() => expect(offers(box)[0]).toContain("Endpoints"));
    await user.keyboard("{Enter}");
    await screen.findByRole("heading", { name: "Endpoints", level: 1 });
    await waitFor(() => expect(screen.queryByTestId("palette")).toBeNull());
  });

  it("finds a booking by what is in it and opens it", async () => {
    const { user, backend } = open("#/settings");
    const wanted = backend.world.entries.find((entry) => entry.attendee.name === "Greta Lindqvist")!;
    const box = await palette(user);
    await user.type(within(box).getByRole("combobox"), "lindqv");
    await waitFor(() => expect(offers(box).some((offer) => offer.includes("Greta Lindqvist"))).toBe(true));
    const found = offers(box).filter((offer) => offer.includes("Greta Lindqvist"));
    expect(found).toHaveLength(1);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(location.hash).toBe(`#/booking/${wanted.bookingId}`));
  });

  it("shows all that a search finds in the timeline", async () => {
    const { user } = open("#/settings");
    const box = await palette(user);
    await user.type(within(box).getByRole("combobox"), "lindqvist");
    await user.click(await within(box).findByText("All entries with “lindqvist”"));
    await waitFor(() => expect(location.hash).toBe("#/timeline?q=lindqvist"));
  });

  it("copies an address, and pauses and resumes notifications", async () => {
    const { user, backend } = open();
    let box = await palette(user);
    await user.type(within(box).getByRole("combobox"), "webhook salon");
    await waitFor(() => expect(offers(box)[0]).toContain("Address of Salon front desk"));
    await user.keyboard("{Enter}");
    await waitFor(() =>
      expect(backend.copied).toEqual(["https://bluebell.ngrok.app/hooks/wk_q3v8Zt1mD0s7Lr2f"]),
    );
    box = await palette(user);
    await user.type(within(box).getByRole("combobox"), "mute 30");
    await user.keyboard("{Enter}");
    await waitFor(async () => expect((await backend.status()).notificationsPausedUntil).not.toBeNull());
    box = await palette(user);
    await user.type(within(box).getByRole("combobox"), "resume");
    await waitFor(() => expect(offers(box)[0]).toContain("Resume notifications"));
    await user.keyboard("{Enter}");
    await waitFor(async () => expect((await backend.status()).notificationsPausedUntil).toBeNull());
  });

  it("says what did not work", async () => {
    const { user, backend } = open();
    backend.fail("testNotification", { code: null, message: "Nobody takes notifications here." });
    const box = await palette(user);
    await user.type(within(box).getByRole("combobox"), "test not");
    await user.keyboard("{Enter}");
    await screen.findByText("Nobody takes notifications here.");
  });

  it("says that nothing matches, and why bookings could not be searched", async () => {
    const { user, backend } = open("#/settings");
    const box = await palette(user);
    await user.type(within(box).getByRole("combobox"), "zzqq");
    await within(box).findByText("Nothing matches “zzqq”.");
    backend.fail("timeline", { code: null, message: "Disk I/O error." });
    await user.type(within(box).getByRole("combobox"), "x");
    await within(box).findByText("The bookings could not be searched: Disk I/O error.");
  });

  it("takes what is typed before its field is there", async () => {
    const { user } = open();
    await user.keyboard("{Control>}k{/Control}zz qq");
    const box = await screen.findByTestId("palette");
    await within(box).findByText("Nothing matches “zz qq”.");
    await user.type(within(box).getByRole("combobox"), "x");
    await within(box).findByText("Nothing matches “zz qqx”.");
  });

  it("does not open over a question", async () => {
    const { user } = open("#/endpoints");
    await user.click(await screen.findByRole("button", { name: "Remove Tutoring" }));
    await screen.findByRole("alertdialog");
    await user.keyboard("{Control>}k{/Control}");
    expect(screen.queryByTestId("palette")).toBeNull();
  });
});

describe("keys", () => {
  it.each([
    ["c", "Calendar"],
    ["o", "Overview"],
    ["d", "Deliveries"],
    ["e", "Endpoints"],
    ["s", "Settings"],
  ])("g %s goes to %s, and g t back", async (letter, heading) => {
    open();
    const user = quick();
    await entries();
    await user.keyboard(`g${letter}`);
    await screen.findByRole("heading", { name: heading, level: 1 });
    await user.keyboard("gt");
    await screen.findByRole("heading", { name: "Timeline", level: 1 });
  });

  it("walk through the list and open an entry", async () => {
    const { user } = open();
    const list = await entries();
    const link = (index: number) => list[index]!.querySelector<HTMLElement>("[data-entry-focus]");
    await user.keyboard("j");
    expect(document.activeElement).toBe(link(0));
    await user.keyboard("jjk");
    expect(document.activeElement).toBe(link(1));
  });

  it("search from anywhere", async () => {
    const { user } = open("#/settings");
    await screen.findByRole("heading", { name: "Settings" });
    await user.keyboard("/");
    await waitFor(() => expect(document.activeElement).toBe(screen.queryByRole("searchbox")));
    await user.keyboard("gs?n");
    // What is typed is text, whatever it would mean elsewhere.
    expect(screen.getByRole<HTMLInputElement>("searchbox").value).toBe("gs?n");
    expect(location.hash).not.toContain("settings");
    expect(screen.queryByTestId("key-list")).toBeNull();
  });

  it("are listed under ?, and each that is listed for a screen is there", async () => {
    open();
    const user = quick();
    await entries();
    await user.keyboard("?");
    const list = await screen.findByTestId("key-list");
    expect(words(list)).toContain("Find a screen, an action or a booking");
    expect(within(list).getAllByText("G")).toHaveLength(8);
    // A dialog keeps the keyboard to itself.
    await user.keyboard("gs");
    expect(location.hash).not.toContain("settings");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("key-list")).toBeNull());
    await user.keyboard("n");
    await screen.findByRole("heading", { name: "New endpoint" });
  });
});
