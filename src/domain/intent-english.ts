import {
  contents,
  editing,
  isContext,
  isDemand,
  isWeighty,
  isHandOver,
  media,
  refusesExport,
  smallWords,
  smallWordsWith,
} from "./intent-english-context.ts";
import { anyOf, coresFor, either, type Core, type Language } from "./intent-language.ts";

const the = "(?:[^ ]+ s|the|my|our|this|that|your|its|these|those|his|her|their)";
const glue = "with|without|for|of|about|and|that|who|in|on|into|to|but|from|me|not|as|so|if|is|are";
/** What may name a thing: "the coffee shop video". */
const named = `(?:(?!(?:${glue})\\b)[^ ?]+ ){0,4}`;
const between = "(?:(?!(?:and|then|but|what|how|without|with|about)\\b)[^ ?]+ ){0,6}?";
const work = anyOf(`
  videos?|vids?|clips?|movie|film|reel|animation|montage|slideshow|promo|ad|advert|commercial|trailer|teaser|explainer|story|vlog|project|
  edit|cut|version|results?|files?|mp4s?|link|url|copy|render(?:ing)?|output|draft|master|recording|short|tiktok|download|thing|product|
  final|deliverable|export|upload|job|order|timeline|track ?list|session|plan`);

const points = "(?:credits?|balances?|quota|allowance|points|tokens|coins)";
const credit = "(?:credits?|balances?|quota|allowance)";
const ofCredits = smallWordsWith(`
  show|list|view|print|display|pull up|bring up|give|use|used|using|spend|spent|run|running|gone|through|usage|left|remain|remains|
  remaining|available|more|free|credits?|balance|topped up|refreshed|low|total|count|info|afford|cover|work with|worry about|
  worried about|enough|extra|an?|another|situation|after|since|burned|consumed`);
const notCredits = new RegExp(
  `\\b${anyOf(`
  buy|purchase|costs?|refund|charged?|wrong|disappeared|transfer|top|earn|expires?|bank|customer|users?|phone|growing|going up|vanished|
  stolen|buying|pay|price|exporting|\\d+ credits|discount|policy|work$|(?<!i )mean$|roll(?:ing)?|(?:at|in|during) the end|cast|crew|
  shared|calculated|scroll|in the credits|end credits|credits? (?:cards?|scores?|union|work)|per|should|(?:would|will|does) (?:an?|it|
  this|that|the|one) (?:[^ ]+ )*(?:take|use|need|eat)|to (?:make|create)$|what (?:is|are) (?:an? )?(?:credits?|balance)(?! (?:do|on|in|of|
  left|remaining|i|we|for|right|at|now|like))|happens|how (?:do|does|can) (?:credits|the credits|i (?:get|use|earn|buy))|what can i|
  for \\d+|(?:can|may|could) i (?:use|share|transfer|give)|(?<!how many )more credits|(?:give|send|want|need) (?:me |us )?(?:free |more |
  some )*credits`)}\\b|\\b(?:i|we) need to make|\\bbalance (?:between|the|of (?!my|our|the account|credits|points))`,
);
/** Who asks about his own credits may do it in any words. */
const creditQuestion = `^(?:[^ ]+ ){0,4}?(?:how (?:many|much|is|are|low)|what|which|is|are|am|do|does|did|have|has|will|got|s)\\b(?=.*\\b(?:my|our|i|we|left|remaining|account|arrived?|refreshed)\\b).*\\b${points}\\b.*$`;
const credits = { asks: "credits", unless: notCredits, smallWords: ofCredits, inContext: true, maxUnknown: 0 } as const;

const done = anyOf(`
  done|ready|finished|completed?|rendered|exported|processed|generated|available|made|created|uploaded|through|downloadable|work(?:ed)?|
  success(?:ful)?|running|stuck|rendering|exporting|processing|in progress|working|frozen|queued|loading|cook(?:ing|ed)|underway|crashed|
  fail(?:ed)?|finish`);
const items = anyOf(`
  clips?|scenes?|segments?|elements?|assets|files|media|shots|songs?|images|photos|pictures|titles?|captions?|subtitles?|layers|effects?|
  parts|items|tracks?|music|bgm|audio|text|things|stuff|content|voice ?over|logo|intro|watermark|transitions?|footage|fonts?|seconds|
  minutes`);
const property = "(?:length|duration|resolution|aspect ratio|ratio|frame rate|fps|format|runtime|size)";
const place = `(?:there|it|${the} ${named}(?:timeline|tracks|storyboard|draft|project|session|edit|cut|video|vid|clip|version|film|movie|reel|slideshow|montage|ad|promo|vlog|story))`;
const soFar =
  "(?:so far|right now|currently|at the moment|now|already|yet|until now|up to now|at present|on screen|used|playing|uploaded|left off|stopped)";
