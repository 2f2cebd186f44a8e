import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { JobFailure } from "../domain/failure.ts";
import { decodeUnicode } from "../domain/unicode-text.ts";
import type { ConvertedText } from "./conversion.ts";
import { decodeLegacy } from "./decode-text.ts";
import { groupedDigits } from "./grouped-digits.ts";
import { htmlText, isElement, type HtmlNode } from "./html-text.ts";
import { tidyText } from "./tidy-text.ts";

/** Where a page says in itself how it is encoded, it does so at its beginning. */
const declarationBytes = 4096;
const declaredCharset = /<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?\s*([\w:.-]{2,40})/i;
/** Less than this is a notice, not an article. */
const minArticleLetters = 250;
/** Beside a login form, so are the words around the form. */
const minLettersBesideLogin = 1000;
const maxLinkShare = 0.5;
/** Browsers build no deeper trees either (Blink: 512). */
const maxDepth = 512;

/** The HTML of a page: in the encoding that its sender or the page names, or else the one that it is in. */
export function decodePage(bytes: Buffer, charset: string | null, name: string): string {
  const declared = declaredCharset.exec(bytes.toString("latin1", 0, declarationBytes))?.[1] ?? null;
  const text =
    decodeAs(charset, bytes) ??
    decodeUnicode(bytes, { cutOff: false }) ??
    decodeAs(declared, bytes) ??
    decodeLegacy(bytes);
  if (text !== null) return text;
  throw new JobFailure(
    "document_unreadable",
    `The encoding of ${name} is not clear. Send its words as \`input.text\`.`,
  );
}

/** As browsers do, without refusing what is damaged in places. */
function decodeAs(encoding: string | null, bytes: Buffer): string | null {
  if (encoding === null) return null;
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return null;
  }
}

/** The article of a page, its title first. Throws `JobFailure` (`page_without_article`, or `document_unreadable` for one made to stall its reader). */
export function articleOf(html: string, name: string, maxElements: number): ConvertedText {
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`);
  refuseEndless(document, name, maxElements);
  const asksToLogIn = document.querySelector('input[type="password"]') !== null;
  const article = new Readability<HtmlNode>(document, { serializer: (node): HtmlNode => node }).parse();
  const title = tidyText(article?.title ?? "").replaceAll(/\s+/g, " ") || null;
  const body = article?.content && !isMostlyLinks(article.content) ? tidyText(htmlText(article.content)) : "";
  if (weightOf(body) < (asksToLogIn ? minLettersBesideLogin : minArticleLetters)) {
    const why = asksToLogIn ? "it asks to log in" : "what it shows without scripts is too little, or a list of links";
    throw new JobFailure("page_without_article", `${name} shows no article: ${why}.`);
  }
  return { text: title === null || body.startsWith(title) ? body : `${title}\n\n${body}`, title };
}

/** Without recursion, which is what a deep page is made to exhaust. */
function refuseEndless(root: HtmlNode, name: string, maxElements: number): void {
  const refuse = (why: string): never => {
    throw new JobFailure("document_unreadable", `${name} is not safe to open: ${why}.`);
  };
  let level = [root];
  let elements = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    elements += level.filter(isElement).length;
    if (depth > maxDepth) refuse("it nests its elements without end");
    if (elements > maxElements) refuse(`it has more than ${groupedDigits(maxElements)} elements`);
    level = level.flatMap(({ childNodes }) => Array.from(childNodes));
  }
}

function isMostlyLinks(content: HtmlNode): boolean {
  const inLinks = (node: HtmlNode): number =>
    node.nodeName === "A"
      ? (node.textContent?.length ?? 0)
      : [...node.childNodes].reduce((sum, child) => sum + inLinks(child), 0);
  return inLinks(content) > maxLinkShare * (content.textContent?.length ?? 0);
}

/** How much is said: a Chinese or Japanese character says about as much as three letters. */
function weightOf(text: string): number {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  return letters + 2 * dense;
}
