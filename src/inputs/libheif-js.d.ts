/** As much of libheif-js as is used here; it has no types of its own. */
declare module "libheif-js/wasm-bundle.js" {
  type Context = { readonly context: unique symbol };
  type Handle = { readonly handle: unique symbol };
  type Failure = { code: { value: number }; message: string };
  type Decoded = {
    image: { readonly image: unique symbol };
    channels: { id: unknown; width: number; height: number; stride: number; data: Uint8Array }[];
  };

  const libheif: {
    heif_context_alloc(): Context;
    heif_context_read_from_memory(context: Context, bytes: Uint8Array): Failure;
    heif_js_context_get_primary_image_handle(context: Context): Handle | Failure;
    heif_image_handle_get_width(handle: Handle): number;
    heif_image_handle_get_height(handle: Handle): number;
    heif_js_decode_image2(handle: Handle, colorspace: unknown, chroma: unknown): Decoded | Failure;
    heif_error_code: { heif_error_Ok: Failure["code"] };
    heif_colorspace: { heif_colorspace_RGB: unknown };
    heif_chroma: { heif_chroma_interleaved_RGBA: unknown };
    heif_channel: { heif_channel_interleaved: unknown };
  };
  export default libheif;
}
