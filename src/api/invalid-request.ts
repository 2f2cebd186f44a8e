import { JobFailure } from "../domain/failure.ts";

export const requestPlaces = ["body", "query", "path", "header"] as const;

/** One thing wrong with a request: where it is, such as `input.urls[2]` in the body, and what to do about it. */
export type RequestIssue = {
  in: (typeof requestPlaces)[number];
  path: string;
  message: string;
};

/** Happens when a request does not have the documented shape. */
export class InvalidRequest extends JobFailure {
  readonly issues: readonly RequestIssue[];

  constructor(issues: readonly RequestIssue[], options?: ErrorOptions) {
    super("invalid_request", inWords(issues), options);
    this.issues = issues;
  }
}

function inWords(issues: readonly RequestIssue[]): string {
  const [first] = issues;
  if (first === undefined) throw new Error("An invalid request needs at least one issue");
  const where = first.path === "" ? `The ${first.in}` : `\`${first.path}\` (${first.in})`;
  const more = issues.length === 1 ? "" : ` And ${issues.length - 1} more: see \`errors\`.`;
  return `${where}: ${first.message}.${more}`;
}
