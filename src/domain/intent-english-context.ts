import { anyOf } from "./intent-language.ts";

/** Courtesy, small words, and how a result may come. No article: "a video" is one that is yet to be made. */
const small = anyOf(`
  when (?:it is |its |you are |that is |all |everything is )?(?:done|ready|finished|completed?|possible|you can)|with (?:me|us)|make sure|
  first of all|ready when you are|(?:as|to|into|in|like|one) (?:an? )?(?:one |video |mp4 |single |regular |normal |final )?(?:file|mp4|
  mov|video file)|an? (?:mp4|file|link)|one thing|last thing|once more|one more time|a look|a moment|a second|a sec|a minute|a bit|a way|
  a lot|a bunch|a ton|a favou?r|at the moment|at present|same as before|better quality|instead(?! of)|good enough|that works|(?:that|
  this) will do|hold on|hang on|one sec|wait|omg|s|rn|fr|tbh|ngl|kk|aight|okie|bet|gg|back|howdy|greetings|hiya|heya|ya|yea|ye|da|thnx|
  thanx|ppl|plox|team here|yesss?|hi|hello|hey|yo|sweet|neat|dope|sick|bravo|regards|ta|nearly|almost|about to|yesterday|since yesterday|
  this week|this month|last month|dear|good (?:morning|afternoon|evening|day)|thanks|thank|thx|ty|tysm|cheers|please|kindly|sorry|
  excuse me|no|nah|nope|ok|okay|k|yes|yeah|yep|yup|sure|alright|all right|great|perfect|perfectly|awesome|nice|nicely|cool|excellent|
  amazing|wonderful|fantastic|lovely|brilliant|beautiful|good|fine|super|wow|lgtm|love|lol|haha|hmm|um|uh|oh|ah|well|right|very|much|many|
  lots|man|bro|dude|mate|buddy|fam|guys|team|folks|sir|maam|friend|reelay|bot|assistant|there|quick|q|question|curious|wondering|wonder|
  grateful|appreciate|appreciated|happy|glad|so kind as|kind enough|so good as|trouble|bother|mind|hurry|rush|urgent|urgently|worries|
  problem|hope|i|you|we|me|us|it|he|she|they|them|that|this|these|those|the|my|our|your|its|his|her|their|own|myself|everything|all|any|
  some|of|to|for|on|in|at|by|from|into|as|and|then|so|or|if|is|are|am|was|were|be|been|being|do|does|did|have|has|had|having|can|could|
  may|might|will|would|shall|able|let|want|wanted|need|needed|like|wish|going|gonna|wanna|gotta|got|get|try|trying|looking|ready|time|
  tell|telling|know|ask|asking|think|guess|believe|say|see|look|check|checking|confirm|help|a look|a moment|a second|a sec|a minute|a bit|
  a way|way|what|how|where|exactly|here|over|out|up|off|down|along|same|same as before|thing|stuff|just|really|actually|simply|quickly|
  now|away|asap|soon as|soon|possible|already|yet|again|still|also|both|today|tonight|tomorrow|this time|first|finally|directly|once more|
  one more time|later|next|anyway|though|else|before|perhaps|possibly|currently|at the moment|moment|at present|point|so far|far|
  until now|up to now|in total|altogether|ahead|go|done|finished|all set|real|ever|only|meantime|together|whenever|way|immediately|
  instantly|straight|videos?|vids?|clip|movie|film|project|files?|link|copy|mp4s?|webm|version|result|final|completed?|whole|entire|full|
  latest|last|current|new|old|other|previous|hd|fhd|uhd|high|highest|higher|max|maximum|best|top quality|original|lossless|quality|
  resolution|res|definition|format|form|default|standard|low|lower|lowest|medium|small|bitrate|\\d+ ?fps|fps|\\d{3,4}p|1080|720|2160|1440|
  [248] ?k|h ?26[45]|hevc|mov|avi|mkv|settings|better quality|computer|pc|laptop|desktop|phone|mobile|tablet|ipad|iphone|mac|device|disk|
  hard drive|(?:google )?drive|dropbox|icloud|cloud|camera roll|gallery|folder|downloads|locally|local|offline|inbox|e ?mail|mail|
  whatsapp|slack|chat|account|session|one`);
/** @param more words that are small ones beside one request */
export function smallWordsWith(more: string): RegExp {
  return new RegExp(`\\b(?:${anyOf(more)}|${small})\\b`, "g");
}
export const smallWords = new RegExp(`\\b${small}\\b`, "g");

