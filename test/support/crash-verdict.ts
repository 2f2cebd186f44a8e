import type { EndedJob } from "../../src/domain/job.ts";
import type { ReceivedEvent } from "./event-receiver.ts";
import type { Ledger } from "./ledger.ts";

export type Aftermath = {
  /** As it ended first, and as it stands once everything is at rest. */
  before: EndedJob;
  after: EndedJob | null;
  backendSessionId: string | null;
  ledger: Ledger;
  events: readonly ReceivedEvent[];
  /** The names of what is to be uploaded, each at least once. */
  media: readonly string[];
  /** It was frozen inside the write of its message: the one window in which it may go out after recovery has given it up. */
  sendsLate: boolean;
};

/** What is wrong after a worker was hurt in the middle of a `video` job, in words. */
export function problemsAfterCrash({
  before,
  after,
  backendSessionId,
  ledger,
  events,
  media,
  sendsLate,
}: Aftermath): string[] {
  const { id } = before;
  const problems: string[] = [];
  const expect = (isSo: boolean, problem: string): void => {
    if (!isSo) problems.push(`${id}: ${problem}`);
  };

  const messages = ledger.messages.filter(({ text }) => text.includes(id));
  // What its reply asked for is said without its name.
  const edits = ledger.messages.filter(({ session, text }) => session === backendSessionId && !text.includes(id));
  const { edit } = before.made;
  expect(messages.length <= 1, `its message was received ${messages.length} times`);
  expect(edits.length <= (edit === null ? 0 : 1), `its edit was received ${edits.length} times`);
  for (const [one, price] of [...messages.map((m) => [m, 100] as const), ...edits.map((m) => [m, 50] as const)]) {
    expect(one.credits === price, `"${one.text.slice(0, 40)}" was charged ${one.credits} credits`);
    expect(sendsLate || one.at <= before.finishedAtMs, "its message was sent after the job had ended");
  }

  if (before.status === "failed") {
    const isUnknown = before.error.code === "outcome_unknown" && before.made.message?.state === "sending";
    expect(isUnknown, `it failed with ${before.error.code}: ${before.error.detail ?? ""}`);
    const last = edit === null ? messages : edits;
    expect(sendsLate || last.length === 0, "it ended as unknown, though its message was carried out");
    expect(edit === null || messages.length === 1, "it got to its edit without its message");
  } else {
    expect(before.status === "succeeded", `it ended as ${before.status}`);
    expect(messages.length === 1, "it succeeded without its message");
    expect(edit === null || edits.length === 1, "it succeeded without its edit");
    expect(before.made.video !== null, "it succeeded without a video");
  }

  const uploads = ledger.uploads.filter(({ session }) => session === backendSessionId).map(({ filename }) => filename);
  expect(uploads.length <= media.length + 1, `${media.length} files were uploaded as ${uploads.join(", ")}`);
  for (const name of media) expect(uploads.includes(name), `${name} was not uploaded`);

  const renders = ledger.renders.filter(({ session }) => session === backendSessionId);
  const ids = new Set(renders.map(({ render }) => render));
  const own = before.made.render?.id;
  for (const render of ids) expect(render === own, `${render} was submitted and is not the job's (${own ?? "none"})`);
  expect(
    renders.every(({ draft_unchanged: isUnchanged }) => isUnchanged),
    "its draft was changed on the way",
  );

  const delivered = new Set(events.filter(({ jobId }) => jobId === id).map(({ eventId }) => eventId));
  expect(
    delivered.size === 1 && delivered.has(before.eventId),
    `its event was delivered as ${[...delivered].join(", ")}`,
  );
  expect(
    after?.eventId === before.eventId && after.status === before.status,
    `it ended as ${before.status} (${before.eventId}) and then as ${after?.status} (${after?.eventId})`,
  );
  return problems;
}
