import { typeid } from "typeid-js";
import type { IdPrefix, NewId } from "./domain/id.ts";

/** A TypeID: the prefix, and a UUIDv7 in base32, so that ids sort by time. */
export const newId: NewId = <Prefix extends IdPrefix>(prefix: Prefix) =>
  `${prefix}_${typeid(prefix).getSuffix()}` as const;
