import { z } from "zod";
import { JobFailure } from "./failure.ts";
import type { OutputWishes } from "./job-request.ts";

/** So far may two ratios lie apart and still be the same, since sizes are whole and even pixels: 1080 × 1918 is 9:16. */
const tolerance = 0.02;

const size = z.number().positive().catch(0);
const draftSchema = z.object({ m: z.object({ width: size, height: size }) });

/**
 * The backend cannot change the aspect ratio of what exists: it would make all of it anew, for the price of a generation.
 * Throws `output_not_possible` where that is wished for. A draft that does not say its size stands in nobody's way.
 */
export function assertRatioPossible(draftText: string | null, { aspect_ratio: wished }: OutputWishes): void {
  if (draftText === null || wished === undefined) return;
  const { width, height } = draftSchema.safeParse(JSON.parse(draftText)).data?.m ?? { width: 0, height: 0 };
  const [across = 1, down = 1] = wished.split(":").map(Number);
  if (width === 0 || height === 0 || Math.abs((width * down) / (height * across) - 1) <= tolerance) return;
  throw new JobFailure(
    "output_not_possible",
    `The session's timeline is ${width} × ${height}, which cannot become ${wished}. Nothing was sent, and nothing charged. Leave \`output.aspect_ratio\` out, or make it in a new session.`,
  );
}
