import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { FileRecord } from "../../../src/api/dependencies.ts";
import type { Problem } from "../../../src/api/problem.ts";
import { formatNames } from "../../../src/domain/media-type.ts";
import { skillNamed, skillNameSchema } from "../../../src/domain/skill.ts";
import { onePixelPng, postFile, postJob, startApi, type TestApi } from "../../support/api.ts";
import { startConversation } from "../../support/conversation.ts";
import { makeMp4 } from "../../support/ffmpeg-sample.ts";
import { problemIn } from "../../support/problem.ts";
import { tempFolder } from "../../support/temp-folder.ts";

type Answer = { id: string; hints: { code: string; message: string }[]; duration_s: number | null };
const answerIn = async (response: Response): Promise<Answer> => (await response.json()) as Answer;
const upload = async (api: TestApi, content: Uint8Array<ArrayBuffer>, name = "a"): Promise<string> =>
  (await answerIn(await postFile(api, content, name))).id;
const script = Buffer.from("The harbour wakes before the city does.");

/** An API whose every file is, as it says, like this. */
const apiWithFilesLike = async (fields: Partial<FileRecord>): Promise<TestApi> =>
  await startApi({
    override: ({ files }) => ({
      files: {
        ...files,
        load: async (tenant, id) => {
          const file = await files.load(tenant, id);
          return file && { ...file, ...fields };
        },
      },
    }),
  });

/** What is refused leaves nothing behind. */
async function expectRefused(api: TestApi, body: unknown): Promise<Problem> {
  const before = await api.stored();
  const problem = await problemIn(await postJob(api, body));
  expect(await api.stored()).toEqual(before);
  expect(await api.queue.redis.zcard(api.queue.keys.admitted)).toBe(0);
  return problem;
}

describe("what Reelay takes", () => {
  it.each(skillNameSchema.options)("%s takes all of it", async (skill) => {
    const { bestInputs } = skillNamed(skill);
    expect([...formatNames, "url"]).toEqual(expect.arrayContaining([...bestInputs]));
    const api = await startApi();
    const files = [await upload(api, script), await upload(api, onePixelPng)];
    expect((await postJob(api, { type: "video", skill, input: { files } })).status).toBe(202);
  });

  it.each(["image/heic", "application/pdf", "application/x-subrip", "text/html"])("%s is taken", async (mime) => {
    const api = await apiWithFilesLike({ mime });
    const files = [await upload(api, onePixelPng)];
    expect((await postJob(api, { type: "generate", input: { files } })).status).toBe(202);
  });

  it("says what else to send where a type is none of it", async () => {
    const api = await apiWithFilesLike({ mime: "application/zip" });
    const id = await upload(api, onePixelPng);
    const problem = await expectRefused(api, { type: "video", input: { text: "Rivers.", files: [id] } });
    expect(problem).toMatchObject({ status: 415, code: "file_type_not_supported" });
    expect(problem.detail).toMatch(
      new RegExp(`^a \\(${id}\\) is application/zip; taken are mp4, .*heic, .*pdf or html\\.$`),
    );
  });

  it.each(["upload", "export"])(
    "refuses a document where no message is sent, and says what to do: %s",
    async (type) => {
      const api = await startApi();
      const { session_id } = (await (await postJob(api, { type: "video", input: { text: "Rivers." } })).json()) as {
        session_id: string;
      };
      const [photo, document] = [await upload(api, onePixelPng), await upload(api, script)];
      const job = { type, session_id, input: { files: [photo, document, document] } };
      const problem = await problemIn(await postJob(api, job));
      expect(problem).toMatchObject({
        status: 415,
        code: "file_type_not_supported",
        detail: `a (${document}) is a document, whose words are for the backend, and an ${type} job says nothing to it: use a job of type \`video\` or \`generate\`, or a message whose \`text\` says what to make of it.`,
      });
      expect((await postJob(api, { ...job, input: { files: [photo] } })).status).toBe(202);
    },
  );
});

describe("the largest file", () => {
  it.each(skillNameSchema.options)("is that of the skill, and refused before anything is made: %s", async (skill) => {
    const { largestFileBytes } = skillNamed(skill);
    const tooLarge = await apiWithFilesLike({ bytes: largestFileBytes + 1 });
    const files = [await upload(tooLarge, onePixelPng)];
    const job = { type: "video", skill, input: { text: "A harbour.", files } };
    const problem = await expectRefused(tooLarge, job);
    expect(problem).toMatchObject({
      status: 413,
      code: "file_too_large",
      advice: expect.stringMatching(/Compress or trim/),
    });
    expect(problem.detail).toContain(`${skill} takes files of up to ${largestFileBytes / 1e6} MB`);
    expect(problem.detail).toContain(`a (${files[0]}) has ${largestFileBytes + 1} bytes`);

    const justRight = await apiWithFilesLike({ bytes: largestFileBytes });
    const fitting = { ...job, input: { files: [await upload(justRight, onePixelPng)] } };
    expect((await postJob(justRight, fitting)).status).toBe(202);
  });
});

