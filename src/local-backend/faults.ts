import { z } from "zod";
import { endpointNames } from "./endpoints.ts";
import type { EndpointName } from "./endpoints.ts";

/** The longest delay that may be asked for; longer is what `hang` is for. */
const MAX_DELAY_MS = 3_600_000;
const MAX_FAULTS = 1_000;

/** Effects that only make sense at one endpoint. */
const onlyAt: Record<string, EndpointName> = {
  cut_at_event: "message",
  silent: "message",
  stream_error: "message",
  render_fail: "render_submit",
  render_slow_ms: "render_submit",
  broken_video: "render_submit",
};

const effects = {
  /** Wait before anything else, in real time. */
  delay_ms: z.number().int().min(1).max(MAX_DELAY_MS).optional(),
  /** Answer this HTTP status; with `code`, `body` and `headers` where given. */
  status: z.number().int().min(200).max(599).optional(),
  /** Answer this envelope code (with HTTP 200 unless `status` says otherwise). */
  code: z.number().int().optional(),
  /** Instead of the envelope: a string goes out as it is, anything else as JSON. */
  body: z.json().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** With `status` or `code`: do the work all the same, and lie about it. */
  after_work: z.boolean().optional(),
  /** No answer at all: without the work (`before`, or true), or with it (`after`). */
  hang: z.union([z.literal(true).transform(() => "before" as const), z.enum(["before", "after"])]).optional(),
  /** The connection is closed once so many bytes of the body went out. */
  cut_after_bytes: z.number().int().min(0).optional(),
  /** The stream is cut once so many events went out; 0 is straight after the headers. The run goes on. */
  cut_at_event: z.number().int().min(0).optional(),
  /** The connection is reset, and nothing was done. */
  reset_before: z.literal(true).optional(),
  /** The work is done (a message: the run has ended), and then the connection is reset instead of the answer. */
  reset_after: z.literal(true).optional(),
  /** The run changes the timeline as asked and says nothing. */
  silent: z.literal(true).optional(),
  /** The stream carries an error after `at_event` events. The run ends there as failed, unless it goes on. */
  stream_error: z
    .strictObject({
      form: z.enum(["error_code", "json", "named_event", "unescaped"]),
      at_event: z.number().int().min(0).default(0),
      go_on: z.boolean().default(false),
      message: z.string().default('The model said "no" and stopped'),
    })
    .optional(),
  render_fail: z.literal(true).optional(),
  /** The render takes so much longer, in real time. */
  render_slow_ms: z.number().int().min(1).max(MAX_DELAY_MS).optional(),
  /** The render 'completes' with an MP4 whose second half is missing. */
  broken_video: z.literal(true).optional(),
};

/** One thing to do wrong: at which endpoint, at which calls, and what. */
export const faultSchema = z
  .strictObject({
    endpoint: z.enum(endpointNames),
    /** Which call it begins with, counted at this endpoint from when the fault was added: 1 is the next one. */
    nth: z.number().int().min(1).default(1),
    /** At how many calls in a row. */
    times: z.number().int().min(1).max(1_000_000).default(1),
    ...effects,
  })
  .superRefine((fault, context) => {
    const given = Object.keys(effects).filter((name) => name in fault);
    if (given.every((name) => name === "body" || name === "headers" || name === "after_work")) {
      context.addIssue({
        code: "custom",
        message: `Say what is to go wrong: one of ${Object.keys(effects).join(", ")}.`,
      });
    }
    for (const name of given) {
      const endpoint = onlyAt[name];
      if (endpoint !== undefined && endpoint !== fault.endpoint) {
        context.addIssue({
          code: "custom",
          path: [name],
          message: `\`${name}\` is a fault of the endpoint \`${endpoint}\`.`,
        });
      }
    }
  });

export type Fault = z.output<typeof faultSchema>;

export type Faults = {
  /** Throws a RangeError when there are too many. */
  add: (fault: Fault) => void;
  clear: () => void;
  list: () => { fault: Fault; calls_seen: number }[];
  /** Counts a call; answers the fault that it meets. Of several the one added first wins. */
  take: (endpoint: EndpointName) => Fault | null;
};

/** Faults are kept in memory: they end with the process. */
export function createFaults(): Faults {
  let armed: { fault: Fault; callsSeen: number }[] = [];
  return {
    add: (fault) => {
      if (armed.length >= MAX_FAULTS) throw new RangeError(`More than ${MAX_FAULTS} faults: DELETE them first.`);
      armed.push({ fault, callsSeen: 0 });
    },
    clear: () => {
      armed = [];
    },
    list: () => armed.map(({ fault, callsSeen }) => ({ fault, calls_seen: callsSeen })),
    take: (endpoint) => {
      let hit: Fault | null = null;
      for (const entry of armed.filter((candidate) => candidate.fault.endpoint === endpoint)) {
        entry.callsSeen += 1;
        if (entry.callsSeen >= entry.fault.nth) hit ??= entry.fault;
      }
      armed = armed.filter(({ fault, callsSeen }) => callsSeen < fault.nth + fault.times - 1);
      return hit;
    },
  };
}
