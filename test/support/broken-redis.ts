import { onTestFinished } from "vitest";
import { redisUrl } from "./redis.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

export type BrokenRedis = TcpProxy & {
  url: string;
  /** Runs `command`, whose reply is lost: Redis has carried it out, and the client sends it again on a new connection. */
  dropReplyTo<Result>(command: () => Promise<Result>): Promise<Result>;
};

/** The Redis of the tests behind a proxy of this test's own, that breaks the way to it on request. */
export async function startBrokenRedis(): Promise<BrokenRedis> {
  const url = new URL(redisUrl());
  const proxy = await startTcpProxy(Number(url.port));
  onTestFinished(proxy.close);
  url.hostname = "127.0.0.1";
  url.port = String(proxy.port);

  async function dropReplyTo<Result>(command: () => Promise<Result>): Promise<Result> {
    proxy.setMode("drop_replies");
    const dropped = proxy.replyDropped();
    const answer = command();
    await dropped;
    proxy.setMode("pass");
    proxy.cut();
    return await answer;
  }

  return { ...proxy, url: url.href, dropReplyTo };
}
