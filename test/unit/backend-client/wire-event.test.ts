import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { streamEventsIn, type StreamEvent } from "../../../src/backend-client/wire-event.ts";

const alive: StreamEvent = { type: "alive" };
const tool: StreamEvent = { type: "tool" };
const unknown: StreamEvent = { type: "unknown" };
const text = (content: string, as: "piece" | "whole" | "unmarked"): StreamEvent => ({
  type: "text",
  text: content,
  as,
});
const error = (message: string): StreamEvent => ({ type: "error", message });

const runtime = (parts: unknown[], more: object = {}) =>
  JSON.stringify({ content: { role: "model", parts }, author: "nemo_agent", id: "e1", invocationId: "i1", ...more });

type Row = [rule: string, data: string, expected: StreamEvent[], name?: string];

const rows: Row[] = [
  // The form of the agent runtime
  ["partial text is a piece", runtime([{ text: "Hi" }], { partial: true }), [text("Hi", "piece")]],
  ["text with partial:false is a whole", runtime([{ text: "Hi" }], { partial: false }), [text("Hi", "whole")]],
  ["text without partial is a whole", runtime([{ text: "Hi" }]), [text("Hi", "whole")]],
  ["a call is a tool event", runtime([{ functionCall: { name: "x", args: {} } }]), [tool]],
  ["a call in snake case too", runtime([{ function_call: { name: "x", args: {} } }]), [tool]],
  ["a result is a tool event", runtime([{ functionResponse: { name: "x", response: {} } }]), [tool]],
  ["a result in snake case too", runtime([{ function_response: { name: "x", response: {} } }]), [tool]],
  ["a thought is never text", runtime([{ text: "hmm", thought: true }], { partial: true }), [alive]],
  [
    "parts of different kinds keep their order",
    runtime([{ text: "A" }, { functionCall: { name: "x" } }, { text: "B" }, { inlineData: { data: "…" } }]),
    [text("A", "whole"), tool, text("B", "whole"), unknown],
  ],
  ["a part that is no object is unknown", runtime(["?", { text: "A" }]), [unknown, text("A", "whole")]],
  ["empty text is a sign of life", runtime([{ text: "" }]), [alive]],
  ["an error code without content is a failure", '{"errorCode":"X","errorMessage":"no","author":"a"}', [error("no")]],
  ["an error message with null content too", '{"errorMessage":"no","content":null}', [error("no")]],
  ["an error code with empty parts too", '{"errorCode":"X","content":{"parts":[]}}', [error("X")]],
  ["an error code in snake case too", '{"error_code":"X"}', [error("X")]],
  ["an error code beside content is none", runtime([{ text: "A" }], { errorCode: "MAX_TOKENS" }), [text("A", "whole")]],
  ["null error fields are none", runtime([{ text: "A" }], { errorCode: null, error: null }), [text("A", "whole")]],
  ["an event with neither content nor error is unknown", '{"actions":{"stateDelta":{}},"author":"a"}', [unknown]],

  // Failures after a 200
  ["an error object is a failure", '{"error":"boom"}', [error("boom")]],
  ["so is one with fields", '{"error":{"message":"boom"}}', [error('{"message":"boom"}')]],
  ["and one that is not valid JSON", '{"error": "bad "quoted" text"}', [error('{"error": "bad "quoted" text"}')]],
  ["and one that broke at a line end", '{"error":"line one', [error('{"error":"line one')]],
  ["an event named error is a failure", '{"error":"boom"}', [error("boom")], "error"],
  ["whatever it says", "out of luck", [error("out of luck")], "error"],
  ["even nothing", "", [error("")], "error"],

  // The typed form
  ["typed text is unmarked", '{"type":"text","content":"Hi"}', [text("Hi", "unmarked")]],
  ["unless it says that it is partial", '{"type":"text","content":"Hi","partial":true}', [text("Hi", "piece")]],
  ["or that it is not", '{"type":"text","content":"Hi","partial":false}', [text("Hi", "whole")]],
  ["typed thoughts are never text", '{"type":"text","content":"hmm","thought":true}', [alive]],
  ["a typed call is a tool event", '{"type":"tool_call","name":"x","args":{}}', [tool]],
  ["a typed result is a tool event", '{"type":"tool_result","name":"x","result":{}}', [tool]],
  ["a typed heartbeat is a sign of life", '{"type":"heartbeat"}', [alive]],
  ["a typed error is a failure", '{"type":"error","message":"boom"}', [error("boom")]],
  ["typed text without content is unknown", '{"type":"text"}', [unknown]],
  ["another type is unknown", '{"type":"usage","tokens":7}', [unknown]],

  // Signs of life, and what is not known
  ["an event named heartbeat is a sign of life", "{}", [alive], "heartbeat"],
  ["empty data is a sign of life", "", [alive]],
  ["an event of another name is read by its data", runtime([{ text: "A" }]), [text("A", "whole")], "update"],
  ["what is not JSON is unknown", "[DONE]", [unknown]],
  ["JSON that is no object is unknown", "[1,2]", [unknown]],
  ["null is unknown", "null", [unknown]],
];

describe("maps every form on the wire onto one union", () => {
  it.each(rows)("%s", (_rule, data, expected, name = "message") => {
    expect(streamEventsIn({ name, data })).toEqual(expected);
  });

  it("answers to any JSON and any name", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("message", "error", "heartbeat", "x"), (value, name) => {
        expect(streamEventsIn({ name, data: JSON.stringify(value) }).length).toBeGreaterThan(0);
      }),
    );
  });
});
