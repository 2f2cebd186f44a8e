import { describe, expect, it } from "vitest";
import { jobRequestSchema, planOf, requestLimits } from "../../../src/domain/job-request.ts";
import { newFileId, newSessionId } from "../../support/queued-job.ts";

const url = "https://example.com/a.mp4";
const session_id = newSessionId();
const video = { type: "video", input: { text: "A script." } };

/** What is wrong with a body, as `path: message`; empty when nothing is. */
function problems(body: unknown): string[] {
  const parsed = jobRequestSchema.safeParse(body);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

it("needs no more than a type and an input, and fills in the rest", () => {
  expect(jobRequestSchema.parse({ ...video, webhook: { url } })).toEqual({
    type: "video",
    input: { text: "A script.", files: [], urls: [] },
    output: { format: "mp4", quality: "high" },
    webhook: { url, events: ["job.succeeded", "job.failed", "job.canceled"] },
    metadata: {},
    allow_edits: false,
    priority: 0,
    deadline_s: 86_400,
  });
});

it("takes the request of the design as it is", () => {
  const request = {
    type: "video",
    skill: "text-to-video-capcut",
    input: { text: "A script.", files: [newFileId()], urls: [url], instruction: "turn this script into a video" },
    session_id,
    output: {
      format: "mp4",
      quality: "high",
      aspect_ratio: "9:16",
      resolution: "1080p",
      duration_s: 30,
      music: "lo-fi",
    },
    webhook: { url, events: ["job.succeeded", "job.failed"] },
    metadata: { order: "A-17" },
    priority: 0,
    deadline_s: 3600,
  };
  expect(jobRequestSchema.parse(request)).toEqual({ ...request, allow_edits: false });
});

it("takes the white space around words away", () => {
  const { input } = jobRequestSchema.parse({ type: "video", input: { text: "\n A script. \n", instruction: " Go. " } });
  expect(input).toMatchObject({ text: "A script.", instruction: "Go." });
});

describe("the input of each type", () => {
  const words = { text: "A script." };
  const instruction = { instruction: "Make it." };
  const media = { urls: [url] };
  const files = { files: [newFileId()] };

  it.each([
    { type: "video", input: words },
    { type: "video", input: instruction },
    { type: "video", input: media },
    { type: "video", input: { ...words, ...files } },
    { type: "generate", input: words },
    { type: "generate", input: instruction },
    { type: "upload", input: files },
    { type: "upload", input: media },
    { type: "export", input: {}, session_id },
    { type: "export", input: media, session_id },
    { type: "generate", input: { ...words, ...files } },
  ])("may be what a job can do something with: $type of $input", (body) => {
    expect(problems(body)).toEqual([]);
  });

  it.each([
    [
      "a video of nothing",
      { type: "video", input: {} },
      ["input: a video job needs `text`, `instruction`, `files` or `urls`"],
    ],
    [
      "a message of nothing",
      { type: "generate", input: {} },
      ["input: a generate job needs `text`, `instruction`, `files` or `urls`"],
    ],
    ["an upload of nothing", { type: "upload", input: {} }, ["input: an upload job needs `files` or `urls`"]],
    [
      "words with an upload",
      { type: "upload", input: { ...media, ...instruction } },
      [
        "input: an upload job takes no `text` or `instruction`; use type `video`, or a `generate` job in the same session after it",
      ],
    ],
    [
      "an export of no session",
      { type: "export", input: {} },
      ["session_id: an export job needs the `session_id` whose timeline it exports"],
    ],
    [
      "an export with words",
      { type: "export", input: words, session_id },
      ["input: an export job takes no `text` or `instruction`; use type `video` to have something made first"],
    ],
  ])("may not be %s", (_what, body, expected) => {
    expect(problems(body)).toEqual(expected);
  });
});

describe("the wishes of each type", () => {
  const wishes = { aspect_ratio: "9:16", resolution: "720p", duration_s: 30, music: "lo-fi" };
  const every = Object.keys(wishes);
  const render = { format: "mp4", quality: "low" };

  it("may be any where a message carries them", () => {
    for (const type of ["video", "generate"])
      expect(problems({ ...video, type, output: { ...wishes, ...render } })).toEqual([]);
  });

  it.each([
    ["export", { type: "export", session_id, input: {} }, /renders the timeline as it is; .*`generate` job/],
    [
      "upload",
      { type: "upload", input: { urls: [url] } },
      /makes no video; ask for it in the `video` or `generate` job/,
    ],
  ])("may be those of the render alone for an %s, and each other one is refused where it stands", (_type, job, why) => {
    expect(problems({ ...job, output: render })).toEqual([]);
    expect(problems({ ...job, output: wishes }).map((problem) => problem.split(":")[0])).toEqual(
      every.map((wish) => `output.${wish}`),
    );
    expect(problems({ ...job, output: { music: "lo-fi" } })).toEqual([expect.stringMatching(why)]);
  });

  it("are not sent on to a job that cannot grant them either: a ratio is for a new session", () => {
    const job = { type: "export", session_id, input: {}, output: { aspect_ratio: "9:16" } };
    expect(problems(job)).toEqual([expect.stringMatching(/`video` job in a new session$/)]);
  });
});

describe("every limit holds", () => {
  const input = (fields: object) => ({ type: "video", input: { text: "A script.", ...fields } });
  const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
  const metadata = (count: number) => Object.fromEntries(times(count, (at) => [`k${at}`, "v"]));

  it.each([
    ["input.text", (n: number) => input({ text: "x".repeat(n) }), 1, requestLimits.textChars],
    ["input.instruction", (n: number) => input({ instruction: "x".repeat(n) }), 1, requestLimits.instructionChars],
    ["input.files", (n: number) => input({ files: times(n, newFileId) }), 0, requestLimits.files],
    ["input.urls", (n: number) => input({ urls: times(n, () => url) }), 0, requestLimits.urls],
    ["input.urls.0", (n: number) => input({ urls: [url.padEnd(n, "x")] }), url.length, requestLimits.urlChars],
    ["webhook.url", (n: number) => ({ ...video, webhook: { url: url.padEnd(n, "x") } }), 25, requestLimits.urlChars],
    ["webhook.events", (n: number) => ({ ...video, webhook: { url, events: times(n, () => "job.failed") } }), 1, 3],
    ["metadata", (n: number) => ({ ...video, metadata: metadata(n) }), 0, requestLimits.metadataKeys],
    ["metadata.k", (n: number) => ({ ...video, metadata: { k: "v".repeat(n) } }), 0, requestLimits.metadataValueChars],
    ["output.duration_s", (n: number) => ({ ...video, output: { duration_s: n } }), 3, 300],
    ["output.music", (n: number) => ({ ...video, output: { music: "x".repeat(n) } }), 1, 100],
    ["priority", (n: number) => ({ ...video, priority: n }), 0, requestLimits.maxPriority],
    [
      "deadline_s",
      (n: number) => ({ ...video, deadline_s: n }),
      requestLimits.minDeadlineS,
      requestLimits.maxDeadlineS,
    ],
  ])("%s", (path, bodyOf, min, max) => {
    expect([...problems(bodyOf(min)), ...problems(bodyOf(max))]).toEqual([]);
    expect(problems(bodyOf(max + 1))).toEqual([expect.stringMatching(new RegExp(`^${path}: .*\\b${max}\\b`))]);
  });

  it.each([
    ["input.text", input({ text: " \n" })],
    ["input.instruction", input({ instruction: "" })],
    ["webhook.events", { ...video, webhook: { url, events: [] } }],
    ["output.duration_s", { ...video, output: { duration_s: 2 } }],
    ["output.music", { ...video, output: { music: " " } }],
    ["priority", { ...video, priority: -1 }],
    ["deadline_s", { ...video, deadline_s: requestLimits.minDeadlineS - 1 }],
    ["metadata.", { ...video, metadata: { "": "v" } }],
    [`metadata.${"k".repeat(65)}`, { ...video, metadata: { ["k".repeat(requestLimits.metadataKeyChars + 1)]: "v" } }],
  ])("also downwards: %s", (path, body) => {
    expect(problems(body)).toEqual([expect.stringMatching(new RegExp(`^${path}: `))]);
  });
});

describe("what is not known is refused where it stands", () => {
  it.each([
    ["type", { ...video, type: "movie" }],
    ["skill", { ...video, skill: "capcut" }],
    ["input", { type: "video" }],
    ["output.format", { ...video, output: { format: "avi" } }],
    ["output.quality", { ...video, output: { quality: "best" } }],
    ["output.aspect_ratio", { ...video, output: { aspect_ratio: "9x16" } }],
    ["output.resolution", { ...video, output: { resolution: "4k" } }],
    ["webhook.events.0", { ...video, webhook: { url, events: ["job.queued"] } }],
    ["metadata.order", { ...video, metadata: { order: 17 } }],
    ["priority", { ...video, priority: 0.5 }],
    ["deadline_s", { ...video, deadline_s: "3600" }],
  ])("%s", (path, body) => {
    expect(problems(body)).toEqual([expect.stringMatching(new RegExp(`^${path}: `))]);
  });

  it.each([
    [": ", { ...video, callback: url }],
    ["input: ", { type: "video", input: { text: "a", prompt: "b" } }],
    ["output: ", { ...video, output: { fps: 60 } }],
    ["webhook: ", { ...video, webhook: { url, secret: "s" } }],
  ])("a field that does not exist, in %j", (path, body) => {
    expect(problems(body)).toEqual([expect.stringMatching(new RegExp(`^${path}Unrecognized key`))]);
  });

  it("an id of the wrong kind, naming the right one", () => {
    expect(problems({ ...video, session_id: "sess_1" })).toEqual(["session_id: must be an id that begins with `ses_`"]);
    expect(problems({ type: "upload", input: { files: [newFileId(), session_id] } })).toEqual([
      "input.files.1: must be an id that begins with `file_`",
    ]);
  });

  it.each(["ftp://example.com/a", "file:///etc/passwd", "javascript:alert(1)", "/a.mp4", "example.com/a.mp4", ""])(
    "the address %j",
    (address) => {
      const message = "must be an absolute http or https URL";
      expect(problems({ type: "upload", input: { urls: [url, address] } })).toEqual([`input.urls.1: ${message}`]);
      expect(problems({ ...video, webhook: { url: address } })).toEqual([`webhook.url: ${message}`]);
    },
  );

  it.each(["https://me:secret@example.com/a", "https://me@example.com/a", "https://:secret@example.com/a"])(
    "an address with credentials, which would be kept and passed on: %s",
    (address) => {
      const message = "must not hold a user name or password";
      expect(problems({ type: "upload", input: { urls: [address] } })).toEqual([`input.urls.0: ${message}`]);
      expect(problems({ ...video, webhook: { url: address } })).toEqual([`webhook.url: ${message}`]);
    },
  );

  it("all at once, so that nobody corrects one mistake after another", () => {
    const body = { ...video, session_id: "x", priority: 101, output: { duration_s: 1 } };
    expect(problems(body).map((problem) => problem.split(":")[0])).toEqual([
      "session_id",
      "output.duration_s",
      "priority",
    ]);
  });
});

describe("the plan", () => {
  const input = { files: [], urls: [] };
  it.each([
    ["video", input, ["generate", "export"]],
    ["video", { ...input, files: [newFileId()] }, ["upload", "generate", "export"]],
    ["video", { ...input, urls: [url] }, ["upload", "generate", "export"]],
    ["upload", { ...input, urls: [url] }, ["upload"]],
    ["generate", { ...input, files: [newFileId()] }, ["upload", "generate"]],
    ["export", { ...input, urls: [url] }, ["upload", "export"]],
    ["generate", input, ["generate"]],
    ["export", input, ["export"]],
  ] as const)("of %s with %j is %j", (type, given, plan) => {
    expect(planOf({ type, input: { files: [...given.files], urls: [...given.urls] } })).toEqual(plan);
  });
});
