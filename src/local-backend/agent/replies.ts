import { totalDurationMs } from "../draft.ts";
import type { Project } from "../project.ts";
import { pick } from "../random.ts";
import type { Random } from "../random.ts";
import type { Edit, Run } from "../session-record.ts";
import { moodNames } from "./edit.ts";
import type { Language } from "./language.ts";

/** What the agent says. It believes that a person sits in front of its editor, and sends them clicking. */

type Hints = readonly [string, ...string[]];

type Phrases = {
  thinking: (text: string) => string;
  opening: string;
  firstCut: (project: Project) => string;
  finished: (project: Project) => string;
  reformatted: (project: Project) => string;
  edited: (edit: Edit, project: Project) => string;
  timeline: (project: Project) => string;
  help: string;
  nothingToEdit: string;
  guiAfterGenerate: Hints;
  guiAfterEdit: Hints;
  temporaryIssue: string;
};

const en: Phrases = {
  thinking: (text) => `The user wants: ${text.slice(0, 80)}. I should plan the scenes first.`,
  opening: "Sure! I'm planning the scenes and picking visuals for your video.",
  firstCut: (project) => `The raw clip is ready: ${counted(project.scenes.length, "scene")}, ${seconds(project)} s.`,
  finished: (project) =>
    `Your video "${project.name}" is done: ${counted(project.scenes.length, "scene")}, ${seconds(project)} seconds at ${size(project)}.${extras(project, "en")}`,
  reformatted: (project) => `I've regenerated your video at ${size(project)}, ${seconds(project)} seconds long.`,
  edited: (edit, project) => editedEn(edit, project),
  timeline: (project) =>
    `Your timeline holds ${counted(project.scenes.length, "scene")} over ${seconds(project)} seconds at ${size(project)}.${extras(project, "en")}`,
  help: "I can turn a script or your photos and clips into a video, and then edit it: titles, background music, volume, length and aspect ratio. Drag and drop your files into the media panel, or just describe your video.",
  nothingToEdit:
    "There is nothing on the timeline yet. Describe your video first, or drag and drop a clip onto the timeline.",
  guiAfterGenerate: [
    "You can preview it in the player. Click the Export button in the top right corner to download your video.",
    "Open the Timeline panel to fine-tune each scene. When you are happy with it, click **Export**.",
    "Preview in the timeline, drag and drop clips to reorder them, and click the Export button when you're ready.",
  ],
  guiAfterEdit: [
    "Click the play button to preview it in the player.",
    "Open the Timeline panel to see the change.",
    "Click the Export button when you're ready. You can check your account page for remaining credits.",
  ],
  temporaryIssue: "I encountered a temporary issue. Please try again later.",
};

const zh: Phrases = {
  thinking: (text) => `用户的需求：${text.slice(0, 40)}。先规划分镜。`,
  opening: "好的！正在为您规划分镜并挑选画面。",
  firstCut: (project) => `初剪已完成：共 ${project.scenes.length} 个镜头，时长 ${seconds(project)} 秒。`,
  finished: (project) =>
    `视频《${project.name}》已制作完成：共 ${project.scenes.length} 个镜头，时长 ${seconds(project)} 秒，尺寸 ${size(project)}。${extras(project, "zh")}`,
  reformatted: (project) => `已按 ${size(project)} 重新生成视频，时长 ${seconds(project)} 秒。`,
  edited: (edit, project) => editedZh(edit, project),
  timeline: (project) =>
    `时间线上共有 ${project.scenes.length} 个镜头，时长 ${seconds(project)} 秒，尺寸 ${size(project)}。${extras(project, "zh")}`,
  help: "我可以把脚本、照片或片段做成视频，然后继续编辑：标题、背景音乐、音量、时长和画面比例。请把文件拖拽到素材面板，或直接描述您的视频。",
  nothingToEdit: "时间线上还没有内容。请先描述您的视频，或把片段拖拽到时间线上。",
  guiAfterGenerate: [
    "您可以在播放器中预览。点击右上角的导出按钮即可下载视频。",
    "打开时间线面板可以微调每个镜头，满意后请点击“导出”。",
    "请在时间线中预览，拖拽片段可以调整顺序，完成后点击导出按钮。",
  ],
  guiAfterEdit: [
    "点击播放按钮即可在播放器中预览。",
    "打开时间线面板查看修改。",
    "完成后点击导出按钮。您可以在账户页面查看剩余积分。",
  ],
  temporaryIssue: "我遇到了一个临时问题，请稍后再试。",
};

