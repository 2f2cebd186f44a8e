import { expect, it } from "vitest";
import type { Timeline } from "../../../src/domain/timeline.ts";
import { createStageNews, secondStageText } from "../../../src/workers/stage-news.ts";

const cut: Timeline = { tracks: [], durationMs: 5_000 };

/** News of a message whose timeline is, at each look, the next of these. */
function newsOf(looks: (() => Promise<Timeline | null>)[], everyMs = 0) {
  const seen: Timeline[] = [];
  let count = 0;
  let underWay = 0;
  let mostAtOnce = 0;
  const news = createStageNews({
    everyMs,
    onFirstCut: async (timeline) => {
      seen.push(timeline);
    },
    look: async () => {
      count += 1;
      underWay += 1;
      mostAtOnce = Math.max(mostAtOnce, underWay);
      try {
        return (await (looks.length > 1 ? looks.shift() : looks[0])?.()) ?? null;
      } finally {
        underWay -= 1;
      }
    },
  });
  const settled = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { ...news, seen, settled, count: () => count, mostAtOnce: () => mostAtOnce };
}

const nothing = async () => null;
const something = async () => cut;
const failing = async () => {
  throw new Error("The backend does not answer.");
};

it("tells of the first cut, once, and looks no more", async () => {
  const news = newsOf([nothing, something]);
  news.onTool();
  await news.settled(() => news.count() === 1);
  while (news.seen.length === 0) {
    news.onTool();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  news.onTool();
  expect(await news.end()).toBe(cut);
  expect([news.seen, news.count()]).toEqual([[cut], 2]);
});

it("looks only after a tool event", async () => {
  const news = newsOf([something]);
  expect(await news.end()).toBeNull();
  expect(news.count()).toBe(0);
});

it("makes one look for many tool events at once, and never two at a time", async () => {
  const news = newsOf([nothing]);
  for (let at = 0; at < 100; at++) news.onTool();
  await news.settled(() => news.count() > 0);
  await news.end();
  expect(news.count()).toBeLessThanOrEqual(2);
  expect(news.mostAtOnce()).toBe(1);
});

it("passes over a look that fails", async () => {
  const news = newsOf([failing, something]);
  while (news.seen.length === 0) {
    news.onTool();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await news.end()).toBe(cut);
});

it("looks a bounded number of times", async () => {
  const news = newsOf([nothing]);
  for (let at = 0; at < 200; at++) {
    news.onTool();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await news.end();
  expect(news.count()).toBeGreaterThan(1);
  expect(news.count()).toBeLessThanOrEqual(30);
});

it("holds nobody up at the end", async () => {
  const news = newsOf([something], 3_600_000);
  news.onTool();
  expect(await news.end()).toBeNull();
  expect(news.count()).toBe(0);
});

it("says what came on top, and nothing where nothing came", () => {
  expect(secondStageText(["BGM added: Lo-fi", "Title added: A"], "en")).toBe("Then: BGM added: Lo-fi; Title added: A");
  expect(secondStageText(["已添加"], "zh")).toBe("随后：已添加");
  expect(secondStageText([], "en")).toBeNull();
});
