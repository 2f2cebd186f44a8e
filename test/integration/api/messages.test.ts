import { describe, expect, it } from "vitest";
import { z } from "zod";
import { messageAnswerSchema } from "../../../src/api/answer-message.ts";
import { fileIdSchema, jobIdSchema } from "../../../src/domain/id.ts";
import { requestLimits } from "../../../src/domain/job-request.ts";
import { newId } from "../../../src/new-id.ts";
import { onePixelPng, postFile } from "../../support/api.ts";
import { startConversation, type Conversation } from "../../support/conversation.ts";
import { problemIn } from "../../support/problem.ts";
import { newSessionId, queuedJob } from "../../support/queued-job.ts";

const key = { "idempotency-key": "message-17" };
const crashing: NonNullable<Parameters<typeof startConversation>[0]> = {
  leaseMs: 0,
  override: ({ idempotency }) => ({
    idempotency: { ...idempotency, settle: async () => Promise.reject(new Error("crashed")) },
  }),
};

async function answerIn(response: Response) {
  const answer = messageAnswerSchema.parse(await response.json());
  const jobId = answer.job === null ? null : jobIdSchema.parse(answer.job.id);
  expect(response.status).toBe(jobId === null ? 200 : 202);
  expect(response.headers.get("location")).toBe(jobId === null ? null : `/v1/jobs/${jobId}`);
  return { answer, jobId };
}

/** The job that an answer speaks of, as it is kept. */
async function jobOf({ queue }: Conversation, response: Response) {
  const { answer, jobId } = await answerIn(response);
  const stored = jobId === null ? null : await queue.store.load("default", jobId);
  if (stored === null) throw new Error("The answer names no job that is kept");
  return { answer, job: stored.job };
}

async function picture({ api }: Conversation) {
  return z.object({ id: fileIdSchema }).parse(await (await postFile(api, onePixelPng, "a.png")).json()).id;
}

const jobsIn = async ({ queue }: Conversation) =>
  (await queue.store.list("default", { limit: 100, before: null, status: null })).jobs.map(({ job }) => job);

describe("a request to make or change something", () => {
  it("becomes a generate job of the session, with the words as instruction", async () => {
    const talk = await startConversation();
    const id = await talk.newSession({ skill: "ai-to-video" });
    const { answer, job } = await jobOf(talk, await talk.say(id, "Make a video about credit cards"));
    expect(answer).toMatchObject({ action: "message", session_id: id, job: { type: "generate", session_id: id } });
    expect(job).toMatchObject({
      plan: ["generate"],
      skill: "ai-to-video",
      ownsSession: false,
      input: { instruction: "Make a video about credit cards", textKey: null },
    });
  });

  it("becomes a script where it is longer than an instruction may be", async () => {
    const talk = await startConversation();
    const words = "A harbour. ".repeat(requestLimits.instructionChars / 10).trim();
    const { job } = await jobOf(talk, await talk.say(await talk.newSession(), words));
    expect(job.input.instruction).toBeNull();
    expect(await talk.api.storage.readText(job.input.textKey ?? "", 100_000)).toBe(words);
  });

  it("hands on everything that a job takes", async () => {
    const talk = await startConversation();
    const { job } = await jobOf(
      talk,
      await talk.say(await talk.newSession(), {
        text: "Add the title “Paradise Found”",
        skill: "generator-capcut",
        output: { quality: "low" },
        allow_edits: true,
        webhook: { url: "https://example.com/hook" },
        metadata: { order: "A-17" },
        priority: 3,
        deadline_s: 600,
      }),
    );
    expect(job).toMatchObject({
      skill: "generator-capcut",
      output: { format: "mp4", quality: "low" },
      allowEdits: true,
      webhook: { url: "https://example.com/hook" },
      metadata: { order: "A-17" },
      priority: 3,
      deadlineAtMs: job.createdAtMs + 600_000,
    });
  });

  it("comes after the files that are with it", async () => {
    const talk = await startConversation();
    const files = [await picture(talk)];
    const { job } = await jobOf(
      talk,
      await talk.say(await talk.newSession(), { text: "Make a slideshow of it", files }),
    );
    expect(job).toMatchObject({ type: "generate", plan: ["upload", "generate"], input: { files } });
  });

  it("waits for the jobs of the session before it", async () => {
    const talk = await startConversation();
    const id = await talk.newSession();
    const first = await answerIn(await talk.say(id, "Make a video about rivers"));
    const second = await answerIn(await talk.say(id, "Make the music quieter"));
    expect(second.answer.job).toMatchObject({ status: "waiting", waiting: { reason: "session_busy" } });
    expect(await talk.queue.redis.lrange(talk.queue.keys.line("default", id), 0, -1)).toEqual([
      first.jobId,
      second.jobId,
    ]);
  });
});

