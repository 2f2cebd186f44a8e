import type { Accounts } from "./accounts.ts";
import type { Agent } from "./agent/run.ts";
import type { Clock } from "./clock.ts";
import type { Settings } from "./config.ts";
import type { Faults } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import type { MediaStore } from "./media.ts";
import type { Renders } from "./renders.ts";
import type { Sessions } from "./sessions.ts";
import type { SignedUrls } from "./signed-urls.ts";

/** What the routes work with; put together in `server.ts`. */
export type Services = {
  settings: Settings;
  seed: string;
  clock: Clock;
  ledger: Ledger;
  faults: Faults;
  accounts: Accounts;
  sessions: Sessions;
  agent: Agent;
  media: MediaStore;
  renders: Renders;
  urls: SignedUrls;
};
