import { crc32, deflateRawSync } from "node:zlib";

/** A file in an archive; `declaredBytes` is what the archive says of its size, the truth when left out. */
export type ZipEntry = { name: string; content: string | Buffer; declaredBytes?: number };

/** A compressed ZIP archive, which may lie about what is in it. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, declaredBytes = Buffer.byteLength(content) } of entries) {
    const packed = deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(declaredBytes, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), shared, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\0"), shared, tail, Buffer.from(name));
    locals.push(local);
    offset += local.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directoryBytes, end]);
}

const wordprocessing = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const officeDocument = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";

/** The smallest DOCX around a `word/document.xml`, with what else is to be in the archive. */
export function docx(document: Omit<ZipEntry, "name">, ...others: ZipEntry[]): Buffer {
  return zip([
    {
      name: "[Content_Types].xml",
      content:
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
        `<Override PartName="/word/document.xml" ContentType="${wordprocessing}"/></Types>`,
    },
    {
      name: "_rels/.rels",
      content:
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
        `<Relationship Id="r" Type="${officeDocument}" Target="word/document.xml"/></Relationships>`,
    },
    { name: "word/document.xml", ...document },
    ...others,
  ]);
}

/** A `word/document.xml` with the given body. */
export function documentXml(body: string, doctype = ""): string {
  const namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  return `<?xml version="1.0"?>${doctype}<w:document xmlns:w="${namespace}"><w:body>${body}</w:body></w:document>`;
}