const phrases: Record<Language, Phrases> = { en, zh };

export function speak(language: Language): Phrases {
  return phrases[language];
}

/** The last words of a run: what was made, and what a person should click on next. */
export function closingReply(
  { intent, language, asksDrag }: Pick<Run, "intent" | "language" | "asksDrag">,
  project: Project | null,
  random: Random,
): string {
  const say = phrases[language];
  const gui = (hints: Hints): string => guiHint(asksDrag === true ? say.guiAfterGenerate : hints, asksDrag, random);
  const between = language === "zh" ? "" : " ";
  if (intent.kind === "answer") {
    if (intent.about === "nothing_to_edit") return say.nothingToEdit;
    return intent.about === "timeline" && project !== null ? say.timeline(project) : say.help;
  }
  if (project === null) return say.nothingToEdit;
  switch (intent.kind) {
    case "generate":
      return [say.finished(project), gui(say.guiAfterGenerate)].join(between);
    case "reformat":
      return [say.reformatted(project), gui(say.guiAfterGenerate)].join(between);
    case "edit":
      return [...intent.edits.map((edit) => say.edited(edit, project)), gui(say.guiAfterEdit)].join(between);
  }
}

/** What to click on next; a request to drag and drop where that is asked for, and none where it is not. */
function guiHint(hints: Hints, asksDrag: boolean | null, random: Random): string {
  const [first, ...others] = asksDrag === null ? hints : hints.filter((hint) => /drag|拖拽/.test(hint) === asksDrag);
  return pick(random, [first ?? hints[0], ...others]);
}

function editedEn(edit: Edit, project: Project): string {
  switch (edit.kind) {
    case "title":
      return `I've added the title "${project.title?.text ?? project.name}" at the start.`;
    case "add_music":
      return `I've added ${project.music?.name ?? "new"} background music at ${percent(project)}% volume.`;
    case "remove_music":
      return "I've removed the background music.";
    case "volume":
      return project.music
        ? `The music now plays at ${percent(project)}% volume.`
        : "There is no music whose volume I could change.";
    case "trim":
      return `I've trimmed the video to ${seconds(project)} seconds.`;
    case "reorder":
      return "I've put the clips in another order.";
    case "restyle":
      return "I've refreshed the visuals and transitions of your video.";
  }
}

function editedZh(edit: Edit, project: Project): string {
  switch (edit.kind) {
    case "title":
      return `已在开头添加标题“${project.title?.text ?? project.name}”。`;
    case "add_music":
      return `已添加${project.music?.name ?? ""}背景音乐，音量 ${percent(project)}%。`;
    case "remove_music":
      return "已移除背景音乐。";
    case "volume":
      return project.music ? `音乐音量已调整为 ${percent(project)}%。` : "没有可以调整音量的音乐。";
    case "trim":
      return `视频已裁剪到 ${seconds(project)} 秒。`;
    case "reorder":
      return "已调整片段顺序。";
    case "restyle":
      return "已更新视频的画面和转场。";
  }
}

function extras(project: Project, language: Language): string {
  const { music, title } = project;
  const mood = music === null ? null : moodNames[language][music.mood];
  if (language === "zh")
    return `${mood ? `配有${mood}背景音乐（${percent(project)}%）。` : ""}${title ? `标题为“${title.text}”。` : ""}`;
  return `${mood ? ` It has ${mood} background music at ${percent(project)}%.` : ""}${title ? ` The title reads "${title.text}".` : ""}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function seconds(project: Project): string {
  return String(Math.round(totalDurationMs(project) / 100) / 10);
}

function size(project: Project): string {
  return `${project.widthPx}×${project.heightPx}`;
}

function percent(project: Project): number {
  return Math.round((project.music?.volume ?? 0) * 100);
}
