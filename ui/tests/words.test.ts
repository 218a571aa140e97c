import { describe, expect, it } from "vitest";
import { asFailure } from "../src/backend/backend";
import { rejectionWords } from "../src/shared/rejections";
import { whoIs } from "../src/shared/people";

describe("words", () => {
  it("say why a call was turned away, also for a reason that is new", () => {
    expect(rejectionWords("signature_mismatch")).toBe("Its signature does not match the secret");
    expect(rejectionWords("clock_too_far_off")).toBe("Clock too far off");
  });

  it("name a person by the best that is known", () => {
    const nobody = { name: null, email: null, phone: null, timeZone: null };
    expect(whoIs({ ...nobody, name: " ", email: "a@example.com" })).toBe("a@example.com");
    expect(whoIs({ ...nobody, phone: "+49 30 1" })).toBe("+49 30 1");
    expect(whoIs(nobody)).toBe("No name given");
  });

  it("make a failure of whatever was thrown", () => {
    expect(asFailure({ code: "locked", message: "Locked." })).toEqual({ code: "locked", message: "Locked." });
    expect(asFailure(new Error("broken"))).toEqual({ code: null, message: "broken" });
    expect(asFailure("odd")).toEqual({ code: null, message: "odd" });
  });
});