describe("a file alone", () => {
  it.each(["", "upload this"])("is uploaded (%j)", async (text) => {
    const talk = await startConversation();
    const files = [await picture(talk)];
    const message = { files, ...(text !== "" && { text }) };
    const { answer, job } = await jobOf(talk, await talk.say(await talk.newSession(), message));
    expect(answer.action).toBe("upload");
    expect(job).toMatchObject({ type: "upload", plan: ["upload"], input: { files, instruction: null, textKey: null } });
  });

  it("must be there where the words ask for an upload", async () => {
    const talk = await startConversation();
    const problem = await problemIn(await talk.say(await talk.newSession(), "upload"));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request", errors: [{ in: "body", path: "files" }] });
  });
});

describe("a wish to export", () => {
  it.each(["export", "导出", "send me the video"])("starts an export: %s", async (text) => {
    const talk = await startConversation();
    const { id } = await talk.sessionWithTimeline();
    const { answer, job } = await jobOf(talk, await talk.say(id, text));
    expect(answer.action).toBe("export");
    expect(job).toMatchObject({ type: "export", plan: ["export"], input: { instruction: null, textKey: null } });
  });

  it("is refused at once where nothing was made, and nothing is about to be", async () => {
    const talk = await startConversation();
    const id = await talk.newSession();
    const problem = await problemIn(await talk.say(id, "export"));
    expect(problem).toMatchObject({ status: 409, code: "session_empty" });
    expect(await jobsIn(talk)).toEqual([]);
    await talk.say(id, "Make a video about rivers");
    expect((await answerIn(await talk.say(id, "export"))).answer.job).toMatchObject({ type: "export" });
  });
});

describe("a question about credits", () => {
  it.each([
    ["credits", "You have 1000000000 credits."],
    ["积分", "可用积分 1000000000。"],
  ])("is answered at once, in its language: %s", async (text, words) => {
    const talk = await startConversation();
    const { answer } = await answerIn(await talk.say(await talk.newSession(), text));
    expect(answer).toMatchObject({
      action: "credits",
      text: words,
      credits: { object: "credits", available: 1_000_000_000, frozen: 0 },
      job: null,
    });
    expect(await jobsIn(talk)).toEqual([]);
  });

  it("is about the account of the session", async () => {
    const asked: unknown[] = [];
    const talk = await startConversation({
      override: ({ backend }) => ({
        backend: {
          ...backend,
          credits: async (account, signal) => {
            asked.push(account);
            return await backend.credits(account, signal);
          },
        },
      }),
    });
    const { id } = await talk.sessionWithTimeline();
    await talk.say(id, "credits");
    expect(asked).toEqual([{ identityId: expect.stringMatching(/^token-/), skill: "ai-to-video" }]);
  });

  it("starts the upload of the files that came along", async () => {
    const talk = await startConversation();
    const files = [await picture(talk)];
    const { answer, job } = await jobOf(talk, await talk.say(await talk.newSession(), { text: "credits?", files }));
    expect(answer).toMatchObject({ action: "credits", credits: { total: 1_000_000_000 } });
    expect(answer.text).toMatch(/^The files are on their way into the session\. You have .*\.$/);
    expect(job).toMatchObject({ type: "upload", input: { files } });
  });

  it("makes nothing where the backend cannot answer it", async () => {
    const talk = await startConversation();
    const files = [await picture(talk)];
    const id = await talk.newSession();
    await talk.local.fault({ endpoint: "credits", status: 503 });
    const away = await talk.say(id, { text: "credits", files }, key);
    expect(away.headers.get("retry-after")).toBe("30");
    expect(await problemIn(away)).toMatchObject({ status: 502, code: "backend_unavailable" });
    expect(await jobsIn(talk)).toEqual([]);
    expect((await talk.say(id, { text: "credits", files }, key)).status).toBe(202);
  });
});