/** One small word. Once matched it is not matched otherwise, or the time would grow with the ways to cut a text into small words. */
const smallWord = `(?=(?<word>${small} ))\\k<word>`;

/** A wish, an edit or a fault, wherever it stands outside of the request itself. */
export const editing = new RegExp(
  anyOf(`
  \\b(?:make(?! sure)|create|generate|produce|build|design|add|insert|put|place|remove|delete|erase|trim|crop|shorten|lengthen|extend|
  change|replace|swap|switch|convert|transform|adjust|fix|correct|modify|improve|enhance|polish|slow|mute|raise|increase|decrease|reduce|
  boost|brighten|darken|blur|zoom|rotate|flip|reverse|fade|animate|merge|combine|split|loop|translate|narrate|explain(?:ed)?|describe|
  include|exclude|reorder|rearrange|overlay|apply|sharpen|stabili[sz]e|redo|remake|rework|rewrite|undo|revert|highlight|mention|turn|
  animated?|colou?ri[sz]e|transcribe|publish|compare|(?:cut|edit) (?:it|the|this|my|down|out|to|off))\\b|\\b(?:bigger|larger|smaller|
  shorter|longer|louder|quieter|softer|brighter|darker|lighter|warmer|cooler|faster|slower|bolder|clearer|funnier|sharper|better|more|
  less|too(?!$)|should|must|prefer|rather|instead of|hoping|imagine|(?:when|once|after|as soon as|if) .*(?:fixed|added|removed|changed|
  deleted|corrected|adjusted|replaced|trimmed|updated|edited|adding|fixing|removing|changing)|unless|except|without|maybe)\\b|
  \\bwith (?:an?|some|no|the|my|our|bigger|subtitles|\\d+)\\b|\\bwould (?:like|love|want)(?! to\\b)|\\b(?:wants?|wanted|needs?|
  wish)\\b(?! (?:it|this|that|them|to|the (?:video|file|clip|mp4|link))\\b|$)|\\b(?:want|wants|need|needs|like) (?:it|this|that|them|
  the [^ ]+) (?:to be|as|with|in (?!\\d|an?\\b|the\\b)|[^ ]+ed)\\b|\\ban? (?:[^ ]+ ){0,3}(?:video|clip|film|movie|reel|promo|ad|slideshow|
  vlog|short|animation|trailer|version)\\b|\\b(?:is|are|looks?|sounds?|feels?|seems?|bit|kinda|pretty|quite|so|not) (?:off|wrong|bad|dark|
  dull|slow|fast|boring|abrupt|ugly|weird|loud|quiet|blurry|awful|terrible|shaky|grainy|long|short|cut off)\\b|\\bnot (?:great|good|right|
  happy|it|quite|what|like)\\b|\\b(?:start over|from scratch|thinking(?! about)|picture this|envision|ideally|sucks|hate|dislike|forget|
  vertical|square|portrait|landscape|horizontal|widescreen|black and white|slow mo|slow motion|gif|mp3|wav|srt|\\d+:\\d+|weblink|style|
  vibe)\\b`),
);
/** What a video is made of. Said beside a request, it is mostly to be changed. */
export const contents = new RegExp(
  `\\b${anyOf(`
  titles?|captions?|subtitle[sd]?|texts?|fonts?|music|songs?|bgm|soundtrack|audio|sounds?|volume|voice|voiceover|narration|logos?|
  watermarks?|intro|outro|ending|end|beginning|opening|scenes?|shots?|transitions?|effects?|filters?|colou?rs?|backgrounds?|speed|pac(?:e|
  ing)|theme|mood|tone|frames?|lighting|length|script|images?|pictures?|photos?|clips|part|section|middle|seconds?|secs?|ratio`)}\\b`,
);

const someone = "(?:i|we|you|he|she|they|it|that|this|everyone|everybody|someone|somebody|nobody|people)";
const praised =
  "(?:good|great|fine|perfect|ok|okay|nice|lovely|amazing|beautiful|awesome|right|excellent|brilliant|spot on|correct|cool|done|all set|fantastic|wonderful|stunning|superb)";
const liking =
  "(?:love[sd]?|loving|like[sd]?|adore|happy|pleased|satisfied|thanks|thank (?:you|u)|great job|good job|nice work|great work|nice job|well done|(?:brilliant|amazing|lovely|wonderful|excellent|fantastic|good|superb|beautiful|solid) (?:work|job|stuff|result))";
