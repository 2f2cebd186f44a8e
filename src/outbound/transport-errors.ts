import { errors } from "undici";
import { OutboundError } from "./outbound-error.ts";

const malformed = new Set(["UND_ERR_HEADERS_OVERFLOW", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"]);

/** What went wrong before a connection stood, so that nothing was sent. */
export function toConnectError(error: unknown, hostname: string, protocol: string): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = textField(error, "code");
  const syscall = textField(error, "syscall");
  if (syscall === "getaddrinfo") {
    return new OutboundError("dns", `${hostname} could not be resolved (${code}).`, {
      cause: error,
    });
  }
  // An AggregateError holds one refusal for each address that was tried.
  const beforeTls = syscall === "connect" || error instanceof AggregateError || code === "UND_ERR_CONNECT_TIMEOUT";
  return beforeTls || protocol === "http:"
    ? new OutboundError("connect", `No connection to ${hostname} (${code}).`, { cause: error })
    : new OutboundError("tls", `No secure connection to ${hostname} (${code}).`, { cause: error });
}

/** What went wrong afterwards. Errors of programming, such as a header that cannot be sent, stay what they are. */
export function toOutboundError(error: unknown): unknown {
  if (error instanceof OutboundError || error instanceof TypeError) return error;
  const code = textField(error, "code");
  if (code === "UND_ERR_INVALID_ARG") return error;
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return new OutboundError("timeout", "The other side stayed silent for too long.", {
      cause: error,
    });
  }
  if (error instanceof errors.HTTPParserError || malformed.has(code)) {
    // Without its cause, which holds what the other side sent.
    return new OutboundError("bad_response", "The answer is not valid HTTP.");
  }
  return new OutboundError("reset", "The connection broke before the answer was complete.", {
    cause: error,
  });
}

function textField(error: unknown, name: "code" | "syscall"): string {
  const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : "";
}
