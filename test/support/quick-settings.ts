export const apiKey = "api-key-of-the-tests";
export const operatorKey = "operator-key-of-the-tests";
export const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Waits of a second and less in place of the protocol's half minutes, so that a test does not take its time. */
export const quickSettings = {
  EXPORT_POLL_MS: "200",
  RETRY_MS: "300",
  PROBE_MS: "500",
  CREDITS_POLL_MS: "500",
  RECOVERY_FIRST_READ_MS: "300",
  RECOVERY_READ_MS: "500",
  RECOVERY_RUN_MS: "2000",
  RECOVERY_QUIET_MS: "4000",
  QUEUE_LOCK_MS: "2000",
  SWEEP_MS: "300",
  SWEEP_GRACE_MS: "1000",
  DRAIN_MS: "1000",
  WEBHOOK_SCHEDULE_MS: "0,200,200,200,200",
  OUTBOUND_ALLOW: "127.0.0.0/8",
};
