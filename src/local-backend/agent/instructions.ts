/**
 * What a sentence is when it speaks to the editor instead of the audience:
 * - `setting`: names one of the output's settings ("Resolution 1080p.");
 * - `order`: asks for a video, or for something only an editor can do ("Turn this script into a video");
 * - `bare`: a setting without its name ("30 seconds, vertical."), which beside an order or a setting is one too;
 * - `manner`: how it should be ("Make it calm."), which a script could say as well.
 */
export type Instruction = "setting" | "order" | "bare" | "manner";

const video =
  "(?:videos?|explainers?|clips?|slide ?shows?|reels?|promos?|mp4|movies?|trailers?|teasers?|shorts|ads?|adverts?|commercials?|vlogs?|montages?)";
const filler =
  "(?:please|kindly|now|just|can you|could you|would you|will you|i want you to|help me(?: to)?|let's|let us)";
const one =
  "(?:me |us |up |out )*(?:a|an|one|two|three|\\d+|the|this|that|these|those|it|them|my|our|some|from|into|uploaded|short|quick|slideshow)";
const inEnglish = (pattern: string) => new RegExp(`^(?:${filler}[, ]+)*(?:${pattern})`, "iu");

const videoZh =
  "(?:视频|視頻|短片|影片|宣传片|宣傳片|幻灯片|幻燈片|广告片|预告片|片子|相册|vlog|video|MV|reel|slideshow|动画)";
const politeZh = "(?:请|請|帮我|幫我|麻烦|给我|給我|你|我想要?|我要|我需要|能不能|可以|来|來)*";
const makeZh = "(?:做|制作|製作|生成|创建|創建|创作|剪辑|剪|转换?|轉換?|变|變|合成|拼接?|编辑|弄|搞|拍|来|發|发|make)";

