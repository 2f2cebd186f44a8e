import { sentencesOf } from "./sentence.ts";

/**
 * The backend believes that its user sits in front of an editor. What it says is turned into what an API client can use: what was
 * made stays, instructions for the editor go, and what they ask for becomes an action.
 */
export const guiActions = ["export", "read_state", "show_tracks", "read_credits", "send_edit", "press"] as const;
export type GuiAction = (typeof guiActions)[number];

export type GuiReply = { text: string; actions: GuiAction[] };

/**
 * In the order of how much they say: the first that matches names the action.
 * The gaps are bounded, so that a long text without an end of sentence takes linear time.
 */
const instructions: readonly [GuiAction, RegExp][] = [
  ["export", /\bexport(?:ing)? button\b|\bclick\b[^.!?]{0,200}\bexport\b|点击[^。！？]{0,100}导出|导出按钮/i],
  [
    "read_credits",
    /\b(?:check|see|open|visit)\b[^.!?]{0,200}\b(?:account|billing)\b|(?:查看|打开)[^。！？]{0,100}(?:账户|账单|余额)|(?:账户|账单)[^。！？]{0,100}查看/i,
  ],
  ["send_edit", /\bdrag(?:ging)?\b|拖拽|拖动|拖放/i],
  [
    "show_tracks",
    /\bpreview\b[^.!?]{0,200}\b(?:timeline|player)\b|(?:时间线|时间轴|播放器)[^。！？]{0,100}预览|预览[^。！？]{0,100}(?:时间线|时间轴|播放器)/i,
  ],
  ["read_state", /\bopen\b[^.!?]{0,200}\b(?:panel|tab|sidebar)\b|打开[^。！？]{0,100}(?:面板|窗口)/i],
  ["press", /(?:^|[\s,;])(?:click|tap|press)\b[^.!?]{0,200}\b(?:button|icon|tab|panel|menu)\b|点击|单击/i],
];

/** Text without such instructions comes back unchanged, to the letter. */
export function withoutGuiTalk(text: string): GuiReply {
  const actions: GuiAction[] = [];
  const kept = sentencesOf(text).filter((part) => {
    const found = instructions.find(([, pattern]) => pattern.test(part));
    if (found !== undefined && !actions.includes(found[0])) actions.push(found[0]);
    return found === undefined;
  });
  return actions.length === 0 ? { text, actions } : { text: kept.join("").trim(), actions };
}
