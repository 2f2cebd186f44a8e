import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { JobFailure } from "../../../src/domain/failure.ts";
import { proveVideoPlays } from "../../../src/storage/video-proof.ts";
import { ffmpeg, makeMp4, testInputs } from "../../support/ffmpeg-sample.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

async function silentSample(): Promise<Buffer> {
  const path = join(await tempFolder(), "video.mp4");
  await ffmpeg(...testInputs(2), ...h264, "-an", path);
  return readFile(path);
}

async function sample(seconds = 2): Promise<{ path: string; bytes: Buffer }> {
  const path = join(await tempFolder(), "video.mp4");
  await makeMp4(path, seconds);
  return { path, bytes: await readFile(path) };
}

/** What the proof says about a file with these bytes. */
async function verdictOn(bytes: Uint8Array): Promise<string> {
  const path = join(await tempFolder(), "video.mp4");
  await writeFile(path, bytes);
  return verdict(path);
}

async function verdict(path: string): Promise<string> {
  try {
    await proveVideoPlays(path);
    return "plays";
  } catch (error) {
    if (error instanceof JobFailure && error.code === "video_broken") return error.message;
    throw error;
  }
}

describe("a video that plays", () => {
  it("is described", async () => {
    const { path, bytes } = await sample();
    const proof = await proveVideoPlays(path);
    expect(proof).toMatchObject({
      widthPx: 160,
      heightPx: 284,
      videoCodec: "h264",
      audioCodec: "aac",
      bytes: bytes.length,
      frames: 20,
    });
    expect(Math.abs(proof.durationMs - 2000)).toBeLessThan(100);
  });

  it("may have its index last, B-frames, no sound, or fragments", async () => {
    const path = join(await tempFolder(), "video.mp4");
    const bFrames = ["-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p"];
    await ffmpeg(...testInputs(2), ...bFrames, "-c:a", "aac", path);
    expect(await proveVideoPlays(path)).toMatchObject({ frames: 20 });
    await ffmpeg(...testInputs(2), ...h264, "-an", path);
    expect(await proveVideoPlays(path)).toMatchObject({ audioCodec: null, frames: 20 });
    await ffmpeg(...testInputs(2), ...h264, "-g", "5", "-movflags", "frag_keyframe+empty_moov", path);
    expect(await proveVideoPlays(path)).toMatchObject({ frames: 20 });
  });
});

describe("a video that was cut off", () => {
  it.each([0.3, 0.5, 0.9, 0.99])("after %f of it, with its index first, is broken", async (share) => {
    const { bytes } = await sample();
    expect(await verdictOn(bytes.subarray(0, Math.floor(bytes.length * share)))).toMatch(
      /ends before (video|audio) packet/,
    );
  });

  it("by a single byte is broken", async () => {
    const { path, bytes } = await sample();
    const media = bytes.indexOf("mdat");
    // Whatever comes after the media data is no loss.
    await truncate(path, media - 4 + bytes.readUInt32BE(media - 4) - 1);
    expect(await verdict(path)).toMatch(/ends before/);
  });

  it("inside or right after its index is broken", async () => {
    const { bytes } = await sample();
    const media = bytes.indexOf("mdat") - 4;
    expect(await verdictOn(bytes.subarray(0, media + 8))).toMatch(/ends before/);
    expect(await verdictOn(bytes.subarray(0, media))).toMatch(/ends before/);
    expect(await verdictOn(bytes.subarray(0, media - 200))).toMatch(/no index/);
    expect(await verdictOn(bytes.subarray(0, bytes.indexOf("moov") + 4))).toMatch(/no index/);
  });

  it("before its index, which came last, is broken", async () => {
    const path = join(await tempFolder(), "video.mp4");
    await ffmpeg(...testInputs(1), ...h264, path);
    await truncate(path, (await readFile(path)).lastIndexOf("moov") - 4);
    expect(await verdict(path)).toMatch(/no index/);
  });
});

