import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { readDraft } from "../../../src/local-backend/draft.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { clientOf, SCRIPT, TOKEN } from "../../support/local-backend.ts";

const mainPath = fileURLToPath(new URL("../../../src/local-backend/main.ts", import.meta.url));

async function spawnBackend(dataDir: string, speed: number) {
  const child = spawn(process.execPath, [mainPath], {
    env: {
      ...process.env,
      LOCAL_BACKEND_PORT: "0",
      LOCAL_BACKEND_DATA: dataDir,
      LOCAL_BACKEND_SPEED: String(speed),
      LOCAL_BACKEND_TOKEN: TOKEN,
      LOCAL_BACKEND_SILENT_SHARE: "0",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => end(child, "SIGKILL"));
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(String(line)));
  return { child, ...clientOf(url) };
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, "exit");
  }
}

it("goes on with a run after it was killed between its two stages, and charges it once", async () => {
  const dataDir = await tempFolder();
  const before = await spawnBackend(dataDir, 50);
  const { session_id: sessionId } = await before.newSession();
  const lost = before.say(sessionId, SCRIPT).catch(() => null);
  await before.until("change", { session: sessionId, stage: 1 });
  const raw = readDraft((await before.stateOf(sessionId)).draft);
  await end(before.child, "SIGKILL");
  await lost;

  const after = await spawnBackend(dataDir, 1000);
  await after.until("run_ended", { session: sessionId, outcome: "done", credits: 100 });
  const finished = readDraft((await after.stateOf(sessionId)).draft);
  expect(finished.scenes).toEqual(raw.scenes);
  expect(finished.music).not.toBeNull();
  expect((await after.ledger("change")).map((entry) => entry["stage"])).toEqual([1, 2]);
  expect(await after.ledger("message")).toHaveLength(1);
  expect(await after.creditsOf()).toMatchObject({ frozen: 0, total: 1_000_000_000 - 100 });
});

it("renders anew what was being rendered when it was killed", async () => {
  const dataDir = await tempFolder();
  const before = await spawnBackend(dataDir, 10_000);
  const { session_id: sessionId } = await before.newSession();
  await before.say(sessionId, SCRIPT);
  const { draft } = await before.stateOf(sessionId);
  await before.fault({ endpoint: "render_submit", render_slow_ms: 60_000 });
  await before.submitRender("render_r1", sessionId, draft);
  await end(before.child, "SIGKILL");

  const after = await spawnBackend(dataDir, 10_000);
  await after.until("render", { render: "render_r1", event: "restarted" });
  expect((await after.submitRender("render_r1", sessionId, draft)).text).toContain("already exists");
  await after.call("POST", "/api/render/proxy/lambda/render_r1/cancel");
  await after.submitRender("render_r2", sessionId, draft);
  await after.until("render", { render: "render_r2", event: "completed", draft_unchanged: true });
});

it("ends cleanly on SIGTERM, with a stream and a render under way", async () => {
  const dataDir = await tempFolder();
  const backend = await spawnBackend(dataDir, 10_000);
  const { session_id: sessionId } = await backend.newSession();
  await backend.say(sessionId, SCRIPT.replace("160x90", "1080x1080"));
  const { draft } = await backend.stateOf(sessionId);
  await backend.submitRender("render_t1", sessionId, draft);
  await backend.settings({ speed: 1 });
  await backend.openMessage(sessionId, "Add a title");
  await end(backend.child, "SIGTERM");
  expect(backend.child.exitCode).toBe(0);
});

it("says which setting is wrong", async () => {
  const child = spawn(process.execPath, [mainPath], {
    env: { ...process.env, LOCAL_BACKEND_SPEED: "fast" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => end(child, "SIGKILL"));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(child, "close");
  expect([child.exitCode, said]).toEqual([1, expect.stringContaining("LOCAL_BACKEND_SPEED")]);
});