describe("a question about the timeline", () => {
  it("is answered with the session as it is", async () => {
    const talk = await startConversation();
    const { id } = await talk.sessionWithTimeline();
    const { answer } = await answerIn(await talk.say(id, "show tracks"));
    expect(answer).toMatchObject({
      action: "state",
      session: { id, state: "active", ready_for_export: true },
      job: null,
    });
    expect(answer.text).toMatch(/^Timeline \(3 tracks\): 1\. Video: /);
    const chinese = await answerIn(await talk.say(id, "状态"));
    expect(chinese.answer.text).toMatch(/^时间线（3 条轨道）：/);
  });

  it("is answered where there is none, where it was dropped, and where the backend is away", async () => {
    const talk = await startConversation();
    const textOf = async (id: Parameters<Conversation["say"]>[0]) =>
      (await answerIn(await talk.say(id, "status"))).answer.text;
    expect(await textOf(await talk.newSession())).toBe("There is nothing on the timeline of this session yet.");
    const { id, backendSessionId } = await talk.sessionWithTimeline();
    await talk.local.fault({ endpoint: "state", status: 503 });
    expect(await textOf(id)).toMatch(/^The backend could not be asked just now\. As of 2\S+: Timeline \(kept\)$/);
    await talk.local.settings({ drop_session: backendSessionId });
    expect(await textOf(id)).toMatch(/^The backend has dropped this session\. As of 2\S+: Timeline \(kept\)$/);
  });
});

describe("an Idempotency-Key", () => {
  it("starts one job, and answers a repeat with the first answer", async () => {
    const talk = await startConversation();
    const id = await talk.newSession();
    const [first, second] = [await talk.say(id, "Make a video", key), await talk.say(id, "Make a video", key)];
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect([second.status, await second.text()]).toEqual([202, await first.text()]);
    expect(await jobsIn(talk)).toHaveLength(1);
  });

  it("repeats what was answered at once, too", async () => {
    const talk = await startConversation();
    const id = await talk.newSession();
    const first = await talk.say(id, "credits", key);
    await talk.local.settings({ account: { token: "configured-token-of-the-tests", credits: 7 } });
    const second = await talk.say(id, "credits", key);
    expect(second.status).toBe(200);
    expect(second.headers.get("location")).toBeNull();
    expect(await second.text()).toBe(await first.text());
  });

  it("is refused with another message, and in another session", async () => {
    const talk = await startConversation();
    const id = await talk.newSession();
    await talk.say(id, "Make a video", key);
    for (const again of [
      await talk.say(id, "export", key),
      await talk.say(await talk.newSession(), "Make a video", key),
    ])
      expect(await problemIn(again)).toMatchObject({ status: 422, code: "idempotency_mismatch" });
  });

  it("gives back the same job after a crash between starting and answering", async () => {
    const talk = await startConversation(crashing);
    const id = await talk.newSession();
    const files = [await picture(talk)];
    for (const message of [{ text: "Make a video" }, { text: "credits", files }, { text: "export" }]) {
      const used = { "idempotency-key": message.text.replaceAll(" ", "-") };
      const first = await answerIn(await talk.say(id, message, used));
      const second = await answerIn(await talk.say(id, message, used));
      expect(second.jobId).toBe(first.jobId);
    }
    expect(await jobsIn(talk)).toHaveLength(3);
  });

  it("gives back the same export also when by then nothing is left to export", async () => {
    const talk = await startConversation(crashing);
    const id = await talk.newSession();
    const maker = queuedJob({ sessionId: id });
    await talk.queue.store.submit(maker);
    const first = await answerIn(await talk.say(id, "export", key));
    for (const job of [maker.id, jobIdSchema.parse(first.jobId)]) await talk.queue.control.cancel("default", job);
    expect(await problemIn(await talk.say(id, "export"))).toMatchObject({ code: "session_empty" });
    expect((await answerIn(await talk.say(id, "export", key))).jobId).toBe(first.jobId);
  });
});

