import type { Language } from "./language.ts";
import type { SessionView } from "./session.ts";

/** What is said in answer to a message of a person, beside the data that it comes with. */
export type Said =
  | { action: "credits"; available: number; frozen: number }
  /** `summary` is in the language of the answer, where that is known. */
  | { action: "state"; session: SessionView; summary: string | null }
  | { action: "export" | "upload" | "message" };

/** `alsoUploads`: the files that came along go into the session meanwhile. */
export function answerText(said: Said, alsoUploads: boolean, language: Language): string {
  const words = phrases[language];
  // First: it comes first, and a timeline ends without a full stop.
  const sentences = [...(alsoUploads ? [words.upload] : []), sentenceOf(said, words)];
  return sentences.join(language === "en" ? " " : "");
}

function sentenceOf(said: Said, words: Phrases): string {
  switch (said.action) {
    case "credits":
      return words.credits(said.available, said.frozen);
    case "state":
      return stateOf(said.session, said.summary, words);
    case "export":
    case "upload":
    case "message":
      return words[said.action];
  }
}

function stateOf({ state, as_of: asOf }: SessionView, summary: string | null, words: Phrases): string {
  switch (state) {
    case "empty":
      return words.empty;
    case "active":
      return summary ?? words.empty;
    case "dropped":
      return summary === null ? words.dropped : `${words.dropped}${words.kept(asOf)}${summary}`;
    case "unknown":
      return summary === null ? words.unknown : `${words.unknown}${words.kept(asOf)}${summary}`;
  }
}

type Phrases = (typeof phrases)[Language];

const phrases = {
  en: {
    credits: (available: number, frozen: number) =>
      `You have ${available} ${available === 1 ? "credit" : "credits"}${frozen === 0 ? "" : `, and ${frozen} more are reserved by running work`}.`,
    empty: "There is nothing on the timeline of this session yet.",
    dropped: "The backend has dropped this session.",
    unknown: "The backend could not be asked just now.",
    kept: (asOf: string | null) => ` As of ${asOf ?? "its last job"}: `,
    export: "The export is on its way: the video will be in the result of the job.",
    upload: "The files are on their way into the session.",
    message: "Your request is on its way: the result of the job says what came of it.",
  },
  zh: {
    credits: (available: number, frozen: number) =>
      `可用积分 ${available}${frozen === 0 ? "" : `，另有 ${frozen} 被进行中的任务冻结`}。`,
    empty: "这个会话的时间线还是空的。",
    dropped: "后端已不再保留这个会话。",
    unknown: "暂时无法向后端查询。",
    kept: (asOf: string | null) => `截至 ${asOf ?? "上一个任务"}：`,
    export: "已开始导出：视频会出现在任务的结果里。",
    upload: "文件正在上传到会话。",
    message: "已收到您的要求：结果见任务。",
  },
} as const;
