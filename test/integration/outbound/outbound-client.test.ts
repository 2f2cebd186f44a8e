import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createTcpServer, type LookupFunction, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { Agent, buildConnector } from "undici";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createAddressGuard } from "../../../src/outbound/address-guard.ts";
import { guardConnector } from "../../../src/outbound/guarded-connector.ts";
import { createOutboundClient, type OutboundLimits } from "../../../src/outbound/outbound-client.ts";
import { listen } from "../../support/loopback-server.ts";

const getOptions = { maxRedirects: 3, maxBytes: 1_000_000, timeoutMs: 10_000 };
const postOptions = { body: "{}", maxResponseBytes: 1000, timeoutMs: 10_000 };

function client(allow: string[], deps: { lookup?: LookupFunction; limits?: Partial<OutboundLimits> } = {}) {
  const made = createOutboundClient({ allow, ...deps });
  onTestFinished(() => made.close());
  return made;
}

/** An undici agent without the client's other checks. */
function unguardedBut(connect: buildConnector.connector): Agent {
  const agent = new Agent({ connect, allowH2: false });
  onTestFinished(() => agent.destroy());
  return agent;
}

async function serve(listener: RequestListener) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  return { ...(await listen(server)), requests: () => requests };
}

const serveTcp = (onSocket: (socket: Socket) => void) => listen(createTcpServer(onSocket));

/** A resolver that gives the next of these answers each time, and the last one for ever. */
function resolver(...answers: string[][]): LookupFunction {
  let calls = 0;
  return (_hostname, _options, callback) => {
    const addresses = answers[Math.min(calls, answers.length - 1)] ?? [];
    calls += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
}

const findsNothing: LookupFunction = (_hostname, _options, callback) => {
  callback(
    Object.assign(new Error("getaddrinfo ENOTFOUND"), {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
    }),
    [],
  );
};

describe("addresses", () => {
  it("refuses a literal before connecting", async () => {
    const { origin, connections } = await serve((_, response) => response.end());
    await expect(client([]).get(origin, getOptions)).rejects.toMatchObject({
      kind: "address_forbidden",
    });
    await expect(client([]).post(origin, postOptions)).rejects.toMatchObject({
      kind: "address_forbidden",
    });
    expect(connections()).toBe(0);
  });

  it("refuses a name that resolves to loopback, before connecting", async () => {
    const { port, connections } = await serve((_, response) => response.end());
    const { get } = client([], { lookup: resolver(["127.0.0.1"]) });
    await expect(get(`http://hooks.example.com:${port}/`, getOptions)).rejects.toMatchObject({
      kind: "address_forbidden",
    });
    expect(connections()).toBe(0);
  });

  it("refuses a name that resolved well and was pointed elsewhere for the next connection", async () => {
    const { port, connections } = await serve((_, response) => {
      response.setHeader("connection", "close").end("fine");
    });
    const { get } = client(["127.0.0.1"], { lookup: resolver(["127.0.0.1"], ["127.0.0.2"]) });
    const url = `http://rebind.example.com:${port}/`;
    expect(await text((await get(url, getOptions)).body)).toBe("fine");
    await expect(get(url, getOptions)).rejects.toMatchObject({ kind: "address_forbidden" });
    expect(connections()).toBe(1);
  });

  it("connects only to those addresses of a name that are allowed", async () => {
    const { port } = await serve((request, response) => response.end(request.socket.localAddress));
    const { get } = client(["127.0.0.1"], {
      lookup: resolver(["127.0.0.2", "10.0.0.1", "127.0.0.1"]),
    });
    const { body } = await get(`http://mixed.example.com:${port}/`, getOptions);
    expect(await text(body)).toBe("127.0.0.1");
  });

  it("uses the system's resolver for allowed names", async () => {
    const { port } = await serve((request, response) => response.end(request.headers.host));
    const { body } = await client(["localhost"]).get(`http://localhost:${port}/`, getOptions);
    expect(await text(body)).toBe(`localhost:${port}`);
  });

  it("checks the peer of the connected socket, whatever way it was found", async () => {
    const { port, requests, connections } = await serve((_, response) => response.end());
    const agent = unguardedBut(
      guardConnector(createAddressGuard([]), buildConnector({ lookup: resolver(["127.0.0.1"]) })),
    );
    await expect(
      agent.request({ origin: `http://rebind.example.com:${port}`, path: "/", method: "GET" }),
    ).rejects.toMatchObject({
      kind: "address_forbidden",
    });
    await vi.waitFor(() => expect(connections()).toBe(1));
    expect(requests()).toBe(0);
  });

  it("checks a literal in the connector too, where no resolver is asked", async () => {
    const { port, connections } = await serve((_, response) => response.end());
    const agent = unguardedBut(guardConnector(createAddressGuard([]), buildConnector({})));
    await expect(
      agent.request({ origin: `http://[::ffff:127.0.0.1]:${port}`, path: "/", method: "GET" }),
    ).rejects.toMatchObject({
      kind: "address_forbidden",
    });
    expect(connections()).toBe(0);
  });
});

describe("redirects of a download", () => {
  it("are followed, also relative ones, and the last address is told", async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "b?x=1" }).end("moved");
      else response.end(request.url);
    });
    const download = await client(["127.0.0.1"]).get(`${origin}/a`, getOptions);
    expect([download.status, download.url]).toEqual([200, `${origin}/b?x=1`]);
    expect(await text(download.body)).toBe("/b?x=1");
  });

  it.each(["http://127.0.0.2:1/", "http://0x7f000002/", "http://[::1]/", "http://169.254.169.254/latest/meta-data/"])(
    "to %s are refused",
    async (location) => {
      const { origin } = await serve((_, response) => response.writeHead(302, { location }).end());
      await expect(client(["127.0.0.1"]).get(origin, getOptions)).rejects.toMatchObject({
        kind: "address_forbidden",
      });
    },
  );

  it.each(["file:///etc/passwd", "http://user:pw@127.0.0.1/", "http://["])(
    "to %s are refused as no URL",
    async (location) => {
      const { origin } = await serve((_, response) => response.writeHead(302, { location }).end());
      await expect(client(["127.0.0.1"]).get(origin, getOptions)).rejects.toMatchObject({
        kind: "bad_url",
      });
    },
  );

  it("take the caller's headers along within an origin, and never to another", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    const first = await serve((request, response) => {
      seen.push(request.headers);
      response.writeHead(307, { location: request.url === "/a" ? "/b" : other.origin }).end();
    });
    const headers = { authorization: "Bearer hunter2", "x-skill-source": "text-to-video-capcut" };
    const { body } = await client(["127.0.0.1"]).get(`${first.origin}/a`, {
      ...getOptions,
      headers,
    });
    body.destroy();
    expect(seen.map((each) => [each.authorization, each["x-skill-source"]])).toEqual([
      ["Bearer hunter2", "text-to-video-capcut"],
      ["Bearer hunter2", "text-to-video-capcut"],
      [undefined, undefined],
    ]);
  });

  it("end at the limit", async () => {
    const { origin, requests } = await serve((_, response) => response.writeHead(302, { location: "/" }).end());
    await expect(client(["127.0.0.1"]).get(origin, getOptions)).rejects.toMatchObject({
      kind: "too_many_redirects",
    });
    expect(requests()).toBe(getOptions.maxRedirects + 1);
  });

  it("are not followed by a POST", async () => {
    const { origin } = await serve((_, response) => response.writeHead(307, { location: "/b" }).end());
    expect(await client(["127.0.0.1"]).post(origin, postOptions)).toMatchObject({ status: 307 });
  });
});

