import { createServer, type RequestListener } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { JobFailure } from "../../../src/domain/failure.ts";
import { createOutboundClient } from "../../../src/outbound/outbound-client.ts";
import { lookAtUrl } from "../../../src/workers/url-input.ts";
import { listen } from "../../support/loopback-server.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const MB = 1_000_000;
const picture = await readFile(join(import.meta.dirname, "../../../examples/pictures/1.jpg"));
const page = "<!doctype html><title>Tea</title><article><p>Tea is old.</p></article>";

/** Looks at a path of a server that answers like this. `secret` is in the path and the query, and must be in no error. */
async function look(listener: RequestListener, { maxBytes = MB }: { maxBytes?: number } = {}) {
  let requests = 0;
  const pausesMs: number[] = [];
  const { origin } = await listen(
    createServer((request, response) => {
      requests += 1;
      listener(request, response);
    }),
  );
  const outbound = createOutboundClient({ allow: ["127.0.0.1"], limits: { idleTimeoutMs: 200 } });
  onTestFinished(outbound.close);
  const path = join(await tempFolder(), "content");
  const sleep = async (ms: number) => void pausesMs.push(ms);
  const url = `${origin}/secret/holiday.jpg?X-Signature=secret`;
  const { signal } = new AbortController();
  const { host } = new URL(origin);
  const label = `input.urls[0] (${host})`;
  const outcome = await lookAtUrl({ get: outbound.get, sleep }, { url, label, path, maxBytes, signal }).then(
    (content) => ({ content, failure: null }),
    (error: unknown) => {
      if (!(error instanceof JobFailure)) throw error;
      for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
        expect(`${cause.message} ${JSON.stringify(cause)}`).not.toContain("secret");
      return { content: null, failure: { code: error.code, detail: error.detail ?? "" } };
    },
  );
  const fetched = await stat(path).then(
    async () => await readFile(path, "utf8"),
    () => null,
  );
  return { ...outcome, fetched, requests, pausesMs, host };
}

const answer =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

/** Goes on sending for as long as anybody reads. */
const endless =
  (start: string | Buffer, headers: Record<string, string>): RequestListener =>
  (_request, response) => {
    response.writeHead(200, headers);
    response.write(start);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 32)));
      response.once("drain", more);
    };
    more();
  };

describe("what is at an address is told by its content", () => {
  it("media stay where they are", async () => {
    const { content, fetched, requests } = await look(answer(picture, { "content-type": "text/html" }));
    expect(content?.format).toMatchObject({ name: "jpg", use: "as_is" });
    expect([fetched, requests]).toEqual([null, 1]);
  });

  it("a page is fetched, with what the server says of its encoding", async () => {
    const { content, fetched } = await look(answer(page, { "content-type": "text/html; charset=GB2312" }));
    expect(content).toMatchObject({ format: { name: "html", use: "to_text" }, charset: "GB2312" });
    expect(fetched).toBe(page);
  });

  it("a page is one also where its beginning looks like any text", async () => {
    const { content } = await look(answer("Tea is old.", { "content-type": "text/html" }));
    expect(content?.format.name).toBe("html");
  });

  it("a page that the server calls something else is one all the same", async () => {
    const { content } = await look(answer(page, { "content-type": "video/mp4" }));
    expect(content?.format.name).toBe("html");
  });

  it("text is fetched whole", async () => {
    const text = "Tea is old. ".repeat(20_000);
    const { content, fetched } = await look(answer(text, { "content-type": "text/plain" }));
    expect(content).toMatchObject({ format: { name: "txt" }, charset: null });
    expect(fetched).toBe(text);
  });

  it.each(["gzip", "x-gzip"])("also where it comes compressed, though nobody asked for that: %s", async (encoding) => {
    const headers = { "content-type": "text/html", "content-encoding": encoding };
    const { fetched } = await look(answer(gzipSync(page), headers));
    expect(fetched).toBe(page);
  });

  it("also where it has moved", async () => {
    const { content, requests } = await look((request, response) => {
      if (request.url === "/there") answer(picture)(request, response);
      else response.writeHead(302, { location: "/there" }).end();
    });
    expect([content?.format.name, requests]).toEqual(["jpg", 2]);
  });

  it("what Reelay takes for nothing is refused, in the server's own word for it", async () => {
    const bytes = Buffer.from([0, 1, 2, 3, 0xff, 0xfe, 0xfd]);
    const { failure, host } = await look(answer(bytes, { "content-type": "application/x-msdownload; name=secret" }));
    expect(failure).toMatchObject({ code: "file_type_not_supported", detail: expect.stringContaining(host) });
    expect(failure?.detail).toContain("application/x-msdownload");
    expect(failure?.detail).toContain("mp4");
  });
});

