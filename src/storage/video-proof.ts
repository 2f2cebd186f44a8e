import { stat } from "node:fs/promises";
import {
  EncodedPacketSink,
  FilePathSource,
  Input,
  MP4,
  type EncodedPacket,
  type InputTrack,
  type InputVideoTrack,
} from "mediabunny";
import { JobFailure } from "../domain/failure.ts";

export type VideoProof = {
  durationMs: number;
  widthPx: number;
  heightPx: number;
  /** `h264`, `h265`, `av1`, … */
  videoCodec: string;
  /** `aac`, …; `null` when there is no sound. */
  audioCodec: string | null;
  bytes: number;
  frames: number;
};

/** Far more than the backend makes; a timestamp beyond it is damage. */
const maxDurationS = 24 * 60 * 60;
/** Encoders let the first packets start a little before zero (edit lists, priming samples). */
const maxLeadInS = 10;

const codecNames: Readonly<Record<string, string>> = { avc: "h264", hevc: "h265" };

/**
 * Reads an MP4 to its end and checks that each packet that its index lists is there, is not empty and has a sane time, that the
 * video begins with a key frame, and that H.264 packets hold what they should. A file that was cut off while its index
 * (`moov`) came first looks whole to `ffprobe`, but not to this. It decodes nothing. Throws `JobFailure` (`video_broken`).
 */
export async function proveVideoPlays(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<VideoProof> {
  const { size: bytes } = await stat(path);
  if (bytes === 0) throw broken("The file is empty.");
  using input = new Input({
    source: new FilePathSource(path, { handleUnhandledError: () => {} }),
    formats: [MP4],
  });
  try {
    if (!(await input.canRead())) throw broken("It is not an MP4 file.");
    return { ...(await examine(input, signal)), bytes };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof JobFailure || isSystemError(error)) throw error;
    throw broken("It cannot be read as an MP4 file.", error);
  }
}

async function examine(input: Input, signal: AbortSignal | undefined): Promise<Omit<VideoProof, "bytes">> {
  const tracks = await input.getTracks();
  const video = tracks.find((track) => track.isVideoTrack());
  const audio = tracks.find((track) => track.isAudioTrack());
  if (!video) {
    throw broken(tracks.length === 0 ? "It has no index (moov), or an empty one." : "It has no video track.");
  }
  const videoCodec = await codecOf(video, "video");
  const audioCodec = audio ? await codecOf(audio, "audio") : null;

  const walks = await Promise.all(tracks.map((track) => walkTrack(track, signal)));
  const frames = walks[tracks.indexOf(video)]?.packets ?? 0;
  if (frames === 0) throw broken("Its video has no frames.");
  const durationMs = Math.round(Math.max(...walks.map(({ endS }) => endS)) * 1000);
  if (durationMs <= 0) throw broken("Its duration is zero.");
  const [widthPx, heightPx] = await Promise.all([video.getDisplayWidth(), video.getDisplayHeight()]);
  if (!(widthPx > 0 && heightPx > 0)) throw broken(`Its dimensions are ${widthPx} × ${heightPx}.`);
  return { durationMs, widthPx, heightPx, videoCodec, audioCodec, frames };
}

async function codecOf(track: InputTrack, type: "video" | "audio"): Promise<string> {
  const codec = await track.getCodec();
  if (codec === null) {
    throw broken(`Its ${type} codec is not known (${String(await track.getInternalCodecId())}).`);
  }
  return codecNames[codec] ?? codec;
}

/** Checks a track's packets in decoding order; `endS` is when the last one is over. */
async function walkTrack(
  track: InputTrack,
  signal: AbortSignal | undefined,
): Promise<{ packets: number; endS: number }> {
  const sink = new EncodedPacketSink(track);
  const listed = await countListed(sink);
  const nalPrefixBytes = track.isVideoTrack() ? await readNalPrefixBytes(track) : null;

  let packets = 0;
  let endS = 0;
  for await (const packet of sink.packets(undefined, undefined, { verifyKeyPackets: true })) {
    signal?.throwIfAborted();
    packets += 1;
    const fault = faultOf(packet, nalPrefixBytes);
    if (fault !== null) {
      throw broken(`The ${fault} of ${track.type} packet ${packets} of ${listed} is wrong.`);
    }
    if (packets === 1 && packet.type !== "key") {
      throw broken(`Its ${track.type} does not begin with a key frame.`);
    }
    endS = Math.max(endS, packet.timestamp + packet.duration);
  }
  // The walk ends without an error at the first packet whose bytes are not in the file.
  if (packets < listed) {
    throw broken(`The file ends before ${track.type} packet ${packets + 1} of ${listed}.`);
  }
  return { packets, endS };
}

async function countListed(sink: EncodedPacketSink): Promise<number> {
  let listed = 0;
  for await (const _ of sink.packets(undefined, undefined, { metadataOnly: true })) listed += 1;
  return listed;
}

function faultOf({ data, timestamp, duration }: EncodedPacket, nalPrefixBytes: number | null): "time" | "data" | null {
  if (!(timestamp >= -maxLeadInS && duration >= 0 && timestamp + duration <= maxDurationS)) {
    return "time";
  }
  const whole = nalPrefixBytes === null || holdsWholeNalUnits(data, nalPrefixBytes);
  return data.length > 0 && whole ? null : "data";
}

/** How long the length before each H.264 unit is, from the `avcC` box (ISO 14496-15, 5.3.3.1); `null` for other codecs. */
async function readNalPrefixBytes(video: InputVideoTrack): Promise<number | null> {
  if ((await video.getCodec()) !== "avc") return null;
  const description = (await video.getDecoderConfig())?.description;
  if (description === undefined) throw broken("It does not say how its video is to be decoded.");
  const bytes = ArrayBuffer.isView(description) ? description.buffer : description;
  const offset = ArrayBuffer.isView(description) ? description.byteOffset : 0;
  return (new DataView(bytes, offset).getUint8(4) & 0b11) + 1;
}

function holdsWholeNalUnits(data: Uint8Array, prefixBytes: number): boolean {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let offset = 0;
  while (offset + prefixBytes < bytes.length) {
    const unitBytes = bytes.readUIntBE(offset, prefixBytes);
    if (unitBytes === 0) return false;
    offset += prefixBytes + unitBytes;
  }
  return offset === bytes.length;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function broken(what: string, cause?: unknown): JobFailure {
  return new JobFailure("video_broken", what, { cause });
}