describe("limits of a download", () => {
  it("allow a body of exactly the limit", async () => {
    const { origin } = await serve((_, response) => response.end("x".repeat(1000)));
    const { body } = await client(["127.0.0.1"]).get(origin, { ...getOptions, maxBytes: 1000 });
    expect(await text(body)).toHaveLength(1000);
  });

  it("refuse a body that is declared too large, unread", async () => {
    const { origin } = await serve((_, response) => response.end("x".repeat(1001)));
    await expect(client(["127.0.0.1"]).get(origin, { ...getOptions, maxBytes: 1000 })).rejects.toMatchObject({
      kind: "too_large",
    });
  });

  it("cut off a body that grows too large", async () => {
    const { origin } = await serve((_, response) => {
      response.write("x".repeat(600));
      response.end("x".repeat(600));
    });
    const { body } = await client(["127.0.0.1"]).get(origin, { ...getOptions, maxBytes: 1000 });
    await expect(text(body)).rejects.toMatchObject({ kind: "too_large" });
  });

  it("end a body that does not end in time", async () => {
    const { origin } = await serve((_, response) => response.write("x"));
    const { body } = await client(["127.0.0.1"]).get(origin, { ...getOptions, timeoutMs: 50 });
    await expect(text(body)).rejects.toMatchObject({ kind: "timeout" });
  });

  it("let the caller give up on a body", async () => {
    const { origin } = await serve((_, response) => response.write("x"));
    const stop = new AbortController();
    const { body } = await client(["127.0.0.1"]).get(origin, {
      ...getOptions,
      signal: stop.signal,
    });
    const read = text(body);
    stop.abort();
    await expect(read).rejects.toMatchObject({ kind: "aborted" });
  });

  it("close the connection when the body is not wanted", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { origin } = await serve((_, response) => {
      response.write("x");
      response.on("close", resolve);
    });
    const { body } = await client(["127.0.0.1"]).get(origin, getOptions);
    body.destroy();
    await expect(closed).resolves.toBeUndefined();
  });
});

