import * as fc from "fast-check";
import { expect, it } from "vitest";
import { newId } from "../../../src/new-id.ts";
import { createFolderStorage } from "../../../src/storage/folder-storage.ts";
import { keepTimeline } from "../../../src/workers/timeline-reading.ts";
import { runningJob } from "../../support/job.ts";
import { connectWithSession, json } from "../../support/scripted-backend.ts";
import { tempFolder } from "../../support/temp-folder.ts";

/** JSON text in every form that parsing and printing would change. */
const { value } = fc.letrec<{ value: string }>((tie) => {
  const space = fc.constantFrom("", "", " ", "\n\t", "\r\n");
  const name = fc.constantFrom(
    '"b"',
    '"a"',
    '"2"',
    '"10"',
    '"1"',
    '"01"',
    '"__proto__"',
    '"\\u0061"',
    '"é"',
    '"a\\/b"',
  );
  const member = fc.tuple(name, space, tie("value")).map(([key, gap, entry]) => `${key}${gap}:${entry}`);
  const inside = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 4 });
  return {
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("9223372036854775807", "-9007199254740993", "1.0", "1e3", "1E-7", "-0", "0.10", "true", "null"),
      fc.constantFrom(
        '""',
        '"é"',
        '"\\u00e9"',
        '"\\ud83d\\ude00"',
        '"😀"',
        '"\\/"',
        '"\\ud800"',
        '"a\\u0000b"',
        '"\u202e"',
      ),
      fc.tuple(space, inside(tie("value"))).map(([gap, items]) => `[${gap}${items.join(`${gap},`)}]`),
      fc.tuple(space, inside(member)).map(([gap, members]) => `{${members.join(`,${gap}`)}${gap}}`),
    ),
  };
});

it("any draft goes from the state through storage to export byte for byte", async () => {
  let draft = "";
  const { backend, session, server, signal } = await connectWithSession({
    "GET /api/state/nemo_agent/me/sid/latest": [(response) => response.end(`{"data":{"state":{"draft":${draft}}}}`)],
    "POST /api/render/proxy/lambda": [json({ success: true, data: {} })],
  });
  const dir = await tempFolder();
  const submit = async (text: string) => {
    draft = text;
    const state = await backend.readState({ session, signal });
    const timeline = await keepTimeline(await createFolderStorage({ dir }), runningJob(), state, "en");
    // Opened anew, as after a restart.
    const draftText = await (await createFolderStorage({ dir })).readText(timeline?.draftKey ?? "", 1_000_000);
    const output = { format: "mp4", quality: "high" };
    await backend.submitRender({ session, renderId: newId("render"), draftText, output, signal });
    return server.to("/api/render/proxy/lambda").at(-1)?.body ?? "";
  };
  await fc.assert(
    fc.asyncProperty(value, async (rest) => {
      const text = `{"x":${rest},"t":[{"sg":[{}]}]}`;
      expect(await submit(text)).toContain(`"draft":${text},"output"`);
    }),
    { numRuns: 100 },
  );
});
