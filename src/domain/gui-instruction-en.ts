import { actionOfControl } from "./gui-control.ts";
import type { GuiAction } from "./reply-part.ts";
import { quotedChar as Q } from "./sentence.ts";

/** `isAddressed` where it says "you can …" and not just "…": then it is no part of what somebody else does. */
export type Instruction = { action: GuiAction; isAddressed: boolean };

const adverbs = String.raw`(?:(?:please|now|then|next|finally|first|just|simply|also|so|and|or|but|yet|otherwise|alternatively|instead|lastly|afterwards?|again|later|meanwhile|kindly|from (?:here|there)|to do (?:so|that|this)|ok(?:ay)?|great)[,:]?\s+)`;
const modals = String.raw`(?:(?:can|could|may|might|should|must|will|would|need|want|have|like|wish|free|able|ready|welcome|going|are|be|to|just|now|also|then|simply|always|easily|only|either|even|directly|quickly|first|next|still|instead|anytime|at any time|go ahead and)\s+)`;
const address = String.raw`(?:you(?:['’](?:ll|re|d|ve))?\s+${modals}{0,8}|(?:feel free|try|remember|make sure|be sure|don['’]t forget|all you (?:need|have) to do is|it['’]s (?:best|easiest|time)|let['’]s|go ahead and)\s+(?:to\s+|you\s+|by\s+)?|I(?:['’]d)?\s+(?:recommend|suggest)\s+(?:that\s+)?(?:you\s+)?)`;
const beginning = new RegExp(`^(?:${adverbs}{0,4}(?<address>${address}))?${adverbs}{0,4}`, "i");

const place = String.raw`(?:panels?(?!\s(?:discussion|interview|talk|debate|show|of|truck))|tabs?|side ?bar|inspector|drawer|editor|workspace|storyboard|(?:media|asset|effects?|music|sound) library|pane|settings|properties|tool ?bar|dashboard|(?:preview|media|export|settings|editor|project|browser) window|(?:file|export|edit|context|share|main|top|side|options?|effects?|right-click) menu|menu bar|layers?)\b`;
const screen = String.raw`(?:player|preview|timeline|canvas|monitor)\b`;
const control = String.raw`(?:buttons?|icons?|sliders?|toggle|drop-?downs?|checkbox|shortcut|handles?)\b`;
const name = String.raw`(?:export|download|save|play|preview|render|done|apply|ok|undo|redo|generate|publish|share|upload|delete|confirm|submit|split|enter|esc|ctrl|cmd|command|space ?bar|record)\b`;
const where = String.raw`\b(?:in|on|from|via|using|with|through|inside|within|at|under)\s+(?:the|your|our)\s+(?:[\w${Q}-]+\s+){0,3}?`;
const byHand = String.raw`\bby\s+(?:simply\s+|just\s+)?(?:(?:right-|double-)?clicking|tapping|pressing|dragging|hitting|opening\s+the|going\s+to\s+the|selecting\s+the|using\s+the\s.{0,30}(?:${control}|${place}))`;
const editVerb = String.raw`(?:adjust|change|edit|trim|split|cut|move|reorder|rearrange|resize|replace|remove|delete|add|fine-?tune|tweak|customi[sz]e|rename|mute|swap|shorten|extend|make|manage|modify|arrange|crop|refine|polish|update|turn|lower|raise|increase|decrease|reduce)(?:ing)?`;
const seeVerb = String.raw`(?:preview|play|watch|view|see|check|review|scrub|find|inspect|compare|spot|verify|look at|(?:take|have) a (?:quick |closer )?look)(?:ing)?`;
const goVerb = String.raw`(?:open(?:ing)?(?: up)?|launch|expand|(?:bring|pull) up|(?:go|head|navigate|switch|jump|return|scroll)(?:ing)?(?: (?:back|over|in))?\s?to|visit|access|look (?:at|in|inside|under|for)|check(?: out)?|find|locate|view|see|explore|hover over|use|using|enter|close)`;

