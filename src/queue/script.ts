import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

/** The scripts, and whether each builds on `lines.lua`, which knows how jobs wait for their turn. */
const scripts = {
  submit: true,
  commit: true,
  emit: true,
  make_session: true,
  admit: true,
  release_held: true,
  audit: true,
  reserve: false,
  free_key: false,
  append: false,
  extend: false,
} as const;

type ScriptName = keyof typeof scripts;
type ScriptArgument = string | number;

/**
 * A Lua script of `scripts/`, as a function of its keys and arguments. The library loads it into Redis once and calls it by its
 * hash. Scripts derive most keys themselves, from the base that carries the shard's hash tag; `keys` say which shard it is.
 */
export type Script = (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

export function loadScript(redis: Redis, name: ScriptName): Script {
  const lua = scripts[name] ? `${sourceOf("lines")}\n${sourceOf(name)}` : sourceOf(name);
  const command = `reelay_${name}`;
  redis.defineCommand(command, { lua });
  return async (keys, args) => {
    // `defineCommand` adds the method at run time, so the type of the client does not know it.
    const run: unknown = Reflect.get(redis, command);
    if (typeof run !== "function") throw new Error(`The script ${name} was not defined`);
    return await Reflect.apply(run, redis, [keys.length, ...keys, ...args]);
  };
}

function sourceOf(name: string): string {
  return readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), "utf8");
}
