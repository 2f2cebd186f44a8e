import { existsSync } from "node:fs";
import { request } from "node:http";
import { provideRedis } from "../../scripts/redis.ts";

const DOCKER_SOCKET = "/var/run/docker.sock";
const DOCKER_PING_LIMIT_MS = 1_000;
const REDIS_IMAGE = "redis:7.4-alpine";
const REDIS_PORT = 6379;

/** One Redis for a run of the suite: in a container where a Docker engine answers, else like `npm start` has it. */
export async function provideTestRedis(dataDir: string): Promise<{ url: string; close(): Promise<void> }> {
  if (await dockerAnswers()) return startContainer();
  return provideRedis({ dataDir, log: (message) => process.stderr.write(`${message}\n`) });
}

function dockerAnswers(): Promise<boolean> {
  if (process.env["DOCKER_HOST"]) return Promise.resolve(true);
  if (!existsSync(DOCKER_SOCKET)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({
      socketPath: DOCKER_SOCKET,
      path: "/_ping",
      timeout: DOCKER_PING_LIMIT_MS,
    });
    ping.once("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once("timeout", () => ping.destroy(new Error("Docker does not answer")));
    ping.once("error", () => resolve(false));
    ping.end();
  });
}

async function startContainer() {
  // Loaded only here: it is large, and most machines that run this have no Docker.
  const { GenericContainer } = await import("testcontainers");
  const container = await new GenericContainer(REDIS_IMAGE)
    .withCommand(["redis-server", "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"])
    .withExposedPorts(REDIS_PORT)
    .start();
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(REDIS_PORT)}`,
    close: async () => void (await container.stop()),
  };
}