describe("what is too large is refused, with the limit", () => {
  const tooLarge = { code: "file_too_large", detail: expect.stringMatching(/^input\.urls\[0\].* limit of 1 MB\.$/) };

  it("by what the server says, before it is read", async () => {
    const { failure } = await look((_request, response) => {
      response.writeHead(200, { "content-length": String(2 * MB) });
      response.write(picture);
    });
    expect(failure).toMatchObject(tooLarge);
  });

  it("by counting, where the server does not say", async () => {
    expect((await look(endless(picture, {}))).failure).toMatchObject(tooLarge);
  });

  it("a page past what an article can be, whatever the skill takes", async () => {
    const { failure } = await look(endless(page, { "content-type": "text/html" }), { maxBytes: 500 * MB });
    expect(failure).toMatchObject({ code: "file_too_large", detail: expect.stringContaining("8 MB") });
  });

  it("a bomb, by what it unpacks to", async () => {
    const bomb = gzipSync(Buffer.alloc(50 * MB, 32));
    const { failure } = await look(answer(bomb, { "content-encoding": "gzip", "content-type": "text/plain" }));
    expect(failure).toMatchObject(tooLarge);
  });
});

describe("an address that is not public is refused, named, and not tried again", () => {
  it.each([
    "http://169.254.169.254/latest/meta-data?secret",
    "http://[::ffff:10.0.0.1]/",
    "http://2130706433.example@10.1.2.3/",
    "file:///etc/secret",
  ])("as the target of a redirect: %s", async (location) => {
    const { failure, requests } = await look((_request, response) => void response.writeHead(302, { location }).end());
    expect([failure?.code, requests]).toEqual(["url_forbidden", 1]);
  });
});

describe("an address that cannot be fetched is refused, with its host and the reason", () => {
  it("after a status that will not pass", async () => {
    const { failure, requests, host } = await look(answer("no", {}, 404));
    expect(failure).toEqual({ code: "url_unreachable", detail: `input.urls[0] (${host}): it answered with HTTP 404.` });
    expect(requests).toBe(1);
  });

  it("after a status that may pass, three times", async () => {
    const { failure, requests, pausesMs } = await look(answer("later", {}, 503));
    expect(failure?.detail).toContain("HTTP 503");
    expect([requests, pausesMs]).toEqual([3, [1_000, 5_000]]);
  });

  it("and is taken when it passes", async () => {
    let count = 0;
    const { content } = await look((request, response) => {
      count += 1;
      if (count < 3) response.writeHead(503).end();
      else answer(picture)(request, response);
    });
    expect(content?.format.name).toBe("jpg");
  });

  it("after a silence in the midst of the answer", async () => {
    const { failure, requests } = await look((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("Tea is ");
    });
    expect([failure?.code, requests]).toEqual(["url_unreachable", 3]);
  });

  it("after an answer that breaks off", async () => {
    const { failure } = await look((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-length": "1000" });
      response.write("Tea is ", () => response.destroy());
    });
    expect(failure?.code).toBe("url_unreachable");
  });

  it("after one redirect too many", async () => {
    const { failure, requests } = await look((_request, response) => {
      response.writeHead(302, { location: "/secret" }).end();
    });
    expect([failure?.code, requests]).toEqual(["url_unreachable", 6]);
  });

  it("after what calls itself compressed and is not", async () => {
    const { failure } = await look(answer(page, { "content-encoding": "br", "content-type": "text/html" }));
    expect(failure?.code).toBe("url_unreachable");
  });
});

it("says so when there is nothing", async () => {
  const { failure, host } = await look(answer("", { "content-type": "text/plain" }));
  expect(failure).toEqual({ code: "url_unreachable", detail: `input.urls[0] (${host}) is empty.` });
});

it("gives up at once when its job is interrupted", async () => {
  const { origin } = await listen(createServer(() => undefined));
  const outbound = createOutboundClient({ allow: ["127.0.0.1"] });
  onTestFinished(outbound.close);
  const controller = new AbortController();
  const path = join(await tempFolder(), "content");
  const looking = lookAtUrl(
    { get: outbound.get, sleep: async () => undefined },
    { url: origin, label: "input.urls[0]", path, maxBytes: MB, signal: controller.signal },
  );
  controller.abort(new Error("interrupted"));
  await expect(looking).rejects.toThrow("interrupted");
});
