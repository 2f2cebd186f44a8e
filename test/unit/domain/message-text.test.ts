import { describe, expect, it } from "vitest";
import { messageText } from "../../../src/domain/message-text.ts";

const plain = { format: "mp4", quality: "high" } as const;

describe("the message to the backend", () => {
  it("is the instruction, the script and the wishes, in this order", () => {
    const output = { ...plain, aspect_ratio: "9:16", resolution: "1080p", duration_s: 30, music: "lo-fi" } as const;
    expect(messageText("The script.", "Make it calm.", output, false)).toBe(
      "Make it calm.\n\nThe script.\n\nAspect ratio 9:16. Resolution 1080p. About 30 seconds long. Music: lo-fi.",
    );
  });

  it("is the script alone, to the letter, when nothing else was said", () => {
    const script = "Line one.\n\n  Line two: 你好。";
    expect(messageText(script, null, plain, true)).toBe(script);
  });

  it("says only the wishes that there are", () => {
    expect(messageText("A.", null, { ...plain, music: "calm" }, false)).toBe("A.\n\nMusic: calm.");
  });

  it("asks for a video where there are only files", () => {
    expect(messageText(null, null, plain, true)).toBe(
      "Make a video from the uploaded files, with transitions and music.",
    );
    expect(messageText(null, "Cut it.", plain, true)).toBe("Cut it.");
  });
});
