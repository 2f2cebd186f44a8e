import { z } from "zod";
import { dataIn } from "./answer-data.ts";
import type { Asker } from "./ask.ts";
import { BackendError } from "./backend-error.ts";
import { withoutSecrets } from "./rejection.ts";
import { about, type BackendSession } from "./session.ts";
import type { Log } from "./transport.ts";

export type RenderOutput = { format: string; quality: string };

/** `not_found` is no proof that there is none: it is to be asked again later, and with the identity that submitted it. */
export type RenderStatus =
  | { status: "not_found" }
  | { status: "pending" | "processing"; progress: number }
  | { status: "completed"; outputUrl: string | null }
  | { status: "failed" };

/**
 * Submits a render under an id that the caller chose and recorded before. The draft goes into the body as it is, byte for byte.
 * That the id exists already means that an earlier try was accepted. A failure that `isPassing` leaves open whether it was.
 */
export async function submitRender(
  asker: Asker,
  input: {
    session: BackendSession;
    renderId: string;
    draftText: string;
    output: RenderOutput;
    signal: AbortSignal;
  },
): Promise<{ alreadyExisted: boolean }> {
  const { session, renderId, draftText, output, signal } = input;
  const head = JSON.stringify({ id: renderId, sessionId: session.backendSessionId }).slice(0, -1);
  try {
    await asker.ask({
      endpoint: "render_submit",
      method: "POST",
      path: "/api/render/proxy/lambda",
      body: `${head},"draft":${draftText},"output":${JSON.stringify(output)}}`,
      ...about(session),
      signal,
    });
    return { alreadyExisted: false };
  } catch (error) {
    if (error instanceof BackendError && error.reason === "render_exists") return { alreadyExisted: true };
    throw error;
  }
}

const statusSchema = z.object({
  status: z.string(),
  progress: z.coerce.number().min(0).max(100).catch(0),
  outputUrl: z.string().nullish().catch(null),
  output: z.object({ url: z.string().nullish() }).nullish().catch(null),
  error: z.unknown().optional(),
  message: z.unknown().optional(),
});

export async function readRenderStatus(
  asker: Asker,
  log: Log,
  input: { session: BackendSession; renderId: string; signal: AbortSignal },
): Promise<RenderStatus> {
  const { session, renderId, signal } = input;
  try {
    const { text, identity } = await asker.ask({
      endpoint: "render_status",
      method: "GET",
      path: `/api/render/proxy/lambda/${encodeURIComponent(renderId)}`,
      ...about(session),
      signal,
    });
    const { status, progress, outputUrl, output, error, message } = dataIn(text, "render_status", statusSchema);
    switch (status.toLowerCase()) {
      case "pending":
      case "processing":
        return { status: status.toLowerCase() === "pending" ? "pending" : "processing", progress };
      case "completed":
        return { status: "completed", outputUrl: outputUrl ?? output?.url ?? null };
      case "failed":
      case "canceled":
      case "cancelled": {
        const said = JSON.stringify(error ?? message ?? null).slice(0, 300);
        log.warn({ renderId, said: withoutSecrets(said, identity.token) }, "The backend could not render");
        return { status: "failed" };
      }
      default:
        // A word that is not documented: it goes on being asked for, which the deadline of the export bounds.
        log.warn({ renderId, status: status.slice(0, 50) }, "The backend gives a render a status that is not known");
        return { status: "processing", progress };
    }
  } catch (error) {
    if (error instanceof BackendError && error.reason === "render_not_found") return { status: "not_found" };
    throw error;
  }
}

/** Asks the backend to stop a render. That there is none to stop is fine. */
export async function cancelRender(
  asker: Asker,
  input: { session: BackendSession; renderId: string; signal: AbortSignal },
): Promise<void> {
  const { session, renderId, signal } = input;
  try {
    await asker.ask({
      endpoint: "render_cancel",
      method: "POST",
      path: `/api/render/proxy/lambda/${encodeURIComponent(renderId)}/cancel`,
      ...about(session),
      signal,
    });
  } catch (error) {
    if (error instanceof BackendError && error.reason === "render_not_found") return;
    throw error;
  }
}