const praise = new RegExp(
  `^(?!.*\\b(?:but|except|too|not|would|could|should|more|less|if|want|need|make|add|export|download|send)\\b)` +
    `(?:.*\\b(?:s|is|are|looks?|sounds?|works?|came out|turned out|feels?|seems?) (?:[^ ]+ ){0,2}${praised}\\b|` +
    `(?:(?:${someone}|(?:my|the|our) [^ ]+|kids|everyone|all) )?(?:am |are |is )?(?:really |so |very |just |absolutely |totally )*${liking}\\b)`,
);

/** "No more changes": refuses what would be an edit. "Don't use the first clip" is one. */
const refused =
  "(?:change|changing|edit|editing|touch|modify|alter|make|making|do|create|generate|render|export|exporting|download|send|worry|start|mess with|changes?|edits?|tweaks?|revisions?|adjustments?)";
const refusal = new RegExp(
  `^(?=.{5})(?:(?:please|ok|and|but|i|we|you|just|there is|so|really|do) )*(?:do not|not|never mind|no need(?: to| for)?|nothing(?: else| more)?|no(?: more| further| other)?|without)` +
    `(?: (?:want|need|have|you|me|us|to|asking|for|any|an?|the|more|further))*(?: ${refused})*` +
    `(?: (?:anything|any|it|more|else|the (?:video|edit)|yet|now|for now|me|to|further|need|needed|required|necessary|from me|a|new|videos?|please|about))*(?: (?:on|from) (?:my|our|this) (?:side|end|part))?$`,
);
const finishing =
  /^nothing to (?:add|change)|^enough (?:tweaking|editing|changes)|^(?:(?:i|we) (?:am|are) )?(?:all |now )?(?:done|finished|through)(?: with| editing| making)[^?]*$|^sorry\b|^(?:(?:finish|wrap) up|finali[sz]e(?: it)?)$|^(?:let us |we can |i think we can |time to )?(?:call|wrap) (?:it|this|that) (?:up|done|a day|a wrap)|^if (?:so|yes)$/;

const circumstance =
  /\b(?:deadlines?|meetings?|presentation|hurry|rush|urgent|late|waiting|shares|lost|expired|corrupted|deleted|broken|vanished|overwrote|not (?:find|open|play|load|receive|see)|turns out|do not care|does not matter|live in|(?:did|has) (?:my|the) (?:payment|purchase|order)|in \d+ (?:min|mins|minutes|hours?)|(?:clients?|boss|customers?|teacher|manager|mom|dad|wife|husband) (?:on|at|here|in|needs|wants|asks|asked))\b/;
const conjunction =
  "(?:(?:and|but|so that|so|as soon as|the moment|whenever|because|cause|since|as|when|while|once|if|before|after|until|till|although|though|now that|in case|sorry|hey|ok|well|oh|um|also|quick|fyi|btw|thanks) )*";
/** Tells something, as no imperative and no title does. */
const statement = new RegExp(
  `^${conjunction}(?:${someone} (?!.*\\b(?:video|clip|film|ad) (?:about|of|on)\\b)|(?:(?:all )?(?:the|my|our|his|her|their|your|these|those|last|next) (?:[^ ]+ ){1,4}?|(?:[^ ]+ ){1,2}?)` +
    `(?:is|are|was|were|has|have|had|s|will|needs?|wants?|keeps?|asks?|asked|says|said|does|did|starts?|ends?|closes?|went|came|got|made|took|left|sent|saw|forgot|ran|gave|found|broke|shut|paid|spent|bought|just|can|can not|leaves|gets|would|died|told)\\b|(?:the|my|our|his|her) (?:[^ ]+ ){1,2}[^ ]{2,}ed\\b)`,
);
/** "for my client", "by tonight", "so I can post it". */
const adjunct = new RegExp(
  `^(?:for|of|from|on|by|at|during|within|until|till|before|after|since|because|so|due|given|under|via|through|about the|in (?:an?|the|my|our|this|\\d+|half|case|order|time)|` +
    `(?:to|i can|we can|that i can) (?:show|share|post|present|submit|send|upload|use|watch|play|check|review|see|hand|give|forward|email|print|keep|save|archive|be)|using) .{2,80}$`,
);
const leadingSmallWords = new RegExp(`^(?:${smallWord})+(?=(?:i|we|so|because|as|for|to|by|before|from|of|on|at) )`);

