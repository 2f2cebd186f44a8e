import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Backend } from "./backend-client/backend.ts";
import type { Config } from "./config.ts";
import { createConverter } from "./inputs/converter.ts";
import { languageOf } from "./inputs/language.ts";
import { newId } from "./new-id.ts";
import type { OutboundClient } from "./outbound/outbound-client.ts";
import type { OpenQueue } from "./queue/open-queue.ts";
import type { Storage } from "./storage/folder-storage.ts";
import { createAccountGates } from "./workers/account-gates.ts";
import { createBreaker } from "./workers/breaker.ts";
import { createExportStage } from "./workers/export-stage.ts";
import { createGenerateStage } from "./workers/generate-stage.ts";
import { createInterrupts } from "./workers/interrupts.ts";
import { createJobLanguages } from "./workers/job-words.ts";
import { createStageProcessor } from "./workers/stage-processor.ts";
import type { Timings } from "./workers/timings.ts";
import { createUploadStage } from "./workers/upload-stage.ts";

type Parts = { config: Config; queue: OpenQueue; storage: Storage; outbound: OutboundClient; log: Logger };

/** The stages of a job with all that they need. `subscriber` is a connection of their own. */
export function connectStages({ config, queue, storage, outbound, log }: Parts, backend: Backend, subscriber: Redis) {
  const { gates, admission, files, keys, claims, passOn } = queue;
  const now = Date.now;
  const languages = createJobLanguages({ storage, languageOf });
  const shared = { backend, storage, files, gates, languages, timings: timingsOf(config), newId, now, log };
  return createStageProcessor({
    ...shared,
    claims,
    passOn,
    gateFor: createAccountGates({
      backend,
      gates,
      now,
      rateLimitMs: config.RETRY_MS,
      creditsPollMs: config.CREDITS_POLL_MS,
    }),
    breaker: createBreaker({ gates, now, probeEveryMs: config.PROBE_MS }),
    interrupts: createInterrupts({ subscriber, keys }),
    stages: {
      upload: createUploadStage({
        ...shared,
        converter: createConverter({ log }),
        get: outbound.get,
        sleep: async (ms, signal) => await sleep(ms, undefined, { signal }),
      }),
      generate: createGenerateStage({
        ...shared,
        monotonicNow: () => performance.now(),
        hasOtherWork: admission.hasOtherWork,
      }),
      export: createExportStage(shared),
    },
    retryMs: config.RETRY_MS,
    stageLimitsMs: {
      upload: config.UPLOAD_LIMIT_MS,
      generate: config.GENERATE_LIMIT_MS,
      export: config.EXPORT_LIMIT_MS,
    },
  });
}

export function timingsOf(config: Config): Timings {
  return {
    pollEveryMs: config.EXPORT_POLL_MS,
    renderDeadlineMs: config.RENDER_DEADLINE_MS,
    retryMs: config.RETRY_MS,
    newsEveryMs: config.NEWS_EVERY_MS,
    recovery: {
      firstReadMs: config.RECOVERY_FIRST_READ_MS,
      readEveryMs: config.RECOVERY_READ_MS,
      runMs: config.RECOVERY_RUN_MS,
      quietMs: config.RECOVERY_QUIET_MS,
    },
  };
}