describe("a video whose data is damaged", () => {
  it("is broken when its media data is zeros, as a download leaves it that reserves the space first", async () => {
    const { bytes } = await sample();
    bytes.fill(0, bytes.indexOf("mdat") + 4);
    expect(await verdictOn(bytes)).toMatch(/packet 1 of \d+ is wrong/);
  });

  it("is broken when a stretch in the middle is zeros", async () => {
    const { bytes } = await sample();
    const start = Math.floor(bytes.length / 2);
    bytes.fill(0, start, start + 20_000);
    expect(await verdictOn(bytes)).toMatch(/The data of video packet \d+ of 20 is wrong/);
  });

  it("is broken when bytes in the middle are missing", async () => {
    const { bytes } = await sample();
    const start = bytes.indexOf("mdat") + 1000;
    expect(await verdictOn(Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 3)]))).not.toBe("plays");
  });

  it("is broken when a unit of its data runs over its end", async () => {
    const bytes = await silentSample();
    bytes.writeUInt32BE(0x7fff_ffff, bytes.indexOf("mdat") + 4);
    expect(await verdictOn(bytes)).toMatch(/The data of video packet 1 of 20 is wrong/);
  });

  it("is broken when it does not begin with a key frame", async () => {
    const { path } = await sample();
    const cut = join(await tempFolder(), "cut.mp4");
    await ffmpeg("-i", path, "-c", "copy", "-bsf:v", "noise=drop=eq(n\\,0)", cut);
    expect(await verdict(cut)).toMatch(/does not begin with a key frame/);
  });

  it.each([
    ["its frames last for days", 0x7fff_ffff, /The time of video packet \d+ of 20 is wrong/],
    ["its frames last no time", 0, /duration is zero/],
  ])("is broken when %s", async (_name, frameTicks, fault) => {
    const bytes = await silentSample();
    // The table of frame durations: version and flags, number of entries, then count and duration of each.
    bytes.writeUInt32BE(frameTicks, bytes.indexOf("stts") + 16);
    expect(await verdictOn(bytes)).toMatch(fault);
  });
});

describe("what is no video", () => {
  it("is broken when it is empty", async () => {
    expect(await verdictOn(Buffer.alloc(0))).toMatch(/empty/);
  });

  it.each([
    ["an error page", Buffer.from("<html><body>Not found</body></html>")],
    ["an envelope", Buffer.from('{"code":0,"data":{}}')],
    ["zeros", Buffer.alloc(10_000)],
  ])("is broken when it is %s", async (_name, bytes) => {
    expect(await verdictOn(bytes)).toMatch(/not an MP4/);
  });

  it("is broken when it is another container", async () => {
    const path = join(await tempFolder(), "video.mkv");
    await ffmpeg(...testInputs(1), ...h264, path);
    expect(await verdict(path)).toMatch(/not an MP4/);
  });

  it("is broken when it has sound alone", async () => {
    const path = join(await tempFolder(), "video.mp4");
    await ffmpeg(...testInputs(1), "-map", "1:a", "-c:a", "aac", path);
    expect(await verdict(path)).toMatch(/no video track/);
  });

  it("is broken when it has no tracks, or no frames", async () => {
    const path = join(await tempFolder(), "video.mp4");
    await ffmpeg(...testInputs(1), ...h264, "-an", "-t", "0", path);
    expect(await verdict(path)).toMatch(/no index \(moov\), or an empty one/);
    await ffmpeg(...testInputs(1), ...h264, "-an", "-movflags", "frag_keyframe+empty_moov", path);
    const bytes = await readFile(path);
    expect(await verdictOn(bytes.subarray(0, bytes.indexOf("moof") - 4))).toMatch(/no frames/);
  });

  it("is an ordinary error when the file is missing: nothing is said about the video", async () => {
    await expect(proveVideoPlays(join(await tempFolder(), "missing.mp4"))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});

it("stops when it is told to", async () => {
  const { path } = await sample();
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(proveVideoPlays(path, { signal })).rejects.toThrow("stopped");
});