const orders = [
  inEnglish(`(?:turn|convert|transform|make|cut|edit) ${one}\\b[^\\n]{0,200}?\\binto\\b[^\\n]{0,100}?\\b${video}\\b`),
  inEnglish(
    `(?:make|create|generate|produce|build|do|cut|edit|assemble|compose|put together|write|render|design)\\b ${one}\\b(?:(?! and )[^\\n]){0,100}?\\b${video}\\b(?!['’]s)`,
  ),
  inEnglish(
    `(?:make|create|produce) (?:me )?(?:an?|the|this|my|our) (?:[\\w-]+ ){0,4}film\\b(?: (?:about|of|on|from|with)|[.!]?$)`,
  ),
  inEnglish(`(?:make|create|generate|produce) ${video}\\b`),
  inEnglish(`(?:give|send|show|get) (?:me|us) ${one}\\b[^\\n]{0,120}?\\b${video}\\b`),
  inEnglish(`(?:i|we)(?:'d like| would like| want| need) (?:to make |to have )?${one}\\b[^\\n]{0,120}?\\b${video}\\b`),
  inEnglish(
    `(?:add|put|use|apply|include|insert|give it|overlay|show|set)\\b(?![^\\n]{0,120}\\byour\\b)[^\\n]{0,120}?\\b(?:transitions|captions|subtitles|bgm|sound ?track|background music|voice-?over|watermark|titles? ["“'‘])`,
  ),
  inEnglish(`use ["“][^"”\\n]+["”] as (?:the |its |a )?(?:title|headline)`),
  inEnglish(
    `(?:edit|trim|cut|combine|merge|stitch|join|shorten|crop|animate)\\b(?![^\\n]{0,80}\\byour\\b)[^\\n]{0,80}?\\b(?:${video}|photos?|pictures?|images?|footage)\\b`,
  ),
  inEnglish(`(?:trim|shorten|cut|crop|extend)\\b[^\\n]{0,40}?\\bto \\d`),
  inEnglish(`(?:title|call|name) (?:it|the ${video}) ["“'‘]`),
  inEnglish(`the (?:title|headline) (?:is|should be|reads|should read|says)[: ]+["“'‘]`),
  inEnglish(`(?:no|without)(?: any)? (?:title|captions?|subtitles?|text)[.!]?$`),
  /^(?:(?:an?|one|\d+\S*) (?:[\w-]+ ){0,4})?(?:videos?|explainer|slide ?show|reel|promo|trailer|clip) (?:about|on|explaining|showing)\b/iu,
  /^(?:script|text|narration|voice-?over|instructions?|request|task|文案|脚本|腳本|正文|旁白|文字|要求|内容)\s*[:：]$/iu,
  new RegExp(
    `^${politeZh}(?:(?:把|将|將|用|根据|根據|以|为|為|给|給|按)[^\\n]{0,60}?)?${makeZh}(?:成|出|为|為|一|个|個|下|段|条|條|部|支|这|這|\\d|关于|關於|短|视频|宣传|幻灯|成果| ?a )[^\\n]{0,80}?${videoZh}`,
    "iu",
  ),
  new RegExp(`^${politeZh}(?:一|个|個)[^\\n]{0,60}?(?:关于|關於|介绍)[^\\n]{0,60}?${videoZh}`, "iu"),
  new RegExp(`^${politeZh}(?:把|将|將)[^\\n]{0,60}?(?:做成|制作成|變成|变成|转成|剪成|合成|拼成)`, "iu"),
  new RegExp(
    `^${politeZh}(?:并|再|然后)?(?:添加|加上|加入|加个|加一|加|配上|配个|配|使用|插入|用|去掉|不要|无需)[^\\n]{0,60}?(?:转场|轉場|音乐|音樂|字幕|标题|標題|特效|配乐|旁白|片头|片尾|文字)`,
    "u",
  ),
  /^(?:标题|標題|片名|题目)(?:是|为|叫|用|写|設為|设为)?\s*["“「『《]/u,
];

const settings = [
  /^(?:aspect ratio|ratio|size|format|画面比例|画幅|比例|尺寸)\s*(?:is|of|[:：为是])?\s*\d+\s*[:：x×/]\s*\d+$/iu,
  /^(?:resolution|分辨率|清晰度)\s*(?:is|of|[:：为是])?\s*(?:\d{3,4}p|[248]k|\d+\s*[x×]\s*\d+|(?:full )?hd)$/iu,
  /^(?:quality|format|画质|格式)\s*[:：]?\s*(?:high|medium|low|mp4|\d{3,4}p|高|中|低)清?$/iu,
  /^(?:style|tone|language|platform|audience|风格|语气|语言|平台|受众)\s*[:：]\s*\S.{0,60}$/iu,
  /^(?:duration|length|时长|長度|长度)\s*(?:is|of|[:：为是])?\s*(?:about|around|约|大约)?\s*\d+(?:\.\d+)?\s*(?:s|secs?|seconds?|mins?|minutes?|秒钟?|分钟?)(?:左右|以内)?$/iu,
  /^(?:about|around|roughly|approximately|约|大约)\s*\d+(?:\.\d+)?\s*(?:s|secs?|seconds?|mins?|minutes?|秒钟?|分钟?)(?: long| in length|长|左右)$/iu,
  /^(?:background music|music|bgm|soundtrack|背景音乐|音乐|音樂|配乐)\s*[:：]\s*\S.{0,160}$/iu,
  /^(?:with )?(?:no|without)(?: any)?(?: background)? (?:music|bgm|soundtrack)$|^(?:不要|无|没有)(?:背景)?(?:音乐|配乐)$/iu,
  /^(?:title|headline|标题|標題|片名)\s*[:：]\s*\S.{0,80}$/iu,
  /^these settings (?:count|win|apply)\b.{0,80}$/iu,
  /^.{0,12}以.{0,6}设置为准$/u,
];

const bares = [
  /^(?:in |at )?\d{1,2}\s*[:：x×]\s*\d{1,2}(?: format| ratio)?$/iu,
  /^(?:in |at )?(?:\d{3,4}p|[248]k|\d{3,4}\s*[x×]\s*\d{3,4})(?: resolution)?$/iu,
  /^(?:about |around |for |under |at most |大约|约|控制在)?\d+(?:\.\d+)?\s*-?\s*(?:s|secs?|seconds?|mins?|minutes?|秒钟?|分钟)(?: long| in length| in total|长|左右|以内)?$/iu,
  /^(?:in )?(?:vertical|portrait|horizontal|landscape|square|widescreen|横屏|竖屏|横版|竖版|方形)(?: format| video| orientation)?$/iu,
  /^(?:with )?(?:(?:some|soft|calm|gentle|upbeat|happy|epic|dramatic|lo-fi|piano|ambient|cinematic|background) )+(?:music|bgm|soundtrack)$/iu,
  /^with (?:captions|subtitles|transitions|music)$/iu,
];

/** "Make it yours" is a line of many a script: what it is to be like decides. */
const likes =
  "(?:calm|playful|fun|upbeat|cinematic|dramatic|energetic|lively|warm|bright|dark|professional|modern|minimal|elegant|casual|serious|emotional|inspiring|snapp|punch|catch|engaging|concise|brief|quick|fast|slow|short|long|loud|quiet|vertical|portrait|square|horizontal|landscape|look|feel|under|about|around|between|suitable|for|in|\\d)";
const manners = [
  inEnglish(
    `(?:make|keep) (?:it|this|them|everything|the (?:video|clip|pace|tone|mood|style|text|title|colou?rs|music|intro|ending|scenes|whole thing))\\b(?: (?:all|more|less|very|really|a (?:bit|little)|at|to))* ${likes}`,
  ),
  inEnglish(
    `(?:use|put|set|show|include|insert|give it|keep|choose|pick|apply|prefer|avoid|with|add|have|do not|don['’]t)\\b(?![^\\n]{0,120}\\byour\\b)[^\\n]{0,120}?\\b(?:styles?|tone|pace|pacing|colou?rs?|palette|look|mood|feel|voice|visuals?|backgrounds?|zooms?|cuts?|stock|footage|fades?|animations?|emojis?|gradients?|photos?|pictures?|images?|scenes?|shots?|music|titles?|text|headlines?|effects?|fonts?|logo)\\b`,
  ),
  inEnglish(`(?:edit|trim|shorten|crop|animate|stitch) (?:it|this|them)\\b`),
  inEnglish(`(?:highlight|focus on|emphasi[sz]e|mention|start with|begin with|end with|finish with|aim at|target)\\b`),
  /^(?:请|請)?(?:做成|改成|剪成|换成|使用|保持|突出|强调|不要|避免|整体|风格|語氣|语气|节奏|画面|字体|颜色|色调|适合|配色|开头|结尾)/u,
  /^(?:请|請)(?:让|使|用|以|把|将).{0,40}(?:画面|视频|节奏|风格|音乐|配乐|颜色|色调|字体|文字|镜头|转场)/u,
];

/** What this sentence is to the editor; null for one to the audience. */
export function instructionOf(sentence: string): Instruction | null {
  const words = sentence.trim().replace(/[.。!！]+$/u, "");
  if (settings.some((pattern) => pattern.test(words))) return "setting";
  if (orders.some((pattern) => pattern.test(words))) return "order";
  const parts = words.split(/\s*[,，、;；]\s*|\s+and\s+/u);
  if (parts.every((part) => bares.some((pattern) => pattern.test(part)))) return "bare";
  return manners.some((pattern) => pattern.test(words)) ? "manner" : null;
}
