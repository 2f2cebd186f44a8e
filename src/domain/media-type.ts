/**
 * What Reelay takes as input of a job, and what becomes of it. `as_is`: the backend's upload takes it (backend protocol,
 * "Endpoints"). `to_jpg`: a photo that it does not take. `to_text`: a document, whose words become the script.
 */
const formats = {
  mp4: { mime: "video/mp4", kind: "clip", use: "as_is" },
  mov: { mime: "video/quicktime", kind: "clip", use: "as_is" },
  avi: { mime: "video/x-msvideo", kind: "clip", use: "as_is" },
  webm: { mime: "video/webm", kind: "clip", use: "as_is" },
  mkv: { mime: "video/x-matroska", kind: "clip", use: "as_is" },
  jpg: { mime: "image/jpeg", kind: "image", use: "as_is" },
  png: { mime: "image/png", kind: "image", use: "as_is" },
  gif: { mime: "image/gif", kind: "image", use: "as_is" },
  webp: { mime: "image/webp", kind: "image", use: "as_is" },
  heic: { mime: "image/heic", kind: "image", use: "to_jpg" },
  mp3: { mime: "audio/mpeg", kind: "sound", use: "as_is" },
  wav: { mime: "audio/wav", kind: "sound", use: "as_is" },
  m4a: { mime: "audio/mp4", kind: "sound", use: "as_is" },
  aac: { mime: "audio/aac", kind: "sound", use: "as_is" },
  txt: { mime: "text/plain", kind: "script", use: "to_text" },
  srt: { mime: "application/x-subrip", kind: "script", use: "to_text" },
  docx: {
    mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    kind: "script",
    use: "to_text",
  },
  pdf: { mime: "application/pdf", kind: "script", use: "to_text" },
  html: { mime: "text/html", kind: "script", use: "to_text" },
} as const;

export type FormatName = keyof typeof formats;
/** What a format is to a video: a moving or a still picture, sound, or words. */
export type InputKind = (typeof formats)[FormatName]["kind"];
export type InputUse = (typeof formats)[FormatName]["use"];
export type InputFormat = { name: FormatName; mime: string; kind: InputKind; use: InputUse };

// `Object.keys` forgets the type of the keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]];

/** What Office makes of a DOCX with a password, and made of every document before 2007: reading it tells which. */
const compoundFile = "application/x-cfb";

const byMime: ReadonlyMap<string, InputFormat> = new Map([
  ...formatNames.map((name): [string, InputFormat] => [formats[name].mime, { name, ...formats[name] }]),
  [compoundFile, { name: "docx", ...formats.docx, mime: compoundFile }],
]);

/** What is known of a mime type; null for one that Reelay takes for nothing. */
export function formatOf(mime: string): InputFormat | null {
  return byMime.get(mime) ?? null;
}

/** What a URL seems to lead to, by the end of its path; null where that says nothing. Only ever a guess. */
export function formatOfUrl(url: string): InputFormat | null {
  const ending = /\.(\w{1,5})$/.exec(URL.parse(url)?.pathname ?? "")?.[1]?.toLowerCase();
  const name = formatNames.find((known) => known === ending || (known === "jpg" && ending === "jpeg"));
  return name === undefined ? null : { name, ...formats[name] };
}

/** The names of the formats that are used in one of these ways, for people: `mp4, mov or avi`. */
export function formatsInWords(...uses: InputUse[]): string {
  const names = formatNames.filter((name) => uses.includes(formats[name].use));
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
