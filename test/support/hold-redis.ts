/** `node hold-redis.ts <dataDir>` starts a Redis, says where, and waits to be killed. */
import { findRedisBinary } from "../../scripts/redis-binary.ts";
import { startRedisServer } from "../../scripts/redis-server.ts";

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error("Name the data folder.");
const { url } = await startRedisServer({ binary: await findRedisBinary(() => undefined), dataDir });
process.stdout.write(`${url}\n`);
