import { open } from "node:fs/promises";
import { CustomSource, Input, MATROSKA, MP4, QTFF, WEBM } from "mediabunny";

/**
 * An index lists every sample, and is read at once: what says that it has tens of millions of them would take gigabytes. This is
 * enough for about an hour.
 */
const maxReadBytes = 4 * 1024 * 1024;

/**
 * How long a video lasts in ms, as its container's header says, without a look at its frames. `null` where that cannot be told
 * cheaply: no header or one of another kind (AVI), damage, or an index longer than 4 MiB.
 */
export async function measureDurationMs(path: string): Promise<number | null> {
  const file = await open(path, "r");
  let leftBytes = maxReadBytes;
  const source = new CustomSource({
    getSize: async () => (await file.stat()).size,
    read: async (start, end) => {
      leftBytes -= end - start;
      if (leftBytes < 0) throw new Error(`more than ${maxReadBytes} bytes would have to be read`);
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      return buffer;
    },
    handleUnhandledError: () => {},
  });
  using input = new Input({ source, formats: [MP4, QTFF, WEBM, MATROSKA] });
  try {
    const durationS = await input.getDurationFromMetadata();
    return durationS !== null && durationS > 0 && Number.isFinite(durationS) ? Math.round(durationS * 1000) : null;
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
