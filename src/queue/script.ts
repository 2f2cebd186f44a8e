import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

type ScriptName = "submit" | "commit" | "emit" | "admit" | "reserve" | "release" | "append" | "extend";
type ScriptArgument = string | number;

/** A Lua script of `scripts/`, as a function of its keys and arguments. The library loads it into Redis once and calls it by its hash. */
export type Script = (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

export function loadScript(redis: Redis, name: ScriptName): Script {
  const lua = readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), "utf8");
  const command = `reelay_${name}`;
  redis.defineCommand(command, { lua });
  return async (keys, args) => {
    // `defineCommand` adds the method at run time, so the type of the client does not know it.
    const run: unknown = Reflect.get(redis, command);
    if (typeof run !== "function") throw new Error(`The script ${name} was not defined`);
    return await Reflect.apply(run, redis, [keys.length, ...keys, ...args]);
  };
}
