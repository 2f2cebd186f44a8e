import { describe, expect, it } from "vitest";
import { skillNamed, skillNameSchema } from "../../src/domain/skill.ts";
import { startBench } from "../support/stage-bench.ts";

type Bench = Awaited<ReturnType<typeof startBench>>;

const instruction = "Make a 1 second video. Resolution 64x36. City lights.";
const words = (count: number): string => Array.from({ length: count }, (_, at) => `word${at}`).join(" ");
const input = { textKey: null, files: [], urls: [], instruction };

describe.each(["first", "last"] as const)("in the dialect '%s'", (dialect) => {
  it.each(skillNameSchema.options)(
    "every call for a job of %s carries that name and its version, from the session to the video",
    async (skill) => {
      const bench = await startBench(dialect);
      const files = [await bench.addPicture()];
      const ended = await bench.run({ skill, plan: ["upload", "generate", "export"], input: { ...input, files } }, []);
      expect(ended.code).toBe("succeeded");
      const calls = ended.ledger.filter(({ type, endpoint }) => type === "request" && endpoint !== null);
      const own = calls.filter(({ endpoint }) => endpoint !== "cdn");
      expect(new Set(own.map(({ endpoint }) => endpoint))).toEqual(
        new Set(["session", "upload", "state", "credits", "message", "render_submit", "render_status"]),
      );
      for (const { endpoint, headers } of own) {
        expect(headers, String(endpoint)).toMatchObject({
          "x-skill-source": skill,
          "x-skill-version": skillNamed(skill).version,
        });
      }
    },
  );
});

describe("the hints of a job with documents", () => {
  const hintsOf = async (bench: Bench, job: Parameters<Bench["run"]>[0]) =>
    (await bench.run({ type: "generate", plan: ["upload", "generate"], ...job }, [])).job.hints;

  it("say how long the whole script is, once it is known, beside what was said before", async () => {
    const bench = await startBench("first");
    const files = [await bench.addFile("script.txt", words(60))];
    const { key: textKey } = await bench.storage.put("script", words(50), { maxBytes: 1_000_000 });
    const before = [{ code: "vague_instruction", message: "Say what." }] as const;
    const hints = await hintsOf(bench, { input: { ...input, textKey, files }, hints: [...before] });
    expect(hints).toEqual([{ code: "script_long", message: expect.stringContaining("110 words") }, ...before]);
  });

  it("stay as they are where there were none", async () => {
    const bench = await startBench("first");
    const files = [await bench.addPicture()];
    expect(await hintsOf(bench, { input: { ...input, files } })).toEqual([]);
  });
});
