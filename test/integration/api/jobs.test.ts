import { describe, expect, it } from "vitest";
import { jobViewSchema } from "../../../src/domain/job-view.ts";
import { newId } from "../../../src/new-id.ts";
import { onePixelPng, otherApiKey, postFile, postJob, scriptJob, startApi } from "../../support/api.ts";
import { problemIn } from "../../support/problem.ts";
import { newFileId, newSessionId } from "../../support/queued-job.ts";

const jobIn = async (response: Response) => jobViewSchema.parse(await response.json());

describe("POST /v1/jobs", () => {
  it("accepts a job with 202, and says where it is", async () => {
    const api = await startApi();
    const response = await postJob(api, { ...scriptJob, metadata: { order: "A-17" } });
    expect(response.status).toBe(202);
    const job = await jobIn(response);
    expect(job).toMatchObject({ status: "queued", stage: "generate", metadata: { order: "A-17" } });
    expect(response.headers.get("location")).toBe(`/v1/jobs/${job.id}`);
    const read = await api.request(`/v1/jobs/${job.id}`);
    expect(await jobIn(read)).toMatchObject({ id: job.id, created_at: job.created_at });
  });

  it("keeps the script in storage, and only its key in the record", async () => {
    const api = await startApi();
    const { id } = await jobIn(await postJob(api, { ...scriptJob, input: { text: "  港口比城市先醒来。 " } }));
    const stored = await api.queue.store.load("default", id);
    const textKey = stored?.job.input.textKey ?? "none";
    expect(await api.storage.readText(textKey, 1_000)).toBe("港口比城市先醒来。");
    expect(JSON.stringify(stored)).not.toContain("港口");
  });

  it("lets the job in at once", async () => {
    const api = await startApi();
    const { id } = await jobIn(await postJob(api, scriptJob));
    const admitted = async () => await api.queue.redis.zrange(api.queue.keys.admitted, "0", "-1");
    await expect.poll(admitted).toEqual([`default|${id}`]);
  });

  it("accepts the job also when admission cannot be told", async () => {
    const api = await startApi({
      override: () => ({ onAccepted: async () => Promise.reject(new Error("no admission today")) }),
    });
    expect((await postJob(api, scriptJob)).status).toBe(202);
    await expect.poll(() => api.logged()).toContain("admission not told");
  });

  it("gives the job a session of its own, or the one that is named", async () => {
    const api = await startApi();
    const first = await jobIn(await postJob(api, scriptJob));
    const second = await jobIn(await postJob(api, { ...scriptJob, session_id: first.session_id }));
    expect(second.session_id).toBe(first.session_id);
    expect(second).toMatchObject({ status: "waiting", waiting: { reason: "session_busy" } });
    const load = async (id: typeof first.id) => (await api.queue.store.load("default", id))?.job.ownsSession;
    expect([await load(first.id), await load(second.id)]).toEqual([true, false]);
  });

  it("counts the deadline from acceptance", async () => {
    const api = await startApi({ override: () => ({ now: () => 1_000_000 }) });
    const { id } = await jobIn(await postJob(api, { ...scriptJob, deadline_s: 60 }));
    const stored = await api.queue.store.load("default", id);
    expect(stored?.job).toMatchObject({ createdAtMs: 1_000_000, deadlineAtMs: 1_060_000 });
  });

  it("names the session that does not exist", async () => {
    const api = await startApi();
    const sessionId = newSessionId();
    const problem = await problemIn(await postJob(api, { ...scriptJob, session_id: sessionId }));
    expect(problem).toMatchObject({ status: 404, code: "not_found" });
    expect(problem.detail).toContain(sessionId);
    expect(await api.stored()).toEqual([]);
  });

  it("does not know the sessions and files of another tenant", async () => {
    const api = await startApi();
    const { session_id } = await jobIn(await postJob(api, scriptJob));
    const { id } = (await (await postFile(api, onePixelPng, "a.png")).json()) as { id: string };
    const foreign = { authorization: `Bearer ${otherApiKey}` };
    expect((await postJob(api, { ...scriptJob, session_id }, foreign)).status).toBe(404);
    expect((await postJob(api, { type: "video", input: { files: [id] } }, foreign)).status).toBe(422);
  });

  it("names every file that does not exist", async () => {
    const api = await startApi();
    const { id } = (await (await postFile(api, onePixelPng, "a.png")).json()) as { id: string };
    const missing = [newFileId(), newFileId()];
    const problem = await problemIn(await postJob(api, { type: "video", input: { files: [id, ...missing] } }));
    expect(problem).toMatchObject({ status: 422, code: "file_not_found" });
    expect(problem.detail).toBe(`Not found: ${missing.join(", ")}.`);
  });

  it("refuses a webhook that may not be reached, and says why", async () => {
    const api = await startApi();
    const webhook = { url: "http://127.0.0.1/hook" };
    const answer = await postJob(api, { type: "video", input: { text: "Rivers." }, webhook });
    expect(await problemIn(answer)).toMatchObject({
      status: 400,
      code: "invalid_request",
      detail: expect.stringContaining("webhook.url"),
    });
  });

  it("removes the script when the job was not made", async () => {
    const api = await startApi({
      override: ({ jobs }) => ({ jobs: { ...jobs, submit: async () => Promise.reject(new Error("no Redis")) } }),
    });
    expect((await postJob(api, scriptJob)).status).toBe(500);
    expect(await api.stored()).toEqual([]);
  });

  it("accepts the job when it was made and only the reply was lost", async () => {
    const api = await startApi({
      override: ({ jobs }) => ({
        jobs: {
          ...jobs,
          submit: async (job) => {
            await jobs.submit(job);
            throw new Error("connection lost");
          },
        },
      }),
    });
    const response = await postJob(api, scriptJob);
    expect(response.status).toBe(202);
    expect(await api.stored()).toHaveLength(1);
  });
});

