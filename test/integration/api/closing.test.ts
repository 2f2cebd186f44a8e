import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { startApi } from "../../support/api.ts";
import { connectTo } from "../../support/raw-http.ts";

describe("closing the API", () => {
  it("lets a request that is under way be answered while the service stops", async () => {
    const entered = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const api = await startApi({
      override: ({ jobs }) => ({
        jobs: {
          ...jobs,
          list: async (tenant, query) => {
            entered.resolve();
            await go.promise;
            return await jobs.list(tenant, query);
          },
        },
      }),
    });
    const response = api.request("/v1/jobs");
    await entered.promise;
    const closed = api.app.close();
    go.resolve();
    expect((await response).status).toBe(200);
    await closed;
  });

  it("does not wait for a client that never sends its request", async () => {
    const api = await startApi();
    const socket = await connectTo(api.origin);
    await api.request("/livez");
    await api.app.close();
    expect(await once(socket.resume(), "close")).toEqual([false]);
  });
});
