import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { parseArgs } from "node:util";

const usage = `npm run demo [-- [--skill NAME] [--say INSTRUCTION] files and URLs…]

  files: a script (txt, docx, pdf, srt, html), pictures (jpg, png, webp, heic …), clips (mp4, mov …), in the order wanted
  URLs:  pages, documents, pictures or clips`;

const defaultScript = "examples/urban-dreams.txt";
const media = /\.(?:jpe?g|png|gif|webp|heic|mp4|mov|avi|webm|mkv|mp3|wav|m4a|aac)$/i;

export type DemoInput = {
  /** Of the MP4, without its extension. */
  name: string;
  skill: string;
  instruction: string | null;
  files: string[];
  urls: string[];
};

/** What the command line asks for. Throws an error that says what is wrong with it. */
export async function readDemoInput(args: string[]): Promise<DemoInput> {
  const options = { skill: { type: "string" }, say: { type: "string" } } as const;
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
  const given = positionals.length === 0 ? [resolve(defaultScript)] : positionals.map(inputAt);
  const urls = given.filter(isUrl);
  const files = given.filter((input) => !isUrl(input));
  for (const path of files) {
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw new Error(`There is no file ${path}.\n\nUsage: ${usage}`);
  }
  const hasScript = !given.every((input) => media.test(input));
  const [first = defaultScript] = given;
  return {
    name: hasScript ? basename(first, extname(first)) || "page" : "pictures",
    skill: values.skill ?? (hasScript ? "text-to-video-capcut" : "image-to-video-capcut"),
    instruction: values.say ?? null,
    files,
    urls,
  };
}

/** npm runs this in the project's folder, wherever it was called. */
function inputAt(argument: string): string {
  return isUrl(argument) ? argument : resolve(process.env["INIT_CWD"] ?? ".", argument);
}

function isUrl(input: string): boolean {
  return /^https?:\/\//i.test(input);
}
