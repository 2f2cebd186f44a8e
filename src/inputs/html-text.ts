/** As much of a DOM node as is read here; linkedom's own types need the browser's library of types. */
export type HtmlNode = {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<HtmlNode>;
};

const elementNode = 1;
const textNode = 3;
const maxCellChars = 300;

const unread = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "SVG", "FIGCAPTION", "BUTTON", "HEAD"]);
const paragraphs = new Set("P H1 H2 H3 H4 H5 H6 UL OL DL TABLE BLOCKQUOTE PRE FIGURE SECTION ARTICLE HR".split(" "));
const lines = new Set("DIV LI TR DT DD HEADER FOOTER MAIN ADDRESS CAPTION BODY".split(" "));

export function isElement({ nodeType }: HtmlNode): boolean {
  return nodeType === elementNode;
}

/** The words of an element: a blank line between paragraphs, a line for each item of a list, a line for each row of a table. */
export function htmlText(root: HtmlNode): string {
  const done: string[] = [];
  let line = "";
  let bullet = "";

  function endLine(): void {
    if (line.trim() !== "") {
      done.push(bullet + line.replaceAll(/\s+/g, " ").trim());
      bullet = "";
    }
    line = "";
  }
  function endParagraph(): void {
    endLine();
    if (done.at(-1) !== "" && bullet === "") done.push("");
  }
  function visitList(list: HtmlNode): void {
    let number = 0;
    for (const item of list.childNodes) {
      endLine();
      if (item.nodeName === "LI") {
        number += 1;
        bullet = list.nodeName === "OL" ? `${number}. ` : "- ";
      }
      visit(item);
    }
  }
  function visitRow(row: HtmlNode): void {
    const cells = [...row.childNodes]
      .filter(({ nodeName }) => nodeName === "TD" || nodeName === "TH")
      .map((cell) => htmlText(cell).replaceAll(/\s+/g, " ").trim());
    // A table that lays out a page has cells full of paragraphs.
    if (cells.length < 2 || cells.some((cell) => cell.length > maxCellChars)) visitAll(row);
    else line += cells.filter((cell) => cell !== "").join(" | ");
  }
  function visitAll({ childNodes }: HtmlNode): void {
    for (const child of childNodes) visit(child);
  }
  function visit(node: HtmlNode): void {
    if (node.nodeType === textNode) line += node.textContent ?? "";
    if (!isElement(node) || unread.has(node.nodeName.toUpperCase())) return;
    const isParagraph = paragraphs.has(node.nodeName);
    const endBlock = isParagraph ? endParagraph : endLine;
    const isBlock = isParagraph || lines.has(node.nodeName);
    if (isBlock) endBlock();
    if (node.nodeName === "BR") endLine();
    else if (node.nodeName === "UL" || node.nodeName === "OL") visitList(node);
    else if (node.nodeName === "TR") visitRow(node);
    else visitAll(node);
    if (isBlock) endBlock();
  }

  visitAll(root);
  endLine();
  return done.join("\n");
}
