import { expect, it } from "vitest";
import { jobIdSchema } from "../../../src/domain/id.ts";
import { jobViewSchema } from "../../../src/domain/job-view.ts";
import { postJob, scriptJob, startApi } from "../../support/api.ts";

it("answers a cancel that came too late with 409, also when the job ended while the cancel was on its way", async () => {
  const api = await startApi({
    override: ({ control }) => ({
      control: {
        cancel: async (tenant, id) => {
          // Another cancel overtakes this one, and ends the job.
          await control.cancel(tenant, id);
          return await control.cancel(tenant, id);
        },
      },
    }),
  });
  const { id } = jobViewSchema.parse(await (await postJob(api, scriptJob)).json());
  const answer = await api.request(`/v1/jobs/${id}/cancel`, { method: "POST" });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ code: "job_finished", detail: `${id} is canceled.` });
  expect((await api.queue.store.load("default", jobIdSchema.parse(id)))?.job.status).toBe("canceled");
});

it("answers a cancel that is repeated under its Idempotency-Key as it did at first", async () => {
  const api = await startApi();
  const [first, second] = await Promise.all(
    [1, 2].map(async () => jobViewSchema.parse(await (await postJob(api, scriptJob)).json())),
  );
  const cancel = async (id: string | undefined) =>
    await api.request(`/v1/jobs/${id}/cancel`, { method: "POST", headers: { "idempotency-key": "cancel-1" } });
  const answer = await cancel(first?.id);
  const repeated = await cancel(first?.id);
  expect([answer.status, repeated.status]).toEqual([202, 202]);
  expect(await repeated.json()).toEqual(await answer.json());
  expect((await cancel(second?.id)).status).toBe(422);
});