describe("a URL", () => {
  it.each(["http://127.0.0.1/a.mp4", "http://2130706433/", "http://[::ffff:10.0.0.1]/a", "http://localhost:3000/"])(
    "that is a forbidden address is refused at once, and named: %s",
    async (url) => {
      const api = await startApi();
      const urls = ["https://example.com/a.mp4", url];
      const problem = await expectRefused(api, { type: "video", input: { text: "Rivers.", urls } });
      expect(problem).toMatchObject({ status: 422, code: "url_forbidden" });
      expect(problem.detail).toMatch(/^input\.urls\[1\]: .* is not a public address\./);
    },
  );

  it("is named together with all others that are forbidden", async () => {
    const api = await startApi();
    const urls = ["http://10.0.0.1/", "https://example.com/", "http://169.254.169.254/"];
    const problem = await expectRefused(api, { type: "upload", input: { urls } });
    expect(problem.detail).toMatch(/urls\[0\]: .*urls\[2\]: /);
  });

  it("may not hold credentials, which would be kept and passed on", async () => {
    const api = await startApi();
    const urls = ["https://me:hunter2@example.com/a.mp4"];
    const problem = await problemIn(await postJob(api, { type: "upload", input: { urls } }));
    expect(problem).toMatchObject({
      status: 400,
      errors: [{ in: "body", path: "input.urls[0]", message: "must not hold a user name or password" }],
    });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });
});

describe("hints", () => {
  it("come with the job, which is accepted all the same, and stay with it", async () => {
    const api = await startApi();
    const text = Array.from({ length: 120 }, (_, at) => `word${at}`).join(" ");
    const input = { text, instruction: "make it look better" };
    const response = await postJob(api, { type: "video", skill: "generator-capcut", input });
    expect(response.status).toBe(202);
    const job = await answerIn(response);
    expect(job.hints.map(({ code }) => code)).toEqual(["script_long", "vague_instruction", "input_not_best"]);
    expect((await answerIn(await api.request(`/v1/jobs/${job.id}`))).hints).toEqual(job.hints);
  });

  it("are none where there is nothing to advise", async () => {
    const api = await startApi();
    const { hints } = await answerIn(await postJob(api, { type: "video", input: { text: "The harbour wakes." } }));
    expect(hints).toEqual([]);
  });

  it("count each image, those that a URL seems to lead to included", async () => {
    const api = await startApi();
    const id = await upload(api, onePixelPng);
    const input = { files: Array.from({ length: 8 }, () => id), urls: ["https://example.com/9.JPEG?size=l"] };
    const submit = async (urls: string[]): Promise<string[]> => {
      const job = {
        type: "video",
        skill: "image-to-video-capcut",
        input: { ...input, urls: [...input.urls, ...urls] },
      };
      return (await answerIn(await postJob(api, job))).hints.map(({ code }) => code);
    };
    expect(await submit(["https://example.com/photos"])).toEqual([]);
    expect(await submit(["https://example.com/10.png"])).toEqual(["many_images"]);
  });

  it("know how long an uploaded clip is", async () => {
    const api = await startApi();
    const path = join(await tempFolder(), "clip.mp4");
    await makeMp4(path, 31);
    const clip = await answerIn(await postFile(api, await readFile(path), "clip.mp4"));
    expect(clip.duration_s).toBeCloseTo(31, 0);
    expect((await answerIn(await api.request(`/v1/files/${clip.id}`))).duration_s).toBe(clip.duration_s);
    const job = { type: "video", skill: "generator-capcut", input: { files: [clip.id] } };
    const { hints } = await answerIn(await postJob(api, job));
    expect(hints).toEqual([{ code: "clip_long", message: expect.stringContaining("31 s") }]);
  });
});

it.each(["export", "upload"])("an %s job refuses wishes that only a message could fulfil", async (type) => {
  const api = await startApi();
  const { session_id } = (await (await postJob(api, { type: "video", input: { text: "Rivers." } })).json()) as {
    session_id: string;
  };
  const input = { files: [await upload(api, onePixelPng)] };
  const output = { quality: "low", aspect_ratio: "16:9", music: "lo-fi" };
  const problem = await problemIn(await postJob(api, { type, session_id, input, output }));
  expect(problem).toMatchObject({ status: 400, errors: [{ path: "output.aspect_ratio" }, { path: "output.music" }] });
  expect((await postJob(api, { type, session_id, input, output: { quality: "low" } })).status).toBe(202);
});

it("a message whose files are only uploaded refuses them too", async () => {
  const talk = await startConversation();
  const id = await talk.newSession();
  const file = await upload(talk.api, onePixelPng);
  const body = { files: [file], output: { duration_s: 30 } };
  const problem = await problemIn(
    await talk.api.request(`/v1/sessions/${id}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  expect(problem).toMatchObject({ status: 400, errors: [{ in: "body", path: "output.duration_s" }] });
});

it("goes to the skill of its session, where the job names none", async () => {
  const api = await startApi();
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ skill: "ai-to-video" });
  const session = z
    .object({ id: z.string() })
    .parse(await (await api.request("/v1/sessions", { method: "POST", headers, body })).json());
  const job = { type: "generate", session_id: session.id, input: { text: "A harbour." } };
  expect(await (await postJob(api, job)).json()).toMatchObject({ skill: "ai-to-video" });
  expect(await (await postJob(api, { ...job, skill: "generator-capcut" })).json()).toMatchObject({
    skill: "generator-capcut",
  });
  expect(await (await postJob(api, { type: "generate", input: job.input })).json()).toMatchObject({
    skill: "text-to-video-capcut",
  });
});