const asFile = /\b(?:to|as|into) an? (?:video )?file\b/;

export function isWeighty(part: string): boolean {
  return (
    editing.test(part) || contents.test(part) || /\b(?:export|download|render|send|save|upload|credits?)\b/.test(part)
  );
}

export function isContext(part: string): boolean {
  if (hasMedia.test(part) || praise.test(part) || refusal.test(part) || finishing.test(part)) return true;
  const telling = part.replace(leadingSmallWords, "");
  if (editing.test(part.replace(asFile, "")) || contents.test(part)) return false;
  return adjunct.test(part) || adjunct.test(telling) || circumstance.test(part) || statement.test(part);
}

export const media = anyOf(`
  videos?|vids?|files?|clips?|footage|photos?|shots?|pictures?|pics?|images?|scripts?|documents?|docs?|docx|pdfs?|txt|srt|heic|jpe?gs?|
  pngs?|gif|webp|mov|mp[34]s?|wav|music|songs?|audio|recordings?|voice ?(?:overs?|memos?|notes?)|logos?|materials?|assets?|media|selfies?|
  screenshots?|stuff|things|something|rushes|attachments?|part (?:\\d|two|three)|(?:img|dsc|pxl|gopr|vid|mvi) ?\\d+|slides?|artwork|
  weblink`);
const hasMedia = new RegExp(`^(?:(?:i|we) )?(?:have|have got|got|took) (?!.*\\b(?:to|and|with)\\b).*\\b${media}\\b`);
const handOver = new RegExp(
  `^(?:${smallWord})*(?:here|heres|this|these|those|that|my|our|the|some|an?|two|three|four|five|\\d+|more|another|attached|attaching|see|find|sending|sharing|adding|uploading|as|fyi|` +
    `enclosed|keep|save|store|hold|take (?:this|these|those)|(?:just |only )?(?:saving|dropping|leaving|parking)|for later|forgot|missed|second|last|next|add (?:this|these|them) to my (?:files|media|project)|${media})\\b|^(?:[^ ]+ ){1,3}${media}\\b|\\b(?:attached|attachments?|enclosed)\\b`,
);
export const refusesExport = /\b(?:do not|not to|never mind|no|without) .*(?:export|download|send|render)/;

const order =
  /\?$|^(?:(?:please|just|ok|now|and|so|hey|hi) )*(?:which|who|why|how|is|are|does|do(?! not)|did|can(?! not)|could|would|will|should|has|am|(?:when|where) (?:is|are|will|can|do|does)|what(?! a\b| (?:we|i|you)\b)|have (?:the|it|my|your|you)|use|like(?! it| the)|same|try|start|play|read|watch|get|complete|copy|share|finish(?! up)|say|help|show|send|(?:e ?mail|post)(?! s\b)|tweet|forward|give|let (?:me|us) (?:have|see|try|hear|add|use|go with))\b/;
const courteous = new RegExp(
  `^(?:(?:hi|hey|ok|please|so|and) )*(?:(?:can|could|would|will|do|did) (?:you|i|we|someone)(?: (?:please|just|maybe|quickly|kindly|possibly))*` +
    `(?: (?:check|tell me|help(?: me)?(?: out)?|know|see|confirm|have a look|look|mind|say|let me know|do (?:that|this|it)|ask))?(?: (?:please|that|for me|it|this|a favor|something|now|a question|you))*|` +
    `ok(?:ay)?|right|is (?:that|this|it) (?:ok|okay|possible|alright|fine)|(?:are )?you there|anyone there|please|do (?:i|we) need to (?:top up|buy more|recharge)|are (?:we|you) good|did (?:my|the) (?:payment|purchase|order|top up)[^?]*|how are (?:you|things)(?: doing| today)*|thanks|no|alright|hello|hi|hey)(?: \\?)?$`,
);

export function isDemand(clause: string): boolean {
  return order.test(clause) && !courteous.test(clause);
}

/** "You asked for the images." */
const toldOfMedia = new RegExp(`^(?:you|i|we) .*\\b${media}\\b`);
const handOverVerb = /\b(?:more|too$|adding|forgot|add (?:this|these|them) to my (?:files|media|project))\b/;

export function isHandOver(clause: string): boolean {
  return (
    !/\b(?:export|download|render|send me)\b/.test(clause) &&
    !editing.test(clause.replace(handOverVerb, "")) &&
    (handOver.test(clause) || toldOfMedia.test(clause))
  );
}
