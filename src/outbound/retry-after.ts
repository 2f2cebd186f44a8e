const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const seconds = /^\d{1,10}(?:\.\d{1,10})?$/;

/**
 * The time (Unix ms) that a `Retry-After` header asks to wait until, or `undefined` if it makes no sense.
 * RFC 9110 knows whole seconds and HTTP dates; fractions are in use too, and rounded up.
 */
export function parseRetryAfter(header: string, nowMs: number): number | undefined {
  const text = header.trim();
  if (seconds.test(text)) return nowMs + Math.ceil(Number(text)) * 1000;
  const dateMs = httpDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(dateMs, nowMs);
}
