import { createHash } from "node:crypto";
import { once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { fileViewSchema } from "../../../src/api/file-view.ts";
import { largestFileBytes } from "../../../src/domain/skill.ts";
import { apiKey, onePixelPng, otherApiKey, postFile, startApi, type TestApi } from "../../support/api.ts";
import { problemIn } from "../../support/problem.ts";
import { connectTo, sendAllThenRead } from "../../support/raw-http.ts";
import { newFileId } from "../../support/queued-job.ts";

const fileIn = async (response: Response) => fileViewSchema.parse(await response.json());

async function postForm(api: TestApi, form: FormData): Promise<Response> {
  return await api.request("/v1/files", { method: "POST", body: form });
}

/** Begins an upload of a PNG and leaves the body open. */
async function beginUpload(api: TestApi, contentLength: number) {
  const socket = await connectTo(api.origin);
  socket.write(
    [
      "POST /v1/files HTTP/1.1",
      "host: reelay",
      `authorization: Bearer ${apiKey}`,
      "content-type: multipart/form-data; boundary=xyz",
      `content-length: ${contentLength}`,
      "",
      '--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.png"',
      "",
      "",
    ].join("\r\n"),
  );
  socket.write(onePixelPng);
  return socket;
}

describe("POST /v1/files", () => {
  it("stores the file and recognises it by its content, whatever it is called", async () => {
    const api = await startApi();
    const response = await postFile(api, onePixelPng, "港口.mp4");
    expect(response.status).toBe(201);
    const file = await fileIn(response);
    expect(file).toMatchObject({
      object: "file",
      name: "港口.mp4",
      mime: "image/png",
      kind: "image",
      bytes: onePixelPng.length,
      sha256: createHash("sha256").update(onePixelPng).digest("hex"),
    });
    expect(response.headers.get("location")).toBe(`/v1/files/${file.id}`);
    expect(await fileIn(await api.request(`/v1/files/${file.id}`))).toEqual(file);
  });

  it("refuses what it does not recognise, and keeps nothing of it", async () => {
    const api = await startApi();
    const response = await postFile(api, Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3, 0]), "a.png");
    const problem = await problemIn(response);
    expect(problem).toMatchObject({ status: 415, code: "file_type_not_supported" });
    expect(problem.detail).toMatch(/^a\.png is nothing that is known\./);
    expect(await api.stored()).toEqual([]);
  });

  it("says of an empty file that it is empty, not that its type is wrong", async () => {
    const api = await startApi();
    const problem = await problemIn(await postFile(api, new Uint8Array(), "script.txt"));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request", errors: [{ path: "file" }] });
    expect(problem.detail).toBe("`file` (body): script.txt is empty.");
    expect(await api.stored()).toEqual([]);
  });

  it.each([
    ["../../etc/passwd", "passwd"],
    ["..\\..\\windows\\system.ini", "system.ini"],
    ["/absolute/path.png", "path.png"],
    ["..", "file"],
  ])("takes the name %j for a name, not for a path", async (sent, name) => {
    const api = await startApi();
    const file = await fileIn(await postFile(api, onePixelPng, sent));
    expect(file.name).toBe(name);
    expect(await api.stored()).toEqual([expect.stringMatching(/^file\/[0-9a-f]{2}\/[0-9a-f-]+$/)]);
  });

  it("cuts a name off after 255 characters", async () => {
    const api = await startApi();
    const file = await fileIn(await postFile(api, onePixelPng, `${"x".repeat(300)}.png`));
    expect(file.name).toBe("x".repeat(255));
  });

  it("refuses a form without a file, with two, with another field, or with a wrong name", async () => {
    const api = await startApi();
    const png = new Blob([onePixelPng]);
    const forms = [
      [],
      ["file", "file"],
      ["file", "other"],
      ["image"],
      ["note", "file"],
      ["file", "note"],
      ["__proto__"],
    ];
    for (const fields of forms) {
      const form = new FormData();
      for (const field of fields) {
        if (field === "note") form.append(field, "hello");
        else form.append(field, png, "a.png");
      }
      const problem = await problemIn(await postForm(api, form));
      expect(problem, fields.join()).toMatchObject({
        status: 400,
        code: "invalid_request",
        errors: [{ path: "file" }],
      });
    }
    expect(await api.stored()).toEqual([]);
  });

  it("refuses a form that ends too early", async () => {
    const api = await startApi();
    const whole = '--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc\r\n--xyz--\r\n';
    for (const length of [0, 10, 60, whole.length - 12]) {
      const response = await api.request("/v1/files", {
        method: "POST",
        headers: { "content-type": "multipart/form-data; boundary=xyz" },
        body: whole.slice(0, length),
      });
      expect(await problemIn(response), `${length} bytes`).toMatchObject({ status: 400, code: "invalid_request" });
    }
    expect(await api.stored()).toEqual([]);
  });

  it.each(["application/json", "text/plain", "multipart/form-data", "image/png", "multipart/mixed; boundary=x"])(
    "answers %s with what it takes instead",
    async (type) => {
      const api = await startApi();
      const response = await api.request("/v1/files", {
        method: "POST",
        headers: { "content-type": type },
        body: "{}",
      });
      const problem = await problemIn(response);
      expect([400, 415]).toContain(problem.status);
      expect(problem.detail).toContain("multipart");
    },
  );

  it("refuses a file that says it is too large before reading it", async () => {
    const api = await startApi();
    const socket = await beginUpload(api, largestFileBytes + 1024 * 1024);
    const [answer] = await once(socket, "data");
    socket.destroy();
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    expect(String(answer)).toContain('"code":"file_too_large"');
    expect(await api.stored()).toEqual([]);
  });

  it("refuses a file that turns out to be too large, and keeps nothing of it", async () => {
    const api = await startApi({
      override: ({ storage }) => ({
        storage: {
          ...storage,
          put: (kind, source, options) => storage.put(kind, source, { ...options, maxBytes: 50_000 }),
        },
      }),
    });
    const response = await postFile(api, new Uint8Array(5_000_000), "a.png");
    expect(await problemIn(response)).toMatchObject({ status: 413, code: "file_too_large" });
    expect(await api.stored()).toEqual([]);
  });

  it("is refused so that also a client that sends all before it reads learns why", async () => {
    const api = await startApi();
    const type = "content-type: multipart/form-data; boundary=xyz";
    const headers = ["POST /v1/files HTTP/1.1", `authorization: Bearer ${apiKey}`, type];
    const start = '--xyz\r\nContent-Disposition: form-data; name="wrong"; filename="a.png"\r\n\r\n';
    const body = Buffer.concat([Buffer.from(start), new Uint8Array(20_000_000), Buffer.from("\r\n--xyz--\r\n")]);
    expect(await sendAllThenRead(api.origin, headers, body)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("keeps nothing of an upload whose client goes away", async () => {
    const api = await startApi();
    const socket = await beginUpload(api, 1_000_000);
    await vi.waitFor(async () => expect(await api.stored()).toHaveLength(1));
    socket.destroy();
    await vi.waitFor(async () => expect(await api.stored()).toEqual([]));
    await vi.waitFor(() => expect(api.logged()).toContain('"outcome":"client gone"'));
  });

  it("ends an upload that has stalled", async () => {
    const api = await startApi({ override: () => ({ limits: { idleConnectionMs: 200 } }) });
    const socket = await beginUpload(api, 1_000_000);
    await once(socket, "close");
    await vi.waitFor(async () => expect(await api.stored()).toEqual([]));
  });

  it("removes what it stored when it cannot be recorded", async () => {
    const api = await startApi({
      override: ({ files }) => ({ files: { ...files, save: async () => Promise.reject(new Error("no Redis")) } }),
    });
    expect((await postFile(api, onePixelPng, "a.png")).status).toBe(500);
    expect(await api.stored()).toEqual([]);
  });
});

describe("a file whose recording was not answered", () => {
  it("is kept when it was recorded all the same", async () => {
    const api = await startApi({
      override: ({ files }) => ({
        files: {
          ...files,
          save: async (file) => {
            await files.save(file);
            throw new Error("connection lost");
          },
        },
      }),
    });
    const { id } = await fileIn(await postFile(api, onePixelPng, "a.png"));
    expect((await api.request(`/v1/files/${id}/content`)).status).toBe(200);
  });

  it("keeps its bytes when nobody can say", async () => {
    let loads = 0;
    const api = await startApi({
      override: ({ files }) => ({
        files: {
          save: async () => Promise.reject(new Error("connection lost")),
          load: async (tenant, id) => {
            loads += 1;
            return loads === 1 ? await files.load(tenant, id) : await Promise.reject(new Error("no Redis"));
          },
        },
      }),
    });
    expect((await postFile(api, onePixelPng, "a.png")).status).toBe(500);
    expect(await api.stored()).toHaveLength(1);
  });
});

describe("GET /v1/files/{id}/content", () => {
  it("gives back what was uploaded, under its name, for keeping and not for showing", async () => {
    const api = await startApi();
    const { id } = await fileIn(await postFile(api, onePixelPng, 'a "b"\r\nx: y 港.png'));
    const response = await api.request(`/v1/files/${id}/content`);
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(onePixelPng);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    expect(response.headers.get("content-disposition")).toMatch(
      /^attachment; filename=".*"; filename\*=UTF-8''.*%E6%B8%AF\.png$/,
    );
    expect(response.headers.get("x")).toBeNull();
  });

  it("gives parts, so that players can seek", async () => {
    const api = await startApi();
    const { id } = await fileIn(await postFile(api, onePixelPng, "a.png"));
    const range = async (value: string) => await api.request(`/v1/files/${id}/content`, { headers: { range: value } });
    const part = await range("bytes=1-3");
    expect(part.status).toBe(206);
    expect(await part.text()).toBe("PNG");
    expect(part.headers.get("content-range")).toBe(`bytes 1-3/${onePixelPng.length}`);
    expect(await problemIn(await range("bytes=1000000-"))).toMatchObject({ status: 416, code: "invalid_request" });
  });

  it("answers HEAD with the headers alone", async () => {
    const api = await startApi();
    const { id } = await fileIn(await postFile(api, onePixelPng, "a.png"));
    const response = await api.request(`/v1/files/${id}/content`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(onePixelPng.length));
  });

  it("does not know the file of another tenant, or one that was never uploaded", async () => {
    const api = await startApi();
    const { id } = await fileIn(await postFile(api, onePixelPng, "a.png"));
    for (const path of [`/v1/files/${id}`, `/v1/files/${id}/content`]) {
      expect(await problemIn(await api.request(path, { key: otherApiKey }))).toMatchObject({ status: 404 });
    }
    expect(await problemIn(await api.request(`/v1/files/${newFileId()}`))).toMatchObject({ status: 404 });
  });

  it("says so when the bytes are gone", async () => {
    const api = await startApi();
    const { id } = await fileIn(await postFile(api, onePixelPng, "a.png"));
    const [path] = await api.stored();
    await api.storage.remove(path ?? "");
    const response = await api.request(`/v1/files/${id}/content`);
    expect(await problemIn(response)).toMatchObject({ status: 404, code: "not_found" });
    expect(response.headers.get("content-disposition")).toBeNull();
  });
});