describe("what is wrong with a message", () => {
  it.each([
    ["nothing at all", {}, ["text"]],
    ["an empty text", { text: "  " }, ["text"]],
    ["a text that is too long", { text: "x".repeat(requestLimits.textChars + 1) }, ["text"]],
    ["a bad file id", { files: ["file_17"] }, ["files[0]"]],
    ["fields of a job", { text: "x", type: "video", session_id: newSessionId() }, ["type", "session_id"]],
  ])("is named: %s", async (_, message, paths) => {
    const talk = await startConversation();
    const problem = await problemIn(await talk.say(await talk.newSession(), message));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(problem.errors?.map(({ path }) => path)).toEqual(paths);
  });

  it("is named: a file that is not there", async () => {
    const talk = await startConversation();
    const message = { text: "Make a video", files: [newId("file")] };
    expect(await problemIn(await talk.say(await talk.newSession(), message))).toMatchObject({ code: "file_not_found" });
  });
});

describe("POST /v1/intents", () => {
  it.each([
    [{ text: "export" }, { action: "export", upload: false }],
    [{ text: "explain how exports boost Japan's economy" }, { action: "message", upload: false }],
    [
      { text: "", has_files: true },
      { action: "upload", upload: true },
    ],
    [
      { text: "积分", has_files: true },
      { action: "credits", upload: true },
    ],
  ])("tells what %j means, and does nothing", async (body, intent) => {
    const { post, local, queue } = await startConversation();
    const response = await post("/v1/intents", body);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ object: "intent", ...intent });
    expect(await local.ledger("request")).toEqual([]);
    expect(await queue.redis.keys(`${queue.keys.base}*`)).toEqual([]);
  });

  it("says what is wrong with a body", async () => {
    const { post } = await startConversation();
    expect(await problemIn(await post("/v1/intents", { has_files: 1 }))).toMatchObject({
      errors: [{ path: "text" }, { path: "has_files" }],
    });
  });
});

describe("GET /v1/credits", () => {
  it("tells what the account has", async () => {
    const { api, local } = await startConversation();
    await local.settings({ account: { token: "configured-token-of-the-tests", credits: 850 } });
    const response = await api.request("/v1/credits");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ object: "credits", available: 850, frozen: 0, total: 850 });
  });

  it("makes the anonymous account only now that somebody asks, and once", async () => {
    const { api, local } = await startConversation({ token: null });
    await api.request("/v1/sessions");
    expect(await local.ledger("token")).toEqual([]);
    const answers = await Promise.all([api.request("/v1/credits"), api.request("/v1/credits")]);
    for (const answer of answers) expect(await answer.json()).toMatchObject({ available: 100 });
    expect(await local.ledger("token")).toHaveLength(1);
  });

  it.each([
    [{ status: 503 }, 502, "backend_unavailable", "30"],
    [{ hang: true }, 502, "backend_unavailable", "30"],
    [{ status: 429 }, 503, "rate_limited", "30"],
    [{ code: 1001 }, 502, "backend_auth", null],
    [{ status: 403 }, 502, "backend_forbidden", null],
    [{ status: 200, body: "<html>" }, 502, "backend_protocol", null],
    [{ status: 400, code: 77 }, 502, "backend_rejected", null],
  ])("says what is wrong with the backend: %j", async (fault, status, code, retryAfter) => {
    const { api, local } = await startConversation({ limits: { backendAnswerMs: 300 } });
    await local.fault({ endpoint: "credits", ...fault });
    const response = await api.request("/v1/credits");
    expect(response.headers.get("retry-after")).toBe(retryAfter);
    expect(await problemIn(response)).toMatchObject({ status, code });
  });

  it("says so when nobody listens where the backend should be", async () => {
    const { api, local } = await startConversation();
    await local.close();
    expect(await problemIn(await api.request("/v1/credits"))).toMatchObject({ code: "backend_unavailable" });
  });
});
