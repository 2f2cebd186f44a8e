import type { AgentEvent, ToolCall } from "./agent/plan.ts";
import type { Dialect } from "./draft.ts";
import { pick } from "./random.ts";
import type { Random } from "./random.ts";
import type { StreamError } from "./session-record.ts";

export type StreamEncoder = {
  /** The frames of an event, each a whole server-sent event; none where the dialect has no form for it. */
  encode: (event: AgentEvent) => string[];
  encodeError: (error: StreamError) => string;
};

/** `first` is the agent-runtime form, `last` the typed one. */
export function createStreamEncoder(
  dialect: Dialect,
  invocationId: string,
  random: Random,
  nowMs: () => number,
): StreamEncoder {
  return { encode: dialect === "first" ? runtimeEncoder(invocationId, random, nowMs) : typedFrames, encodeError };
}

function frame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** As a real runtime varies: camel or snake case, `partial: false` or no `partial`, milliseconds or float seconds. */
function runtimeEncoder(invocationId: string, random: Random, nowMs: () => number): StreamEncoder["encode"] {
  const marksFinal = random() < 0.5;
  const inSeconds = random() < 0.5;
  const [callKey, resultKey] = pick(random, [
    ["functionCall", "functionResponse"],
    ["function_call", "function_response"],
  ]);
  let count = 0;
  const event = (role: string, parts: unknown[], fields: Record<string, unknown> = {}) => {
    count += 1;
    const timestamp = inSeconds ? nowMs() / 1000 : nowMs();
    return frame({
      content: { role, parts },
      ...fields,
      author: "nemo_agent",
      id: `${invocationId}-e${count}`,
      invocationId,
      timestamp,
    });
  };
  const callPart = ({ name, args }: ToolCall) => ({ [callKey]: { name, args } });
  return (shown) => {
    switch (shown.type) {
      case "piece":
        return [event("model", [{ text: shown.text }], { partial: true })];
      case "whole":
        return [
          event(
            "model",
            [{ text: shown.text }, ...(shown.call ? [callPart(shown.call)] : [])],
            marksFinal ? { partial: false } : {},
          ),
        ];
      case "thought":
        return [event("model", [{ text: shown.text, thought: true }], { partial: true })];
      case "call":
        return [event("model", [callPart(shown.call)])];
      case "result":
        return [event("user", [{ [resultKey]: { name: shown.name, response: shown.response } }])];
      case "heartbeat":
        return [
          pick(random, [": keep-alive\n\n", "event: heartbeat\ndata: {}\n\n", "data:\n\n", "event: heartbeat\n\n"]),
        ];
    }
  };
}

/** Pieces only: this form never repeats a text as a whole, and does not show its thoughts. */
function typedFrames(shown: AgentEvent): string[] {
  switch (shown.type) {
    case "piece":
      return [frame({ type: "text", content: shown.text })];
    case "whole":
      return shown.call ? [typedCall(shown.call)] : [];
    case "thought":
      return [];
    case "call":
      return [typedCall(shown.call)];
    case "result":
      return [frame({ type: "tool_result", name: shown.name, result: shown.response })];
    case "heartbeat":
      return [frame({ type: "heartbeat" })];
  }
}

function typedCall({ name, args }: ToolCall): string {
  return frame({ type: "tool_call", name, args });
}

function encodeError({ form, message }: StreamError): string {
  switch (form) {
    case "error_code":
      return frame({ errorCode: "MODEL_ERROR", errorMessage: message, author: "nemo_agent" });
    case "json":
      return frame({ error: message });
    case "named_event":
      return `event: error\n${frame({ error: message })}`;
    case "unescaped":
      return `data: {"error":"${message}"}\n\n`;
  }
}