const board = "(?:timeline|time line|tracks?|track ?list|layers|storyboard|draft|scenes|clips|project|session|state)";
const ofState = smallWordsWith(`
  show|list|view|print|display|give|remind|pull up|bring up|walk|updates?|report|progress|status|state|longer|long|take|taking|taken|
  happening|working|rendering|processing|exporting|(?:the|my|our) (?:render|export|upload|download)|coming|along|minutes|hours|seconds|
  left|expect|summary|overview|rundown|complete|percent|which|when|why|wait|with|finish|finishing|timeline|tracks?|draft|clips|scenes|
  contents?|stuck|an? (?:quick |short |full )?(?:status )?(?:update|report|status|summary|overview|list|rundown|recap|preview|breakdown)|
  forever|not|until|till|part|added?|about|(?:the|my|our|this) (?:[^ ]+ )?(?:slideshow|reel|promo|ad|montage|trailer|vlog|story)`);
const notState = new RegExp(
  `\\b${anyOf(`
  too|should|best|bad|good|nice|fail|failed|delete|clean|clear|if not|^update (?:the|my)|complicated|what is in this|a (?:status|progress|
  tracks?|timeline) (?!update|report|check|list)[^ ]+|(?:update|status|report) (?:for|to) (?:our|the|my) (?!video|vid|render|project|edit|
  clip)`)}\\b`,
);
/** The same for questions about the own video, where they speak of how far it is. */
const stateQuestion = `^(?:[^ ]+ ){0,4}?(?:how|what|is|are|has|have|did|does|when|which|why|any|s|where)\\b(?=.*\\b(?:percent(?:age)?|progress(?:ed)?|far|left|when|status|word|updates?|news|happening|queue|working|version|rendered|rendering|until|till|time|stage|longer|done|ready|finished|timeline|tracks?|draft)\\b).*\\b(?:(?:my|the|our|this|that) ${named}${work}|it|we|timeline|render|rendered|tracks?|version)\\b.*$`;
const state = { asks: "state", unless: notState, smallWords: ofState, inContext: true, maxUnknown: 1 } as const;
const notAboutState =
  /\b(?:who|think|support|formats?|wrong|costs?|credits|balance|how do|how can|how to|send|download|export(?! (?:done|ready|finished|going|status))|upload|free|allowed|christmas)\b/;
/** "It is not finished" tells; "once it is ready" only says when. */
const notReady =
  /\bwho\b|^(?:(?:and|so|ok|but) )*(?:it|this|that|the [^?]*?|my [^?]*?) (?:is|are|was|has|did) [^?]*$|\b(?:good enough|too|should|best|why|supported|do not|payment|credits|account)\b|^(?:(?:and|so|ok) )*(?:as soon as|once|when|if|after) (?:it|this|that|the|my|you|everything|we)\b/;

const notUpload =
  /\b(?:youtube|instagram|tiktok|facebook|bar|icon|(?<!where is the upload )button|failed|date|speed|animation|what|which|why|limit|how (?:large|big|many)|when|did|does|has|was|should|not|costs?)\b/;

const finished = anyOf(`
  (?:(?:final|finished|completed?|rendered|exported|edited|full|mp4|video|download|hd|1080p|4k|end|output) )+(?:files?|mp4|links?|copy|
  url|cut|version|render|video|vid|clip|movie|film|product|result|output|one|edit)|mp4s?(?: file)?|download(?: link)?|link|url|files?|
  copy|deliverable`);
const result = `(?:${the} ${named}${work}|(?:(?:an?|one|another|some) )?(?:new )?${finished}|it|this|that|them|everything|what (?:we|i|you) have|the (?:final|last|finished|new) one)\\b`;
const toMe = "(?:(?:me|us|over|back|to me|to us|on over|out|please|just|now|also) )*";
/** Turns a request to have the result into another matter: "get it done". */
const notYet = "(?! (?:done|made|ready|shorter|longer|louder|edited|added|removed|replaced|changed|to be)\\b)";
/** Nobody but the person can be sent anything. */
const notToOthers =
  "(?! (?:to|with|on) (?!me\\b|us\\b|my (?:phone|e ?mail|inbox|computer|laptop|drive|pc|whatsapp|desktop|device|mac|ipad|tablet)))";
