import { z } from "zod";
import type { ServerSentEvent } from "./event-stream.ts";

/**
 * What an event of the message stream amounts to, whichever form it came in. `as` says how a text relates to those before it:
 * a `piece` goes on from them, a `whole` may repeat them, and `unmarked` may be either.
 */
export type StreamEvent =
  | { type: "text"; text: string; as: "piece" | "whole" | "unmarked" }
  | { type: "tool" }
  | { type: "alive" }
  | { type: "error"; message: string }
  | { type: "unknown" };

const partSchema = z.object({
  text: z.string().nullish().catch(null),
  thought: z.boolean().nullish().catch(null),
  functionCall: z.unknown().optional(),
  function_call: z.unknown().optional(),
  functionResponse: z.unknown().optional(),
  function_response: z.unknown().optional(),
});

/** A part of another shape: it is counted as unknown. */
const noPart = {
  text: null,
  thought: null,
  functionCall: null,
  function_call: null,
  functionResponse: null,
  function_response: null,
};

const word = z.string().nullish().catch(null);
const wireSchema = z.object({
  type: word,
  error: z.unknown().optional(),
  errorCode: word,
  error_code: word,
  errorMessage: word,
  error_message: word,
  message: word,
  partial: z.boolean().nullish().catch(null),
  thought: z.boolean().nullish().catch(null),
  content: z
    .union([z.string(), z.object({ parts: z.array(partSchema.catch(noPart)).nullish().catch(null) })])
    .nullish()
    .catch(null),
});
type Wire = z.infer<typeof wireSchema>;

/** The protocol's table of stream events. One event on the wire may hold several things. */
export function streamEventsIn({ name, data }: Pick<ServerSentEvent, "name" | "data">): StreamEvent[] {
  if (name === "heartbeat") return [{ type: "alive" }];
  const wire = wireSchema.safeParse(jsonOrUndefined(data)).data;
  if (name === "error") return [{ type: "error", message: wire === undefined ? data : errorMessageOf(wire) }];
  if (data.trim() === "") return [{ type: "alive" }];
  // Some runtimes put an error's text into JSON without escaping it.
  if (wire === undefined)
    return [
      /^\s*\{\s*"error(?:_?code|_?message)?"\s*:/i.test(data) ? { type: "error", message: data } : { type: "unknown" },
    ];
  if (isGiven(wire.error)) return [{ type: "error", message: errorMessageOf(wire) }];
  return typedEvent(wire) ?? runtimeEvents(wire);
}

/** The typed form: `{"type":"text","content":…}` and its like. */
function typedEvent(wire: Wire): StreamEvent[] | null {
  switch (wire.type) {
    case "text":
      if (typeof wire.content !== "string") return [{ type: "unknown" }];
      if (wire.thought === true || wire.content === "") return [{ type: "alive" }];
      return [
        {
          type: "text",
          text: wire.content,
          as: wire.partial === true ? "piece" : wire.partial === false ? "whole" : "unmarked",
        },
      ];
    case "tool_call":
    case "tool_result":
      return [{ type: "tool" }];
    case "heartbeat":
      return [{ type: "alive" }];
    case "error":
      return [{ type: "error", message: errorMessageOf(wire) }];
    case null:
    case undefined:
    default:
      return null;
  }
}

/** The form of the agent runtime: content in parts. Without `partial`, a text is the whole of it. */
function runtimeEvents(wire: Wire): StreamEvent[] {
  const parts = typeof wire.content === "object" ? (wire.content?.parts ?? []) : [];
  if (parts.length > 0) {
    const as = wire.partial === true ? "piece" : "whole";
    return parts.map((part): StreamEvent => {
      if (isGiven(part.functionCall ?? part.function_call ?? part.functionResponse ?? part.function_response))
        return { type: "tool" };
      if (typeof part.text !== "string") return { type: "unknown" };
      return part.thought === true || part.text === "" ? { type: "alive" } : { type: "text", text: part.text, as };
    });
  }
  const isFailure = [wire.errorCode, wire.error_code, wire.errorMessage, wire.error_message].some(isGiven);
  return [isFailure ? { type: "error", message: errorMessageOf(wire) } : { type: "unknown" }];
}

function errorMessageOf(wire: Wire): string {
  const { error } = wire;
  const said = wire.errorMessage ?? wire.error_message ?? wire.errorCode ?? wire.error_code ?? wire.message ?? "";
  if (!isGiven(error)) return said;
  return typeof error === "string" ? error : JSON.stringify(error);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== false;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