describe("GET /v1/jobs/{id}", () => {
  it("does not know the job of another tenant", async () => {
    const api = await startApi();
    const { id } = await jobIn(await postJob(api, scriptJob));
    const problem = await problemIn(await api.request(`/v1/jobs/${id}`, { key: otherApiKey }));
    expect(problem).toMatchObject({ status: 404, code: "not_found", detail: `There is no job ${id}.` });
  });

  it("says what an id looks like", async () => {
    const api = await startApi();
    const problem = await problemIn(await api.request("/v1/jobs/17"));
    expect(problem).toMatchObject({ status: 400, errors: [{ in: "path", path: "id" }] });
  });
});

describe("GET /v1/jobs", () => {
  type Page = { object: string; data: { id: string }[]; has_more: boolean; next_cursor: string | null };

  it("gives pages, newest first, that the cursor leads through without gaps or repeats", async () => {
    const api = await startApi();
    const submitted: string[] = [];
    for (let i = 0; i < 5; i++) submitted.push((await jobIn(await postJob(api, scriptJob))).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page = (await (await api.request(`/v1/jobs?limit=2${query}`)).json()) as Page;
      expect(page.object).toBe("list");
      expect(page.has_more).toBe(page.next_cursor !== null);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(submitted.toReversed());
  });

  it("filters by status", async () => {
    const api = await startApi();
    const { session_id } = await jobIn(await postJob(api, scriptJob));
    const second = await jobIn(await postJob(api, { ...scriptJob, session_id }));
    const page = (await (await api.request("/v1/jobs?status=waiting")).json()) as Page;
    expect(page.data.map(({ id }) => id)).toEqual([second.id]);
  });

  it("shows a tenant its own jobs only", async () => {
    const api = await startApi();
    await postJob(api, scriptJob);
    const page = (await (await api.request("/v1/jobs", { key: otherApiKey })).json()) as Page;
    expect(page).toEqual({ object: "list", data: [], has_more: false, next_cursor: null });
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=ten", "limit"],
    ["status=done", "status"],
    [`cursor=${newId("ses")}`, "cursor"],
    ["order=asc", "order"],
  ])("refuses ?%s and names the parameter", async (query, path) => {
    const api = await startApi();
    const problem = await problemIn(await api.request(`/v1/jobs?${query}`));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request", errors: [{ in: "query", path }] });
  });
});
