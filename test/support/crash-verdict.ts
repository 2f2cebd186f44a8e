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
  sendsLate,
}: Aftermath): string[] {
  const { id } = before;
  const problems: string[] = [];
  const expect = (isSo: boolean, problem: string): void => {
    if (!isSo) problems.push(`${id}: ${problem}`);
  };

  const messages = ledger.messages.filter(({ text }) => text.includes(id));
  const charged = messages.reduce((sum, { credits }) => sum + credits, 0);
  expect(messages.length <= 1, `its message was received ${messages.length} times`);
  expect(charged <= 100, `it was charged ${charged} credits`);
  expect(
    sendsLate || messages.every(({ at }) => at <= before.finishedAtMs),
    "its message was sent after the job had ended",
  );

  if (before.status === "failed") {
    const isUnknown = before.error.code === "outcome_unknown" && before.made.message?.state === "sending";
    expect(isUnknown, `it failed with ${before.error.code}: ${before.error.detail ?? ""}`);
    expect(sendsLate || messages.length === 0, "it ended as unknown, though its message was carried out");
  } else {
    expect(before.status === "succeeded", `it ended as ${before.status}`);
    expect(messages.length === 1, "it succeeded without its message");
    expect(before.made.video !== null, "it succeeded without a video");
  }

  const uploads = ledger.uploads.filter(({ session }) => session === backendSessionId);
  expect(uploads.length <= 2, `its one file was uploaded ${uploads.length} times`);

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
