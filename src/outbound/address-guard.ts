import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { OutboundError } from "./outbound-error.ts";

const maxUrlChars = 8192;

/** Public by their range, yet answered by the cloud itself: Azure's WireServer hands out credentials. */
const metadataAddresses = new Set(["168.63.129.16"]);

/** The part of IPv6 that is given out to the public. `unicast` alone would let deprecated forms like `::127.0.0.1` pass. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

export type AddressGuard = {
  /**
   * Parses an http(s) URL. A host that is an address, in any notation, or a name of this machine is checked here; what
   * other names resolve to is known only when connecting. Throws `OutboundError` (`bad_url`, `address_forbidden`).
   */
  checkUrl: (text: string) => URL;
  /** Whether a connection to `address`, made for `hostname`, may be used. What is no address is refused. */
  allows: (hostname: string, address: string) => boolean;
};

/**
 * Keeps requests to addresses that users give away from everything that is not public.
 * `allow` holds the operators' exceptions: CIDR ranges (`10.1.0.0/16`, `fd00::/8`), single addresses, and exact host names,
 * which are then trusted with whatever they resolve to. Throws a `TypeError` for an entry that is none of these.
 */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const ranges: Range[] = [];
  const hosts = new Set<string>();
  for (const entry of allow) {
    const range = parseRange(entry);
    if (range) ranges.push(range);
    else hosts.add(parseHost(entry));
  }

  function allows(hostname: string, address: string): boolean {
    if (hosts.has(normaliseHost(hostname))) return true;
    if (!ipaddr.isValid(address)) return false;
    const ip = ipaddr.process(address);
    return isPublic(ip) || ranges.some((range) => range[0].kind() === ip.kind() && ip.match(range));
  }

  function checkUrl(text: string): URL {
    const url = parseHttpUrl(text);
    const literals = addressesNamedBy(normaliseHost(url.hostname));
    if (literals.length > 0 && !literals.some((address) => allows(url.hostname, address))) {
      throw forbidden(url.hostname);
    }
    return url;
  }

  return { checkUrl, allows };
}

export function forbidden(hostname: string): OutboundError {
  return new OutboundError(
    "address_forbidden",
    `${hostname} is not a public address. Use a public one, or have the operators allow this host or range.`,
  );
}

function isPublic(ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (ip.range() !== "unicast") return false;
  return ip.kind() === "ipv6" ? ip.match(globalUnicast) : !metadataAddresses.has(ip.toString());
}

/** The WHATWG parser turns every notation of an IPv4 host (decimal, octal, hex, short, full-width) into dotted decimal. */
function parseHttpUrl(text: string): URL {
  if (text.length > maxUrlChars) {
    throw new OutboundError("bad_url", `The URL is longer than ${maxUrlChars} characters.`);
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new OutboundError("bad_url", "This is not an absolute http or https URL.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new OutboundError("bad_url", "The URL holds a user name or password. Leave it out.");
  }
  return url;
}

function addressesNamedBy(hostname: string): string[] {
  if (isIP(hostname) !== 0) return [hostname];
  return hostname === "localhost" || hostname.endsWith(".localhost") ? ["127.0.0.1", "::1"] : [];
}

function normaliseHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}

function parseRange(entry: string): Range | null {
  // Four decimal parts only: ipaddr.js reads `10/8` as 0.0.0.10/8, which is never what was meant.
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(entry) || ipaddr.IPv6.isValidCIDR(entry)) {
    return ipaddr.parseCIDR(entry);
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(entry)) return [ipaddr.IPv4.parse(entry), 32];
  return ipaddr.IPv6.isValid(entry) ? [ipaddr.IPv6.parse(entry), 128] : null;
}

function parseHost(entry: string): string {
  const host = normaliseHost(entry);
  const parsed = URL.parse(`http://${entry}/`)?.hostname;
  // A name that the parser leaves as it is: no port, path, user name or other notation of an address.
  if (parsed === undefined || normaliseHost(parsed) !== host || isIP(host) !== 0) {
    throw new TypeError(`Outbound allow list: "${entry}" is not a CIDR range, an IP address or a host name.`);
  }
  return host;
}
