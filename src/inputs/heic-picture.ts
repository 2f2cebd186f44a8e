import { readFile, stat, writeFile } from "node:fs/promises";
import { encode } from "jpeg-js";
import libheif from "libheif-js/wasm-bundle.js";
import { JobFailure } from "../domain/failure.ts";
import type { ConvertedPicture, PictureTask } from "./conversion.ts";
import { groupedDigits } from "./grouped-digits.ts";

const jpegQuality = 90;

/**
 * Decodes the primary picture of a HEIF file and writes it as JPG. libheif turns and mirrors it as the file says (`irot`, `imir`); an EXIF
 * orientation is only a note in this format, and the JPG carries none. It is run once per process, so nothing is freed.
 */
export async function convertPicture(task: PictureTask): Promise<ConvertedPicture> {
  const { path, name, targetPath, limits } = task;
  const { size } = await stat(path);
  if (size > limits.pictureBytes) {
    throw new JobFailure(
      "file_too_large",
      `${name} has ${groupedDigits(size)} bytes; pictures are read up to ${groupedDigits(limits.pictureBytes)}.`,
    );
  }
  const { data, width, height } = decode(await readFile(path), name, limits.picturePixels);
  const jpeg = encode({ data, width, height }, jpegQuality).data;
  await writeFile(targetPath, jpeg);
  return { bytes: jpeg.length, widthPx: width, heightPx: height };
}

function decode(bytes: Buffer, name: string, maxPixels: number): { data: Uint8Array; width: number; height: number } {
  const context = libheif.heif_context_alloc();
  const read = libheif.heif_context_read_from_memory(context, bytes);
  if (read.code !== libheif.heif_error_code.heif_error_Ok) throw damaged(name, read.message);

  const handle = libheif.heif_js_context_get_primary_image_handle(context);
  if ("code" in handle) throw damaged(name, handle.message);
  const width = libheif.heif_image_handle_get_width(handle);
  const height = libheif.heif_image_handle_get_height(handle);
  if (width * height > maxPixels) {
    throw new JobFailure(
      "document_unreadable",
      `${name} is ${groupedDigits(width)} × ${groupedDigits(height)} pixels large; a picture may have ${groupedDigits(maxPixels)} in all.`,
    );
  }

  const decoded = libheif.heif_js_decode_image2(
    handle,
    libheif.heif_colorspace.heif_colorspace_RGB,
    libheif.heif_chroma.heif_chroma_interleaved_RGBA,
  );
  if ("code" in decoded) throw damaged(name, decoded.message);
  const plane = decoded.channels.find(({ id }) => id === libheif.heif_channel.heif_channel_interleaved);
  if (plane === undefined) throw damaged(name, "it has no pixels");
  return { data: withoutPadding(plane), width: plane.width, height: plane.height };
}

function withoutPadding({
  data,
  width,
  height,
  stride,
}: {
  data: Uint8Array;
  width: number;
  height: number;
  stride: number;
}): Uint8Array {
  const rowBytes = width * 4;
  if (stride === rowBytes) return data;
  const packed = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    packed.set(data.subarray(row * stride, row * stride + rowBytes), row * rowBytes);
  }
  return packed;
}

function damaged(name: string, cause: string): JobFailure {
  return new JobFailure("document_unreadable", `${name} is damaged: it cannot be read as a HEIC picture.`, { cause });
}