/** What is told to be done, from its first word. The gaps are bounded, so that any text takes linear time. */
const orders: readonly [RegExp, (clause: string) => GuiAction][] = [
  [
    /^drag(?:ging)?\b(?:(?:\s+(?:and|&|n)\s+|-and-)drop(?:ping)?)?\s+(?:the|an?|any|your|each|every|all|it|its|them|their|this|that|these|those|one|either|more|in|into|to|onto|clips?|files?|photos?|pictures?|images?|videos?|segments?|scenes?|titles?|texts?|music|tracks?|media|footage|edges?|and|\uE000)\b/i,
    draggedInto,
  ],
  [
    /^drop(?:ping)?\s+(?:it|them|your|the|a|any|more|in)?\s*.{0,40}\b(?:files?|photos?|images?|clips?|videos?|footage|media|documents?|logo)\b/i,
    draggedInto,
  ],
  [
    /^(?:(?:left|right|double|single)[- ]?)?click(?:ing)?\b(?!-|\s+(?:tracks?|rates?|baits?|sounds?|noises?|wheels?|through|of|is|was|are|by)\b)/i,
    (clause) => actionOfControl(clause, "press"),
  ],
  [
    /^tap(?:ping)?\s+(?:on\s+)?(?:the|a|any|it|here|this|that|each|your|export|download|play|save|preview|\uE000)(?!\s+(?:water|danc|shoes))/i,
    (clause) => actionOfControl(clause, "press"),
  ],
  [
    new RegExp(
      String.raw`^(?:press|hit|push)(?:ing)?\s+(?:on\s+)?(?:the\s+|an?\s+|your\s+)?(?:.{0,50}?${control}|(?:.{0,30}?\bkey\b)|${name}|${Q})`,
      "i",
    ),
    (clause) => actionOfControl(clause, "press"),
  ],
  [
    new RegExp(
      String.raw`^(?:select|choose|pick|use|using|toggle|find|locate|look for|see|spot|move|adjust|slide|hover over|notice)\s+(?:the\s+|an?\s+|your\s+|our\s+)?(?:[\w${Q}'’-]+\s+){0,4}?${control}(?!\s+(?:animation|graphic|sticker|overlay|effect|shot|scene))`,
      "i",
    ),
    (clause) => actionOfControl(clause, "press"),
  ],
  [
    /^(?:select|choose|pick|open|use|go to|head to|navigate to)\s.{1,40}?\s?[>→›»]\s?\S/i,
    (clause) => actionOfControl(clause, "press"),
  ],
  [
    new RegExp(
      String.raw`^(?:select|choose|pick)\s+(?:the\s+)?${Q}|^(?:use|using|find|select|choose|try)\s+the\s+${name}\s+(?:option|feature|function|command)\b`,
      "i",
    ),
    (clause) => actionOfControl(clause, "press"),
  ],
  [
    /^(?:go|head|navigate|look)\b.{0,20}?\b(?:top|upper|bottom|lower)[- ](?:right|left)\b/i,
    (clause) => actionOfControl(clause, "press"),
  ],
  [new RegExp(String.raw`^upload(?:ing)?\b.{0,60}?${where}(?:${place}|${control})`, "i"), () => "upload"],
  [
    /^select\s+(?:the|an?|any|your|each)\s+(?:\w+\s+){0,3}?(?:track|clip|layer|segment|scene|element|text box)\b/i,
    () => "press",
  ],
  [
    /^(?:[Ss]elect|[Cc]hoose|[Pp]ick|[Gg]o to)\s+(?:the\s+)?(?:Export|Download|Save|Share|Publish|Preview|Upload|File|Split|Delete|Edit)\b/,
    (clause) => actionOfControl(clause, "press"),
  ],
  [
    /^(?:check(?:ing)?(?: out)?|see|view|open|visit|review|find|manage|monitor|(?:go|head)(?: over| back)?\s?to|look at|access)\b.{0,60}?\b(?:(?:your|the)\s+(?:[\w]+\s+){0,2}?(?:account|billing|credits?|credit balance|account balance|subscription|pricing)|your (?:balance|plan)|billing|account (?:page|settings))(?=\W*$|\s+(?:page|settings?|section|tab|panel|details|balance|usage|history|status|menu|dashboard|area|info\w*|to|for|in|on|at|if|when|any ?time|and|under|from|here|before|after|left|remaining|you)\b)/i,
    () => "read_credits",
  ],
  [
    /^(?:upgrade|top up|recharge|pay)\b.{0,40}?\b(?:in|on|via|from|under|at)\s+(?:your|the)\s+(?:\w+\s+){0,2}?(?:account|billing)\b/i,
    () => "read_credits",
  ],
  [
    /^(?:upgrade|top up|recharge|buy|purchase|get)\s+(?:your|more|additional|extra)\s+(?:[\w]+\s+){0,2}?(?:account|credits?|balance|subscription|plan)\b/i,
    () => "read_credits",
  ],
  [
    new RegExp(String.raw`^${seeVerb}\b.{0,80}?${where}(?:${screen}|${place})`, "i"),
    (clause) =>
      new RegExp(screen, "i").test(clause) || /^(?:preview|play)/i.test(clause)
        ? "show_tracks"
        : actionOfControl(clause, "read_state"),
  ],
  [
    new RegExp(
      String.raw`^${goVerb}\b.{0,80}?(?<!\b(?:solar|control|comic|wooden|wood|expert|touch|glass)\s)\b${place}`,
      "i",
    ),
    (clause) => actionOfControl(clause, "read_state"),
  ],
  [
    /^(?:open(?: up)?|(?:go|switch|return|head)(?: back| over)? to|check(?: out)?|look at|use)\s+(?:the|your)\s+(?:timeline|project|storyboard|app|video editor|capcut|menu)\b/i,
    () => "read_state",
  ],
  [
    /^preview(?:ing)?(?:$|\s+(?:it|them|this|that|your|the|any|each|all|both|everything|changes|how|what|now|here|before|first|again)\b)/i,
    () => "show_tracks",
  ],
  [
    /^(?:export|download)(?:ing)?(?:$|\s+(?:it|them|this|that|your|the (?:final|finished|video|mp4|file|clip|result|movie|project|edit|version)|now|when|whenever|as|anytime|at any time|from|in|directly)\b)/i,
    () => "export",
  ],
  [
    /^save\s+(?:it|your|the)\s*(?:video|project|changes|work|edits?|draft|progress)?\b/i,
    (clause) => actionOfControl(clause.replace(/^save/i, ""), "press"),
  ],
  [
    new RegExp(
      String.raw`^${editVerb}\b.{0,100}?${byHand}|^(?:export|download|preview|save|play)\b.{0,80}?${byHand}`,
      "i",
    ),
    (clause) => (/dragging/i.test(clause) ? "edit" : actionOfControl(clause.slice(clause.search(/\bby\s/i)), "press")),
  ],
  [
    new RegExp(String.raw`^${editVerb}\b.{0,80}?${where}(?:timeline\b|player\b|canvas\b|${place}|${control})`, "i"),
    (clause) =>
      actionOfControl(
        clause.slice(clause.search(/\b(?:in|on|from|via|using|with|through|inside|within)\s+(?:the|your)\b/i)),
        "press",
      ),
  ],
];

