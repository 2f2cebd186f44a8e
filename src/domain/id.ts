import { z } from "zod";

/**
 * Ids are TypeIDs (https://github.com/jetify-com/typeid): a prefix that says what it is, and a UUIDv7 in base32, so that they
 * sort by time. Making one takes a clock and randomness, so that is injected; here is only what they look like.
 */
const suffix = "[0-7][0-9a-hjkmnp-tv-z]{25}";

function idSchema<Prefix extends string>(prefix: Prefix) {
  return z
    .templateLiteral([z.literal(prefix), "_", z.string().regex(new RegExp(`^${suffix}$`))], {
      error: `must be an id that begins with \`${prefix}_\``,
    })
    .describe(`An id that begins with \`${prefix}_\`.`);
}

export const jobIdSchema = idSchema("job");
export const sessionIdSchema = idSchema("ses");
export const fileIdSchema = idSchema("file");
export const eventIdSchema = idSchema("evt");

export type JobId = z.infer<typeof jobIdSchema>;
export type SessionId = z.infer<typeof sessionIdSchema>;
export type FileId = z.infer<typeof fileIdSchema>;
export type EventId = z.infer<typeof eventIdSchema>;

export type IdPrefix = "job" | "ses" | "file" | "evt" | "render" | "req" | "op";

/** Makes a new id; the composition root gives the real one, tests a counting one. */
export type NewId = <Prefix extends IdPrefix>(prefix: Prefix) => `${Prefix}_${string}`;