const notExport = new RegExp(
  `\\b${anyOf(`
  (?:not|never) (?:(?!just|only)[^ ]+ ){0,3}(?:export|download|send|render|save|share|give|deliver|need|want)|(?:can|could) not|stop|
  cancel|no need|instead of|before (?:you|i|we)|why|should|costs?|free|mean|failed|what(?! (?:we|i|
  you) have)(?! is the (?:download )?link)|which|when (?:is|can|will|do)|did|does|has|how many|no (?:export|download)|(?:export|render|
  download)(?:ing|s)? of|(?:first|second|third|fourth|\\d+(?:st|nd|rd|th)) (?:clip|scene|video|part|shot|take)|(?:is|are) (?:it|my|
  the) (?:[^ ]+ ){0,4}(?:ready|done) to`)}\\b`,
);
const exports = {
  asks: "export",
  unless: notExport,
  smallWords: smallWordsWith("click|find|export|download|render|save|send|deliver|give|link|\\d+ ?fps|high|max"),
  inContext: true,
  maxUnknown: 0,
} as const;

const cores: readonly Core[] = [
  ...coresFor(credits, [
    `how (?:many|much)(?: [^ ]+){0,3}? ${points}\\b`,
    `\\bhow (?:many|much) .{1,40} with my ${credit}\\b`,
    `\\b(?:left|remaining|available|current|number of) ${points}\\b|\\bhow (?:many|much) ${points} did (?:it|that|this|the last|my last) .{1,20}$`,
    `\\b${points}(?: [^ ]+){0,4}? (?:left|remain(?:s|ing)?|available|leftover|unused|used up|usage|balance|check|count|status|situation)\\b`,
    `\\b(?:remaining|left|available|unused|spare|leftover|current|account|any|some|still|out of|low on|short on|short of)(?: [^ ]+){0,2}? ${credit}\\b`,
    `\\b(?:enough|cover|afford|sufficient|left)\\b.*\\b${credit}\\b(?: (?:for|to) .{1,40})?|\\b${credit}\\b.*\\b(?:enough|cover|sufficient|left to)\\b(?: (?:for|to)?.{1,40})?`,
    `\\b(?:my|our)(?: [^ ]+){0,2}? ${credit}\\b|\\bthe (?:[^ ]+ )?balance\\b|\\bthe (?:account|credit|current|remaining|left) [^ ]+\\b(?<=${credit})`,
    "\\b(?:what|how much|how many)\\b(?: [^ ]+){0,5} (?:left|remaining)\\b(?=.* (?:account|credits?|plan|subscription)|$)",
    "\\bis my account (?:empty|low|out|dry)\\b|\\bcan (?:i|we) (?:still )?afford\\b.*",
    "\\bwhat does my account (?:say|show|have)\\b|^(?:credits?|balance) (?:wise|i mean)",
    "\\bhow many (?:more )?(?:credits )?(?:do i have|are left|have i got|do we have|i have)\\b",
  ]),
  // "Show credits" alone may also be the end credits.
  ...coresFor({ ...credits, inContext: false }, [
    `^(?:(?:hi|hey|hello|please|ok|and|now) )*${credit}\\b`,
    `\\b(?:check|show|view|see|print|display|look up|query|list|get|return|fetch)(?: me| us| the| on)* ${credit}\\b`,
    `\\ba ${credit} check\\b`,
  ]),
  ...coresFor({ ...credits, unless: either(notCredits, editing, contents) }, [creditQuestion]),
  ...coresFor({ asks: "ready", unless: notReady, smallWords: ofState, inContext: true, maxUnknown: 1 }, [
    `\\b(?:is|are|s|was|have (?:you|we|they|i)|has|had|did|does|will)(?: not)? ${between}${done}\\b(?: to (?:download|export|watch|view|share|be [^ ]+))?`,
    `^(?:(?:still|almost|nearly|all|so|video|vid|you|${the} video) )*(?:${done}|there)(?: (?:yet|now|already|on it))* \\?$|^(?:(?:still|video|vid) )+${done}|^(?:you )?${done} yet`,
  ]),
  ...coresFor({ ...state, inContext: false, maxUnknown: 0 }, [
    `\\b${anyOf(`
  (?:an? )?(?:quick )?(?:status(?:es)?|progress)(?: update| report| check)?|(?:current|project|draft|video|timeline) state|(?:render|
  export|upload|video|project) status|state(?= of)|^state$|eta|any (?:updates?|news)|(?:an|the latest|quick) update|updates? (?:on|please|
  me)|^updates?|news on|percent(?:age)?`)}\\b(?: of| on| for| with| about)?(?: ${the} ${named}${work})?`,
  ]),
  ...coresFor(state, [
    `\\b(?:how (?:far|close|much longer|much time|long|soon)|when (?:is|can|will|do|are)|how many (?:more )?(?:minutes|seconds)|what stage|what step)\\b(?=.*\\b(?:${work}|it|we|you|i|left|take|this|that|be|done|ready)\\b|$)`,
    "\\bhow much longer\\b|\\banything happening\\b|\\btime (?:left|remaining)\\b|\\bremaining time\\b|\\bwhere (?:things|we|you|it) (?:are|is)\\b(?: (?:at )?(?:with|on) .{1,30})?",
    `\\b(?:what|which) ${items} (?:did|have) you (?:put|use|pick|choose|add|include)(?:d|ed)?\\b(?: in)?`,
    "\\b(?:how|what|why)\\b(?: [^ ]+){0,5}? (?:going|coming|looking|doing|happening|shaping|holding|taking|hold ?up|latest)\\b|^taking (?:forever|so long|ages)",
    `\\bhow is ${the} ${named}${work}\\b`,
    `\\b(?:show|list|print|dump|display|see|view|describe|summari[sz]e|check|give|get|read|open|tell|recap|walk|take|pull|bring|look|remind|overview|summary|rundown|enumerate)\\b(?: (?!an? (?:timeline|track))[^ ]+){0,6}? ${board}\\b(?: (?:list|there are|info))?`,
    "^(?:(?:the|my|our|current|please|ok|now) )*(?:timeline|tracks|track ?list|layers)(?= (?:please|now|list|so far)|$| \\?)",
    `\\b(?:what|which)\\b(?: [^ ?]+){0,8}? (?:${soFar}|(?:in|on) ${place}|(?:did|have|has) (?:you|been|we) (?:changed?|add(?:ed)?|done?)|(?:${the} ${named}(?:draft|video|timeline|project|cut)|it) (?:contain|have|include|look)(?: like)?|changed|we have|i have|do i have|have we got|left)\\b`,
    `\\b(?:what|which) ${items}(?: [^ ]+){0,3} (?:have|there|got)\\b|\\b(?:is|are) there (?:any |a |an )?${items}\\b|\\bis ${the} ${named}${items} (?:there|in)\\b`,
    `(?<!(?:can|could|get|want|to|i|we|you) )\\b(?:is|are|does|do|has|(?<!^)have|did) (?!it possible)${between}(?:been )?(?:added|removed|changed|applied|included|fixed|updated|replaced|(?:in|on) ${place})\\b`,
    `\\b(?:does|do|has) (?:it|${the} ${named}(?:video|vid|project|timeline|draft|film|clip|edit)) (?:have|contain|include|use|got) [^?]{1,30}`,
    `\\b(?:did|have) (?:you|we) (?:already |actually |just )?(?:add|put|remove|change|include|use|save|apply)(?:ed|d)?(?: (?:the|any|my|a))? ${items}`,
    `\\bhow many (?:[^ ]+ )?${items}\\b(?=.*\\b(?:are|is|do|does|have)\\b)`,
    `\\bwhat is ${the}(?: [^ ]+){0,2}? ${property}\\b(?: and ${property})?|\\b${property} of ${place}`,
    `\\bwhere (?:is|are|did|do|has) (?:it|we|you|things|${the} ${named}(?:video|vid|movie|film|reel|edit|clip|project|render))\\b(?: (?:leave off|left off|stop|stand)(?: with .*)?)?`,
    "\\bare you done(?: editing)?\\b|\\bhow far .{1,30} progressed\\b|\\bany word\\b|\\bshow what is on\\b|\\b(?:any|what) version are we on\\b",
    "\\bis (?:something|anything|everything) (?:wrong|ok|okay|alright|all right)\\b|\\bare we there\\b|\\bwhere (?:we|things) (?:left off|stopped|stand)",
  ]),
  ...coresFor(
    {
      asks: "upload",
      unless: notUpload,
      smallWords: smallWordsWith("take|accept|google|icloud|first|real"),
      inContext: true,
      maxUnknown: 2,
    },
    [
      `\\b(?:re ?)?(?:up ?load(?:ing|s)?|import|attach|(?:send|give|show|hand) you|share with you)\\b(?: (?!(?:and|with|then)\\b)[^ ?]+){0,6}? ${media}\\b(?: (?:and|or) (?:(?:an?|my|some|the|two|three|few|more) )+${media})?`,
      `\\b(?:an?|some|few|several|two|three|\\d+|my) (?:[^ ]+ ){0,2}${media} (?:that )?(?:i (?:want|need|would like) )?to upload\\b`,
      `\\b(?:want|like|need|going|let me|wanna|can i|could i|gonna)\\b.* (?:send|add|share) (?:in )?(?:(?:some|a few|my|our|several|more|two|three|\\d+|an?) )(?:[^ ]+ )?(?:photos?|pictures?|pics?|clips|footage|files|images?)\\b(?! to)`,
      `\\b(?:have|got) .{1,60} to (?:send|upload|give|share)(?: you| in)?\\b|\\bwhere (?:do|can|should) i (?:put|drop|send) (?:my|the|some) ${media}\\b`,
      "(?:^|\\b(?:am|are|now|just|sec|second|moment|on|be|about to|while) )uploading(?: (?!(?:and|with|then|to)\\b)[^ ?]+){0,4}",
      "\\b(?:re ?)?(?:up ?load(?:ing|s)?)\\b(?: button)?(?! (?:and|my [^ ]+ and)\\b)",
    ],
  ),
  ...coresFor(exports, [
    `\\b(?:(?:is it (?:ok|possible)|is there (?:a|any|some) (?:way|chance)) to |is there (?:a|any) |(?:could|can) it be |get (?:it|this) )?(?:re ?)?(?:export|download|output|dl|render)(?:ed)?\\b(?: out| away| link| button)*(?: ${toMe}${result}| (?:video|project|clip|vid)\\b| (?=an? ))?(?! (?:a|an)\\b)`,
    "\\bmake (?:it|this|the file|the video|the mp4) (?:available|ready) (?:for|to) download\\b",
    "\\b(?:start|begin|proceed with|do|run|trigger|hit|press|go ahead with|click|perform|kick off|generate|get|mind|about|try|for|to|finish) (?:the |an |my )?(?:export|download|render|final mp4)(?:ing)?\\b(?: (?:link|going|started|it|this|that|the video|my video|again|now))*",
    `\\b(?:(?:re ?)?send|give|get|hand over|share|e ?mail|forward|deliver|ship|fetch|grab|ping|sling|airdrop|transfer|provide|return|sending|sharing|giving) ${toMe}${result}${notYet}${notToOthers}`,
    `\\b(?:(?:drop|pull|slide|toss|text|pass|hand|shoot|dm|throw|hook) (?:me|us|over|it over)(?: up with)?|pull) ${toMe}${result}${notYet}`,
    "\\bshow me (?:the|my) (?:final|finished|completed) (?:video|clip|film|result|version|cut|product|movie)\\b",
    `\\b(?:get|getting|put|putting|have|transfer|move|copy) (?:it|this|that|${the} ${named}(?:video|vid|clip|file|movie|film)) (?:on|onto|to|in|into) my (?:phone|computer|laptop|pc|mac|ipad|tablet|device|drive|desktop|inbox)\\b`,
    "\\bsend (?:me )?(?:videos?|vid|over)\\b|\\bjust send$|\\breceive (?:the|my) (?:file|video)\\b|\\bproceed to (?:the )?(?:final )?(?:export|download)\\b|\\bre send (?:the|my) (?:mp4|file|video)\\b",
    `\\b(?:can|could|may|might|let|if|how (?:can|do)|where (?:can|do)|possible to) (?:(?:i|we|me|us) )?${toMe}(?:have|get|see|grab|watch|pick up|receive|obtain|view|find|access) ${toMe}${result}${notYet}`,
    `\\b(?:want|need|needs|like|love|time|require|wanna|waiting)(?: (?:to|for|have|get|receive|see|watch|only|just|please|now))* (?!(?:it|this|that|them|everything)(?! ${named}${work})\\b)${result}${notYet}`,
    `\\b(?:have|get|want|need) ${result} (?:exported|downloaded|rendered|sent|delivered)\\b`,
    `\\bsave ${toMe}(?:(?:video|(?!the (?:[^ ]+ ){0,3}(?:project|edit|draft|timeline|session|campaign)\\b)${result})(?= to| on| as| in| please| for me| locally| of|$| \\?)(?! for my)|(?=to |as |on ))`,
    `\\bwhere is (?:${the} )?(?:[^ ]+ )?(?:mp4|file|link|download)\\b|\\bwhat is the (?:download )?link\\b`,
    `^(?:(?:please|ok|now|just|only|one|the|a|an) )*(?!files?\\b)${finished}(?= .*\\b(?:please|now|asap|thanks)\\b| (?:to|of) )`,
  ]),
  ...coresFor({ ...state, unless: either(notState, notAboutState, editing, contents) }, [stateQuestion]),
];

export const english: Language = {
  cores,
  smallWords,
  isContext,
  isHandOver,
  isDemand,
  isWeighty,
  refusesExport,
  conjunctions: /\b(?:and then|after that|and|then|but|or|also)\b/,
};
