import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { open, words } from "./support/open";

const dialog = async () => within(await screen.findByRole("alertdialog"));

describe("the data", () => {
  it("are where the page says, as large, and open in a folder", async () => {
    const { backend, user } = open("#/settings/data");
    await screen.findByText("/home/rosa/.local/share/app.bellhop.desktop");
    const { content } = await backend.footprint();
    screen.getByText(`${content.bookings} bookings`);
    screen.getByText(`${content.deliveries} calls`);
    expect(words(screen.getByText("Journal").parentElement!)).toMatch(/Journal ?8\.4 ?MB/);
    await user.click(screen.getByRole("button", { name: "Open folder" }));
    await waitFor(() => expect(backend.foldersOpened).toBe(1));
    screen.getByText("This computer’s keychain");
  });

  it("say what is wrong where they cannot be read", async () => {
    const { backend, user } = open("#/settings/data");
    backend.fail("footprint", { code: null, message: "The disk is gone." });
    await user.click(screen.getByRole("link", { name: "General" }));
    await user.click(await screen.findByRole("link", { name: "Data and backups" }));
    await screen.findByText("The disk is gone.");
    backend.fail("footprint", null);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("Open folder");
  });

  it("are backed up to a file, which is said to hold names", async () => {
    const { user } = open("#/settings/data");
    await user.click(await screen.findByRole("button", { name: "Back up to a file…" }));
    await screen.findByText("Backup written and checked");
    screen.getByText(/bellhop-2026-11-18\.db \(/);
    screen.getByText(/It holds names of clients/);
  });

  it("are left as they are when the dialog is closed, and say why there is no backup", async () => {
    const { backend, user } = open("#/settings/data");
    backend.chosenFile = null;
    const button = await screen.findByRole("button", { name: "Back up to a file…" });
    await user.click(button);
    await waitFor(() => expect(button.getAttribute("aria-busy")).toBe("false"));
    expect(screen.queryByText("Backup written and checked")).toBeNull();
    backend.fail("backUp", { code: null, message: "The disk is full." });
    await user.click(button);
    await screen.findByText("There is no backup");
    screen.getByText("The disk is full.");
  });

  it("are replaced by a backup only after a question that says what it holds", async () => {
    const { backend, user } = open("#/settings/data");
    const before = (await backend.footprint()).content;
    await user.click(await screen.findByRole("button", { name: "Choose a backup…" }));
    const asked = await dialog();
    asked.getByText(`${before.bookings} bookings`);
    await user.click(asked.getByRole("button", { name: "Cancel" }));
    expect((await backend.footprint()).content).toEqual(before);

    await user.click(screen.getByRole("button", { name: "Choose a backup…" }));
    await user.click((await dialog()).getByRole("button", { name: "Restore and restart" }));
    const outcome = await screen.findByTestId("restore-outcome");
    expect(words(outcome)).toContain("The backup is restored");
    expect((await backend.footprint()).content.bookings).toBeLessThan(before.bookings);
    await user.click(within(outcome).getByRole("button", { name: "Copy Copy where the earlier data are" }));
    await waitFor(() => expect(backend.copied[0]).toMatch(/bellhop-replaced-.*\.db$/));
  });

  it("are not touched by a file that is no backup", async () => {
    const { backend, user } = open("#/settings/data");
    backend.fail("chooseBackup", { code: null, message: "notes.db is no backup of Bellhop." });
    await user.click(await screen.findByRole("button", { name: "Choose a backup…" }));
    await screen.findByText("This cannot be restored");
    screen.getByText("notes.db is no backup of Bellhop.");
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });

  it("of a demo are thrown away, so nothing is restored into it", async () => {
    open("#/settings/data", { demo: true });
    const button = await screen.findByRole("button", { name: "Choose a backup…" });
    await waitFor(() => expect(button).toHaveProperty("disabled", true));
  });
});

describe("how long calls are kept", () => {
  it("is set after a look at what goes", async () => {
    const { backend, user } = open("#/settings/people", { world: "long" });
    const due = await backend.callsDue(30);
    expect(due.deliveries).toBeGreaterThan(0);
    await user.click(await screen.findByRole("button", { name: "30 days" }));
    await screen.findByText(
      new RegExp(`This removes what ${new Intl.NumberFormat("en-GB").format(due.deliveries)} calls carried`),
    );
    expect((await backend.settings()).keepCallsDays).toBeNull();
    await user.click(screen.getByRole("button", { name: "Set this rule and remove" }));
    await waitFor(async () => expect((await backend.settings()).keepCallsDays).toBe(30));
    await waitFor(() => expect(screen.queryByText(/This removes/)).toBeNull());
  });

  it("takes a number of days of the person's own, and only a number of days", async () => {
    const { backend, user } = open("#/settings/people");
    await user.click(await screen.findByRole("button", { name: "Other…" }));
    const days = screen.getByLabelText("Days");
    await user.type(days, "0");
    await screen.findByText("Write a whole number of days, from 1 to 36500.");
    expect(screen.queryByRole("button", { name: /Set this rule/ })).toBeNull();
    await user.clear(days);
    await user.type(days, "400");
    await screen.findByText("Nothing is older than that now.");
    await user.click(screen.getByRole("button", { name: "Set this rule" }));
    await waitFor(async () => expect((await backend.settings()).keepCallsDays).toBe(400));
  });

  it("says when what would go cannot be counted", async () => {
    const { backend, user } = open("#/settings/people");
    backend.fail("callsDue", { code: null, message: "The disk is gone." });
    await user.click(await screen.findByRole("button", { name: "90 days" }));
    await screen.findByText("The disk is gone.");
    expect(screen.queryByRole("button", { name: /Set this rule/ })).toBeNull();
  });
});

describe("a person's data", () => {
  it("are found, shown, and deleted after a question; what stays is said", async () => {
    const { backend, user } = open("#/settings/people");
    const people = backend.world.entries.map((entry) => entry.attendee);
    // One who has not changed name or number meanwhile, and so is found once.
    const attendee = people.find(
      ({ name, email, phone }) =>
        email !== null &&
        people.every((other) => other.email !== email || (other.name === name && other.phone === phone)),
    )!;
    await user.type(
      await screen.findByLabelText("Name, e-mail address or phone number"),
      `${attendee.email!.toUpperCase()}{Enter}`,
    );
    await screen.findByText("1 person found");
    await user.click(screen.getByRole("button", { name: `See what is known of ${attendee.name}` }));
    const asked = await dialog();
    asked.getByText(`Everything that has this in it: ${attendee.email}`);
    asked.getByText(/^what \d+ calls? carried$/);
    asked.getByText(/a repeat is then recognised/);
    await user.click(asked.getByRole("button", { name: "Cancel" }));
    expect(backend.world.entries.some((entry) => entry.attendee.email === attendee.email)).toBe(true);

    await user.click(screen.getByRole("button", { name: `See what is known of ${attendee.name}` }));
    await user.click((await dialog()).getByRole("button", { name: "Delete for good" }));
    await screen.findByText("Nobody like that is known.");
    expect(backend.world.entries.some((entry) => entry.attendee.email === attendee.email)).toBe(false);
    await screen.findByText(`Everything about ${attendee.name} is deleted`);
  });

  it("are looked for only where something is written, and say when the search fails", async () => {
    const { backend, user } = open("#/settings/people");
    expect(await screen.findByRole("button", { name: "Find" })).toHaveProperty("disabled", true);
    backend.fail("findPeople", { code: null, message: "The disk is gone." });
    await user.type(screen.getByLabelText("Name, e-mail address or phone number"), "jane{Enter}");
    await screen.findByText("The disk is gone.");
  });
});

describe("the hosts it talks to", () => {
  it("are those of the settings in use, and no others", async () => {
    const { backend } = open("#/settings/about");
    const list = within(await screen.findByRole("list", { name: "Hosts it talks to" }));
    expect(list.getAllByRole("listitem").map(words)).toEqual([
      "connect.ngrok-agent.com Calls come in through it.",
      expect.stringMatching(/^bluebell\.ngrok\.app Your own public address/),
    ]);
    await backend.saveSettings({
      ...(await backend.settings()),
      reach: "own_address",
      ownAddress: "https://my.host",
      ngrokProxy: "http://proxy.example:3128",
    });
    location.hash = "#/settings/general";
    await screen.findByRole("switch", { name: "Start at login" });
    location.hash = "#/settings/about";
    await screen.findByText("my.host");
    screen.getByText("proxy.example:3128");
    expect(screen.queryByText("connect.ngrok-agent.com")).toBeNull();
  });

  it("are none while nothing is reachable", async () => {
    open("#/settings/about", { world: "empty" });
    await screen.findByText("None. Bellhop connects to nothing while it is not reachable.");
    screen.getByText(/MIT licence or the Apache License/);
  });
});