describe("what goes wrong has a name", () => {
  it("connect: nobody listens", async () => {
    const server = createTcpServer();
    const { origin } = await listen(server);
    server.close();
    await once(server, "close");
    await expect(client(["127.0.0.1"]).post(origin, postOptions)).rejects.toMatchObject({
      kind: "connect",
    });
  });

  it("dns: the name does not exist", async () => {
    await expect(
      client([], { lookup: findsNothing }).post("http://nowhere.example.com/", postOptions),
    ).rejects.toMatchObject({ kind: "dns" });
  });

  it("tls: the other side does not speak it", async () => {
    const { port } = await serveTcp((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await expect(client(["127.0.0.1"]).post(`https://127.0.0.1:${port}/`, postOptions)).rejects.toMatchObject({
      kind: "tls",
    });
  });

  it("reset: the connection ends before an answer", async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    await expect(client(["127.0.0.1"]).post(origin, postOptions)).rejects.toMatchObject({
      kind: "reset",
    });
  });

  it("reset: the connection ends inside a download", async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("x", () => response.destroy());
    });
    const { body } = await client(["127.0.0.1"]).get(origin, getOptions);
    await expect(text(body)).rejects.toMatchObject({ kind: "reset" });
  });

  it("bad_response: the answer is not HTTP", async () => {
    const { origin } = await serveTcp((socket) => socket.on("error", () => {}).end("220 mail.example.com ESMTP\r\n"));
    await expect(client(["127.0.0.1"]).post(origin, postOptions)).rejects.toMatchObject({
      kind: "bad_response",
    });
  });

  it("timeout: no answer before the deadline", async () => {
    const { origin } = await serve(() => {});
    await expect(client(["127.0.0.1"]).post(origin, { ...postOptions, timeoutMs: 30 })).rejects.toMatchObject({
      kind: "timeout",
    });
  });

  it("timeout: silence for longer than the idle limit", async () => {
    const { origin } = await serve(() => {});
    const { post } = client(["127.0.0.1"], { limits: { idleTimeoutMs: 50 } });
    await expect(post(origin, postOptions)).rejects.toMatchObject({ kind: "timeout" });
  });

  it("timeout: the deadline passes while the name is being resolved", async () => {
    const { post } = client([], { lookup: () => {} });
    await expect(post("http://slow.example.com/", { ...postOptions, timeoutMs: 30 })).rejects.toMatchObject({
      kind: "timeout",
    });
  });

  it("aborted: the caller gave up, before or while it ran", async () => {
    const { origin } = await serve(() => stop.abort());
    const stop = new AbortController();
    const { post } = client(["127.0.0.1"]);
    await expect(post(origin, { ...postOptions, signal: stop.signal })).rejects.toMatchObject({
      kind: "aborted",
    });
    await expect(post(origin, { ...postOptions, signal: stop.signal })).rejects.toMatchObject({
      kind: "aborted",
    });
  });
});

describe("the answer to a POST", () => {
  it("comes with its body when that is small", async () => {
    const { origin } = await serve((request, response) => {
      response.writeHead(201, { "x-method": request.method });
      request.pipe(response);
    });
    const answer = await client(["127.0.0.1"]).post(origin, { ...postOptions, body: "Tïtle 城市" });
    expect(answer).toMatchObject({ status: 201, complete: true, headers: { "x-method": "POST" } });
    expect(answer.body.toString()).toBe("Tïtle 城市");
  });

  it("is cut at the limit, and says so", async () => {
    const { origin } = await serve((_, response) => response.end("x".repeat(1001)));
    const answer = await client(["127.0.0.1"]).post(origin, postOptions);
    expect([answer.status, answer.body.length, answer.complete]).toEqual([200, 1000, false]);
  });

  it("counts though its body never ends", async () => {
    const { origin } = await serve((_, response) => response.write("x"));
    const answer = await client(["127.0.0.1"]).post(origin, { ...postOptions, timeoutMs: 100 });
    expect([answer.status, answer.body.toString(), answer.complete]).toEqual([200, "x", false]);
  });
});
