/**
 * What the backend's upload takes (backend protocol, "Endpoints"). Other files are recognised and stored, but refused as input of
 * a job as long as nothing turns them into one of these, or into text.
 */
const uploadableMediaTypes: ReadonlySet<string> = new Set([
  "video/mp4",
  "video/quicktime",
  "video/x-msvideo",
  "video/webm",
  "video/x-matroska",
  "image/jpeg",
  "image/png",
  "image/gif",
  "image/webp",
  "audio/mpeg",
  "audio/wav",
  "audio/mp4",
  "audio/aac",
]);

export function isUploadable(mediaType: string): boolean {
  return uploadableMediaTypes.has(mediaType);
}
