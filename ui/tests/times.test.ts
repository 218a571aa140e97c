import { describe, expect, it } from "vitest";
import { createTimes, type When } from "../src/shared/times";
import { berlin } from "./support/open";

const now = new Date("2026-11-19T15:12:00+01:00");
const at = (start: string, end: string | null = null): When => ({ start, end, date: null });
const plain = (text: string | null) => text?.replace(/\s/g, " ");

describe("when", () => {
  it("gives day and clock in the person's zone", () => {
    expect(plain(berlin.spoken(at("2026-11-21T13:00:00Z", "2026-11-21T14:00:00Z"), now))).toBe(
      "Sat 21 Nov, 14:00–15:00",
    );
  });

  it("says today, tomorrow and yesterday by the person's calendar, not by UTC", () => {
    // 23:30 UTC on the 19th is 00:30 on the 20th in Berlin.
    expect(berlin.spoken(at("2026-11-19T23:30:00Z"), now)).toBe("Tomorrow, 00:30");
    expect(berlin.spoken(at("2026-11-19T08:00:00Z"), now)).toBe("Today, 09:00");
    expect(berlin.spoken(at("2026-11-18T08:00:00Z"), now)).toBe("Yesterday, 09:00");
  });

  it("never invents a time for a date alone, and never shifts the date", () => {
    const date: When = { start: null, end: null, date: "2026-11-23" };
    expect(berlin.when(date, now)).toEqual({ day: "Mon 23 Nov", time: null });
    const honolulu = createTimes({ locale: "en-GB", hourCycle: "h23", timeZone: "Pacific/Honolulu" });
    expect(honolulu.when(date, now)).toEqual({ day: "Mon 23 Nov", time: null });
  });

  it("names the year when it is another one", () => {
    // Engines differ on the comma.
    expect(berlin.spoken({ start: null, end: null, date: "2027-01-04" }, now)).toMatch(/^Mon,? 4 Jan 2027$/);
  });

  it("says the day of the end when a booking runs past midnight", () => {
    expect(berlin.spoken(at("2026-11-21T22:30:00Z", "2026-11-21T23:30:00Z"), now)).toBe(
      "Sat 21 Nov, 23:30 to Sun 22 Nov, 00:30",
    );
  });

  it("says nothing when nothing was given", () => {
    expect(berlin.when({ start: null, end: null, date: null }, now)).toBeNull();
  });

  it("keeps a date that it cannot read as it came", () => {
    expect(berlin.when({ start: null, end: null, date: "31/02" }, now)).toEqual({ day: "31/02", time: null });
  });

  it("follows the person's clock of twelve hours", () => {
    const newYork = createTimes({ locale: "en-US", hourCycle: "h12", timeZone: "America/New_York" });
    expect(plain(newYork.spoken(at("2026-11-21T19:00:00Z"), now))).toBe("Sat, Nov 21, 2:00 PM");
  });

  it("counts midnight in the hour of a change of clocks", () => {
    const beforeChange = new Date("2026-10-24T12:00:00+02:00");
    expect(berlin.spoken(at("2026-10-25T23:00:00Z"), beforeChange)).toBe("Mon 26 Oct, 00:00");
    expect(berlin.spoken(at("2026-10-25T01:30:00Z"), beforeChange)).toBe("Tomorrow, 02:30");
  });
});

describe("elsewhere", () => {
  it("gives the attendee's clock only when it differs", () => {
    expect(plain(berlin.elsewhere("2026-11-21T13:00:00Z", "Europe/Lisbon"))).toBe("Sat 13:00");
    expect(berlin.elsewhere("2026-11-21T13:00:00Z", "Europe/Paris")).toBeNull();
    expect(berlin.elsewhere("2026-11-21T13:00:00Z", "Middle-earth/Shire")).toBeNull();
  });
});

describe("ago", () => {
  it.each([
    ["2026-11-19T14:11:50Z", "just now"],
    ["2026-11-19T14:04:00Z", "8 minutes ago"],
    ["2026-11-19T11:12:00Z", "3 hours ago"],
    ["2026-11-10T11:12:00Z", "9 days ago"],
  ])("%s is %s", (moment, said) => expect(berlin.ago(moment, now)).toBe(said));
});
