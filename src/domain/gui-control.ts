import type { GuiAction } from "./reply-part.ts";

/** What the words of a control say about what it does, in the order of how much they say. */
const controls: readonly [GuiAction, RegExp][] = [
  ["export", /\b(?:export\w*|download\w*)\b|导出|下载|輸出|匯出|下載/i],
  [
    "read_credits",
    /\b(?:accounts?|billing|credits?|balance|subscription|pricing|upgrade|top[ -]?up|plan)\b|账户|账号|账单|积分|余额|订阅|会员|套餐|充值|升级|帳戶|帳單|積分|餘額/i,
  ],
  ["upload", /\b(?:upload\w*|import\w*)\b|上传|导入|上傳|匯入/i],
  ["show_tracks", /\b(?:preview\w*|play(?:er|back)?|watch|space ?bar)\b|预览|播放|预覽|預覽|▶/i],
  [
    "read_state",
    /\b(?:panels?|tabs?|side ?bar|timeline|inspector|editor|storyboard|layers?|properties|workspace|library)\b|面板|时间线|时间轴|標籤|标签|选项卡|侧边?栏|窗口|编辑器|時間線|時間軸/i,
  ],
  [
    "press",
    /\b(?:save\w*|undo|redo|delete|split|apply|confirm|share|publish|settings?|(?:re)?generate|done|ok|reset|close|cancel|add|edit)\b|保存|撤销|重做|删除|确定|确认|应用|分享|发布|生成|儲存/i,
  ],
];

/** Where what is pressed ends, and what it is pressed for begins. */
const purpose =
  /\s(?:to|when|once|if|before|after|so|for|in order|until|while|and|anytime)\s|即可|就[可能会]|可以|便可|进行|重新|以便|来(?=[^自])|后(?=[^期台])/u;

/** The action behind the control that a clause speaks of: what it is called counts first, then what it is pressed for. */
export function actionOfControl(clause: string, otherwise: GuiAction): GuiAction {
  const words = clause.replaceAll(/\]\([^)]*\)|https?:\/\/\S+/g, " ");
  const [control = ""] = words.split(purpose, 1);
  return named(control) ?? named(words) ?? otherwise;
}

function named(words: string): GuiAction | undefined {
  return controls.find(([, pattern]) => pattern.test(words))?.[0];
}
