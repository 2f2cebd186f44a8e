import type { LookupFunction } from "node:net";
import type { buildConnector } from "undici";
import { forbidden, type AddressGuard } from "./address-guard.ts";
import { toConnectError } from "./transport-errors.ts";

/**
 * A resolver that hands out only addresses that the guard allows, so that no packet goes to the others. They are the
 * very addresses connected to: a name that resolves differently the next time (DNS rebinding) gains nothing.
 */
export function guardLookup(guard: AddressGuard, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      if (error) return callback(error, []);
      const addresses = typeof found === "string" ? [{ address: found, family: family ?? 0 }] : found;
      const allowed = addresses.filter(({ address }) => guard.allows(hostname, address));
      const [first] = allowed;
      if (first === undefined) callback(forbidden(hostname), []);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * An undici connector that checks the host before connecting (an IP literal never reaches a `lookup`), and the socket's
 * real peer afterwards, whatever way it was found. Errors are `OutboundError`s: nothing was sent.
 */
export function guardConnector(guard: AddressGuard, connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    try {
      guard.checkUrl(`${options.protocol}//${options.host ?? options.hostname}`);
    } catch (error) {
      callback(toConnectError(error, options.hostname, options.protocol), null);
      return;
    }
    connect(options, (error, socket) => {
      if (error) {
        callback(toConnectError(error, options.hostname, options.protocol), null);
      } else if (guard.allows(options.hostname, socket.remoteAddress ?? "")) {
        callback(null, socket);
      } else {
        socket.destroy();
        callback(forbidden(options.hostname), null);
      }
    });
  };
}
