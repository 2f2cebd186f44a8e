import { describe, expect, it } from "vitest";
import { z } from "zod";
import { jobRequestSchema, requestLimits } from "../../../src/domain/job-request.ts";
import { jobRequestOf, messageRequestSchema } from "../../../src/domain/message-request.ts";
import { newFileId, newSessionId } from "../../support/queued-job.ts";

const sessionId = newSessionId();
const files = [newFileId()];

describe("the job of a message", () => {
  it.each([
    ["generate", { text: "Add a title" }, { instruction: "Add a title", files: [], urls: [] }],
    ["generate", { files }, { files, urls: [] }],
    ["upload", { text: "upload this", files }, { files, urls: [] }],
    ["export", { text: "export", urls: ["https://a.example/b.mp4"] }, { files: [], urls: ["https://a.example/b.mp4"] }],
  ] as const)("is one that could have been submitted as it is: %s of %j", (type, message, input) => {
    const request = jobRequestOf(messageRequestSchema.parse(message), type, sessionId);
    expect(request).toMatchObject({ type, session_id: sessionId, input });
    expect(jobRequestSchema.parse(request)).toEqual(request);
  });

  it("takes words for a script when they are longer than an instruction may be", () => {
    const inputOf = (text: string) => jobRequestOf(messageRequestSchema.parse({ text }), "generate", sessionId).input;
    const longest = "x".repeat(requestLimits.instructionChars);
    expect(inputOf(longest)).toMatchObject({ instruction: longest });
    expect(inputOf(`${longest}x`)).toMatchObject({ text: `${longest}x` });
  });

  it("goes out under the skill of the message, where it names one", () => {
    const message = messageRequestSchema.parse({ text: "x", skill: "generator-capcut" });
    expect(jobRequestOf(message, "generate", sessionId).skill).toBe("generator-capcut");
  });
});

it("has examples that its schema accepts", () => {
  const examples = z.array(messageRequestSchema).parse(messageRequestSchema.meta()?.examples);
  expect(examples).not.toHaveLength(0);
});