const subject = String.raw`(?:it|they|these|this|that|everything|all of it|your\s[\w ]{1,40}?|the\s[\w ]{1,40}?|changes|clips?|scenes?|titles?)\s+`;
const passive = new RegExp(
  String.raw`^(?:${subject})?(?:can|could|may)\s+(?:also\s+|now\s+|then\s+|all\s+|both\s+|always\s+)?be\s+(?:viewed|previewed|watched|seen|played|found|downloaded|exported|edited|adjusted|reordered|rearranged|moved|dragged|accessed|opened|saved|fine-?tuned|trimmed|changed|customi[sz]ed|tweaked|checked)\b.{0,80}?(?:${byHand}|${where}(?:${screen}|${place}|${control}|account\b|billing\b))`,
  "i",
);
const dragged = new RegExp(String.raw`^(?:${subject})?(?:can|could|may)\s+(?:also\s+)?be\s+dragged\b`, "i");
/** "The Export button is in the top right corner." */
const controlItself = new RegExp(
  String.raw`^(?:the|an?|your|there(?:['’]s| is)(?: an?| the)?)\s+(?:[\w-]+\s+){0,2}?(?:${name}|${Q})\s*(?:button|icon|menu|tab|option)\b(?!\s+(?:animation|graphic|sticker|overlay|effect|shot|scene))(?=$|\s+(?:is|are|in|at|on|sits?|lets?|will|can|appears?|gives?|takes?|opens?|to|above|below|near|next|does|allows?|for)\b)`,
  "i",
);

/**
 * The instruction that an English clause is, or null. `clause` has its quotations blotted out; `original` is the same with them,
 * since buttons are called by their names in quotes.
 */
export function englishInstruction(clause: string, original: string): Instruction | null {
  if (controlItself.test(clause)) return { action: actionOfControl(original, "press"), isAddressed: true };
  if (dragged.test(clause)) return { action: draggedInto(original), isAddressed: true };
  if (passive.test(clause)) return { action: passiveAction(original), isAddressed: true };
  const match = beginning.exec(clause);
  const skipped = match?.[0].length ?? 0;
  const order = clause.slice(skipped);
  const found = orders.find(([pattern]) => pattern.test(order));
  if (found === undefined) return null;
  const action = found[1](original.slice(skipped));
  return { action, isAddressed: match?.groups?.["address"] !== undefined };
}

/** The clause without "you can" and the like: what is told to be done. */
export function orderIn(clause: string): string {
  return clause.replace(beginning, "");
}

function passiveAction(clause: string): GuiAction {
  if (/\b(?:exported|downloaded)\b/i.test(clause)) return "export";
  return /\bdragging\b/i.test(clause) ? "edit" : actionOfControl(clause, "read_state");
}

/** Files that are dragged in are an upload; whatever is dragged about within the timeline is an edit. */
function draggedInto(clause: string): GuiAction {
  const isFile = /\b(?:files?|documents?|from your (?:computer|desktop|phone|device))\b/i.test(clause);
  const isMedia = /\b(?:photos?|pictures?|images?|footage|media|videos?|clips?|logo|assets?|music)\b/i.test(clause);
  const toUpload =
    /\b(?:media|asset) (?:panel|library|bin|pool)\b|\bupload|\bdrop ?zone\b|\b(?:chat|browser|window|page|workspace)\b|\bhere\b|\bin(?=$|\s+(?:to (?:start|begin|get)|and)\b)|^drag(?:ging)?(?: and drop)? in\b/i.test(
      clause,
    );
  return isFile || (isMedia && toUpload) ? "upload" : "edit";
}
