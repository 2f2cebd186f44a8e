import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertRatioPossible } from "../../../src/domain/canvas.ts";
import { JobFailure } from "../../../src/domain/failure.ts";
import type { OutputWishes } from "../../../src/domain/job-request.ts";

const wish = (aspect_ratio?: OutputWishes["aspect_ratio"]): OutputWishes => ({
  format: "mp4",
  quality: "high",
  ...(aspect_ratio !== undefined && { aspect_ratio }),
});
const draft = (width: unknown, height: unknown) => JSON.stringify({ m: { width, height }, t: [] });

describe("a timeline of another ratio than is wished for", () => {
  it.each([
    [1080, 1920, "16:9"],
    [1920, 1080, "9:16"],
    [1080, 1920, "4:5"],
    [1080, 1080, "9:16"],
  ] as const)("is refused, with both named: %d × %d for %s", (width, height, ratio) => {
    const refuse = () => assertRatioPossible(draft(width, height), wish(ratio));
    expect(refuse).toThrow(JobFailure);
    expect(refuse).toThrow(new RegExp(`output_not_possible: .*${width} × ${height}.*${ratio}`));
  });
});

describe("nothing stands in the way", () => {
  it.each([
    ["where there is no timeline", null, "16:9"],
    ["where no ratio is wished for", draft(1080, 1920), undefined],
    ["where it is the same", draft(1080, 1920), "9:16"],
    ["where it is the same but for a pixel", draft(1080, 1918), "9:16"],
    ["where it is the same at another size", draft(720, 900), "4:5"],
    ["where the draft does not say its size", '{"t":[]}', "16:9"],
    ["where it says something else", draft("wide", null), "16:9"],
    ["where it says nothing sensible", draft(0, -3), "16:9"],
    ["where it is not even an object", "[1]", "16:9"],
  ] as const)("%s", (_what, text, ratio) => {
    expect(() => assertRatioPossible(text, wish(ratio))).not.toThrow();
  });

  it("and no draft is too strange", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => assertRatioPossible(text, wish())).not.toThrow();
        try {
          assertRatioPossible(text, wish("9:16"));
        } catch (error) {
          expect(error).toBeInstanceOf(JobFailure);
        }
      }),
    );
  });
});
