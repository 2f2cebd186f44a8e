import { describe, expect, it } from "vitest";
import { requestLimits } from "../../../src/domain/job-request.ts";
import { newId } from "../../../src/new-id.ts";
import { connectRedis } from "../../../src/queue/connection.ts";
import { apiKey, postJob, scriptJob, startApi } from "../../support/api.ts";
import { problemIn } from "../../support/problem.ts";
import { exchange, sendAllThenRead } from "../../support/raw-http.ts";

describe("what is wrong with a body", () => {
  it.each([
    ["a missing field", {}, ["type", "input"]],
    ["an unknown type", { type: "film", input: { text: "x" } }, ["type"]],
    [
      "a bad URL among good ones",
      { type: "video", input: { urls: ["https://a.example/", "http://b.example/", "ftp://c"] } },
      ["input.urls[2]"],
    ],
    ["a bad file id", { type: "video", input: { files: ["file_17"] } }, ["input.files[0]"]],
    ["unknown fields", { ...scriptJob, colour: "red", output: { fps: 30 } }, ["output.fps", "colour"]],
    ["an empty script", { type: "video", input: { text: "   " } }, ["input.text"]],
    [
      "a script that is too long",
      { type: "video", input: { text: "x".repeat(requestLimits.textChars + 1) } },
      ["input.text"],
    ],
    ["a number as a string", { ...scriptJob, priority: "1" }, ["priority"]],
    ["no content at all", { type: "video", input: {} }, ["input"]],
    ["an export without its session", { type: "export", input: {} }, ["session_id"]],
    ["metadata that is no text", { ...scriptJob, metadata: { n: 1 } }, ["metadata.n"]],
    ["an array", [], [""]],
    ["null", null, [""]],
    ["a string", '"hello"', [""]],
  ])("is named: %s", async (_, body, paths) => {
    const api = await startApi();
    const problem = await problemIn(await postJob(api, body));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request", title: "The request is not valid." });
    expect(problem.errors?.map(({ path }) => path)).toEqual(paths);
    expect(problem.errors?.every((issue) => issue.in === "body" && issue.message !== "")).toBe(true);
  });

  it.each([
    ["broken JSON", '{"type": "video",', /not valid JSON .*position 17|not valid JSON .*end of JSON/i],
    ["an empty body", "", /empty/],
    ["__proto__", '{"type":"video","input":{"text":"x"},"__proto__":{"admin":true}}', /__proto__/],
    ["constructor.prototype", '{"type":"video","constructor":{"prototype":{"a":1}}}', /constructor\.prototype/],
  ])("is explained: %s", async (_, body, message) => {
    const api = await startApi();
    const problem = await problemIn(await postJob(api, body));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request", errors: [{ in: "body", path: "" }] });
    expect(problem.detail).toMatch(message);
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });

  it.each([
    ["a missing field", { type: "video" }, "`input` (body): is missing; it must be an object."],
    ["a missing choice", { input: { text: "x" } }, /`type` \(body\): is missing; it must be one of "video", "upload"/],
    [
      "a value that is no choice",
      { ...scriptJob, output: { format: "gif" } },
      '`output.format` (body): must be "mp4".',
    ],
    ["a text of blanks", { type: "video", input: { text: "  " } }, "`input.text` (body): must not be empty."],
    ["a number that is too small", { ...scriptJob, output: { duration_s: 1 } }, /: must be at least 3\.$/],
    ["a text that is too long", { ...scriptJob, output: { music: "x".repeat(101) } }, /: must have at most 100 chara/],
    ["a number as a text", { ...scriptJob, priority: "1" }, "`priority` (body): must be a number."],
    ["half a number", { ...scriptJob, priority: 1.5 }, "`priority` (body): must be a whole number."],
    ["no list", { type: "video", input: { urls: "https://a.example/" } }, "`input.urls` (body): must be a list."],
  ])("is put in words for people: %s", async (_, body, detail) => {
    const api = await startApi();
    const problem = await problemIn(await postJob(api, body));
    if (typeof detail === "string") expect(problem.detail).toBe(detail);
    else expect(problem.detail).toMatch(detail);
  });

  it("is explained: a body that is not UTF-8", async () => {
    const api = await startApi();
    const body = Buffer.concat([
      Buffer.from('{"type":"video","input":{"text":"'),
      Buffer.of(0xc3, 0x28),
      Buffer.from('"}}'),
    ]);
    const response = await api.request("/v1/jobs", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect((await problemIn(response)).detail).toContain("not valid UTF-8");
  });

  it("is explained: half of a surrogate pair", async () => {
    const api = await startApi();
    const problem = await problemIn(await postJob(api, '{"type":"video","input":{"text":"half: \\ud83d"}}'));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(await api.stored()).toEqual([]);
  });

  it("survives JSON that is nested a hundred thousand levels deep", async () => {
    const api = await startApi();
    const deep = `{"type":"video","input":{"text":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
    expect(await problemIn(await postJob(api, deep))).toMatchObject({ status: 400, errors: [{ path: "input.text" }] });
    expect((await postJob(api, scriptJob)).status).toBe(202);
  });

  it("is not listed without end", async () => {
    const api = await startApi();
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`${"x".repeat(80)}${i}`, 1]));
    const response = await postJob(api, { ...scriptJob, ...fields, metadata: fields, ["y".repeat(100_000)]: 1 });
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text.length).toBeLessThan(10_000);
  });
});

describe("a body that is too large", () => {
  it("is refused with the limit", async () => {
    const api = await startApi();
    const problem = await problemIn(await postJob(api, { ...scriptJob, padding: "x".repeat(3_000_000) }));
    expect(problem).toMatchObject({ status: 413, code: "payload_too_large", detail: "The limit is 1048576 bytes." });
  });

  it("is refused so that also a client that sends all before it reads learns why", async () => {
    const api = await startApi();
    const headers = [`POST /v1/jobs HTTP/1.1`, `authorization: Bearer ${apiKey}`, "content-type: application/json"];
    const answer = await sendAllThenRead(api.origin, headers, new Uint8Array(20_000_000));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("is refused also when it does not say how large it is", async () => {
    const api = await startApi();
    const chunk = new Uint8Array(100_000).fill(0x20);
    let left = 30;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const headers = { "content-type": "application/json" };
    const response = await api.request("/v1/jobs", { method: "POST", headers, body, duplex: "half" });
    expect(await problemIn(response)).toMatchObject({ status: 413, code: "payload_too_large" });
  });
});

describe("a request that no route takes", () => {
  it.each(["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"])(
    "is answered with the content type to send instead of %s",
    async (type) => {
      const api = await startApi();
      const problem = await problemIn(await postJob(api, JSON.stringify(scriptJob), { "content-type": type }));
      expect(problem).toMatchObject({ status: 415, code: "unsupported_media_type" });
      expect(problem.detail).toContain("application/json");
    },
  );

  it("is a 404, whatever its body is", async () => {
    const api = await startApi();
    const response = await api.request("/v2/jobs?x=1", { method: "POST", body: "{" });
    expect(await problemIn(response)).toMatchObject({
      status: 404,
      code: "not_found",
      detail: "There is no route POST /v2/jobs.",
    });
  });

  it.each([
    ["DELETE", "/v1/jobs", "GET, HEAD, POST"],
    ["POST", `/v1/jobs/${newId("job")}`, "GET, HEAD"],
    ["HEAD", `/v1/jobs/${newId("job")}/events`, "GET"],
    ["PUT", "/v1/files", "POST"],
    ["POST", "/livez", "GET, HEAD"],
  ])("is a 405 for %s %s, with the methods that are", async (method, path, allow) => {
    const api = await startApi();
    const response = await api.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    if (method !== "HEAD") expect(await problemIn(response)).toMatchObject({ code: "method_not_allowed" });
  });

  it.each(["/v1/jobs/%zz", "/v1/jobs/%c3%28"])("is a 400 for the undecodable %s", async (path) => {
    const api = await startApi();
    const answer = await exchange(
      api.origin,
      `GET ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${apiKey}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("application/problem+json");
    expect(answer).toContain('"code":"invalid_request"');
  });

  it("is a 404 for an id without end", async () => {
    const api = await startApi();
    expect(await problemIn(await api.request(`/v1/jobs/${"x".repeat(5_000)}`))).toMatchObject({ status: 404 });
  });

  it.each([
    ["what is not HTTP", "hello\r\n\r\n", 400],
    ["headers that are too large", `GET /livez HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ])("is a problem for %s", async (_, bytes, status) => {
    const api = await startApi();
    const answer = await exchange(api.origin, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain("content-type: application/problem+json");
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({ code: "invalid_request", status });
  });
});

describe("the API key", () => {
  it.each([
    ["no header", ""],
    ["another scheme", "Basic dGVzdA=="],
    ["no key", "Bearer "],
    ["an unknown key", "Bearer nonsense"],
    ["a known key with more after it", `Bearer ${apiKey}x`],
    ["10,000 characters", `Bearer ${"x".repeat(10_000)}`],
  ])("is needed: %s", async (_, authorization) => {
    const api = await startApi();
    const response = await fetch(`${api.origin}/v1/jobs`, { headers: { authorization } });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await problemIn(response)).toMatchObject({ status: 401, code: "unauthorized" });
  });

  it("is asked for before the body is read", async () => {
    const api = await startApi();
    const response = await fetch(`${api.origin}/v1/jobs`, { method: "POST", body: "{" });
    expect(await problemIn(response)).toMatchObject({ status: 401 });
  });

  it.each(["/livez", "/readyz", "/openapi.json", "/docs", "/problems/not_found"])(
    "is not needed for %s",
    async (path) => {
      const api = await startApi();
      expect((await fetch(`${api.origin}${path}`)).status).toBe(200);
    },
  );
});

describe("an unexpected error", () => {
  it("is logged, and tells the client nothing but the request id", async () => {
    const api = await startApi({
      override: ({ jobs }) => ({
        jobs: { ...jobs, load: async () => Promise.reject(new Error("redis://secret@host")) },
      }),
    });
    const response = await api.request(`/v1/jobs/${newId("job")}`, { headers: { "x-request-id": "trace-7" } });
    const problem = await problemIn(response);
    expect(problem).toEqual({
      type: "/problems/internal_error",
      title: "Something went wrong inside Reelay.",
      status: 500,
      code: "internal_error",
      advice: "Quote the request id or job id to the operators.",
      request_id: "trace-7",
    });
    expect(api.logged()).toContain("redis://secret@host");
  });
});

describe("the type of a problem", () => {
  it("leads to what it means", async () => {
    const api = await startApi();
    const { type, title, code, advice } = await problemIn(await api.request("/v1/jobs/17"));
    expect(await (await fetch(`${api.origin}${type}`)).json()).toEqual({ code, title, status: 400, advice });
  });

  it("is one of a closed list", async () => {
    const api = await startApi();
    expect(await problemIn(await fetch(`${api.origin}/problems/toString`))).toMatchObject({ status: 400 });
  });
});

describe("the request id", () => {
  it("is made where none is given, or none that is harmless", async () => {
    const api = await startApi();
    for (const given of ["", "a b", "x".repeat(10_000), "<script>"]) {
      const response = await api.request("/livez", { headers: { "x-request-id": given } });
      expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    }
  });
});

describe("the log", () => {
  it("has one line for a request, with neither key nor body", async () => {
    const api = await startApi();
    await postJob(api, { ...scriptJob, input: { text: "a very private script" } }, { "x-request-id": "trace-8" });
    await postJob(api, '{"a very private mistake', { "x-request-id": "trace-9" });
    await expect.poll(() => api.logged()).toContain("trace-9");
    const lines = api
      .logged()
      .split("\n")
      .filter((line) => line.includes("trace-8"));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      requestId: "trace-8",
      tenant: "default",
      method: "POST",
      route: "/v1/jobs",
      status: 202,
      outcome: "answered",
      made: expect.stringMatching(/^job_/),
    });
    expect(api.logged()).not.toContain("private");
    expect(api.logged()).not.toContain(apiKey);
  });
});

it("says 503, and not that something is wrong inside, while the database is away", async () => {
  const api = await startApi({
    override: ({ jobs }) => ({
      jobs: {
        ...jobs,
        list: async () => {
          const away = connectRedis("redis://127.0.0.1:1", "prompt", () => undefined);
          await away.ping().finally(() => away.disconnect());
          throw new Error("unreachable");
        },
      },
    }),
  });
  const answer = await api.request("/v1/jobs");
  expect(await problemIn(answer)).toMatchObject({ status: 503, code: "not_ready" });
  expect(answer.headers.get("retry-after")).not.toBeNull();
});
