import { describe, expect, it } from "vitest";
import { createAddressGuard } from "../../../src/outbound/address-guard.ts";

const guard = createAddressGuard([]);

describe("URLs that lead nowhere public are refused in any notation", () => {
  const forbidden = {
    loopback: [
      "127.0.0.1",
      "127.255.255.254",
      "127.1",
      "127.0.0.1.",
      "localhost",
      "LOCALHOST",
      "localhost.",
      "a.localhost",
    ],
    "loopback, decimal": ["2130706433", "017700000001"],
    "loopback, octal and hex": ["0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "0x7F.1", "0177.0x0.1"],
    "loopback, written otherwise": ["１２７.０.０.１", "①②⑦.0.0.1", "127。0。0。1", "%31%32%37.0.0.1"],
    "loopback, IPv6": ["[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]"],
    "IPv4 in IPv6": [
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "[0:0:0:0:0:ffff:10.0.0.1]",
      "[::127.0.0.1]",
      "[::ffff:0:127.0.0.1]",
    ],
    unspecified: ["0.0.0.0", "0", "0.1.2.3", "[::]"],
    private: ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "0xc0a80001", "3232235521"],
    "unique local": ["[fc00::1]", "[fd12:3456:789a::1]"],
    "link-local": ["169.254.0.1", "[fe80::1]", "[febf::1]"],
    "site-local": ["[fec0::1]"],
    "cloud metadata": [
      "169.254.169.254",
      "0xa9fea9fe",
      "2852039166",
      "[fd00:ec2::254]",
      "100.100.100.200",
      "168.63.129.16",
      "192.0.0.192",
    ],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    multicast: ["224.0.0.1", "239.255.255.255", "[ff02::1]"],
    broadcast: ["255.255.255.255"],
    documentation: ["192.0.2.1", "198.51.100.1", "203.0.113.1", "[2001:db8::1]", "[3fff::1]"],
    "benchmarks and reserved": ["198.18.0.1", "192.0.0.1", "240.0.0.1", "[2001:2::1]", "[100::1]", "[4000::1]"],
    "tunnels that hold an IPv4 address": [
      "[2002:7f00:1::]",
      "[2002:808:808::1]",
      "[64:ff9b::127.0.0.1]",
      "[64:ff9b::808:808]",
      "[64:ff9b:1::7f00:1]",
      "[2001:0:7f00:1::]",
      "192.88.99.1",
    ],
  };
  const cases = Object.entries(forbidden).flatMap(([range, hosts]) => hosts.map((host) => [range, host]));

  it.each(cases)("%s: %s", (_range, host) => {
    expect(() => guard.checkUrl(`http://${host}:8080/hook`)).toThrow(
      expect.objectContaining({ kind: "address_forbidden" }),
    );
  });

  it("are at least sixty", () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
  });
});

it.each([
  "8.8.8.8",
  "1.1.1.1",
  "172.32.0.1",
  "100.63.255.255",
  "100.128.0.1",
  "134744072",
  "[2606:4700:4700::1111]",
  "[::ffff:8.8.8.8]",
  "hooks.example.com",
  "notlocalhost",
  "127.0.0.1.example.com",
])("lets the public host %s pass", (host) => {
  expect(guard.checkUrl(`https://${host}/hook`).protocol).toBe("https:");
});

it.each([
  "",
  "hook",
  "/hook",
  "//example.com/hook",
  "ftp://example.com/",
  "file:///etc/passwd",
  "gopher://example.com/",
  "data:,x",
  "javascript:alert(1)",
  "http://",
  "http://[::1",
  "http://[fe80::1%25eth0]/",
  "http://300.1.1.1/",
  "http://exa mple.com/",
  "http://example.com:99999/",
  `https://example.com/${"a".repeat(8192)}`,
])("refuses %j, which is no http(s) URL", (text) => {
  expect(() => guard.checkUrl(text)).toThrow(expect.objectContaining({ kind: "bad_url" }));
});

it.each([
  "http://user@example.com/",
  "http://user:hunter2@example.com/",
  "http://:hunter2@example.com/",
  "https://example.com:pw@10.0.0.1/",
])("refuses credentials in a URL without repeating them: %s", (text) => {
  expect(() => guard.checkUrl(text)).toThrow(
    expect.objectContaining({ kind: "bad_url", message: expect.not.stringContaining("hunter2") }),
  );
});

it("names the host, and nothing of the path or query, when it refuses", () => {
  expect(() => guard.checkUrl("http://10.0.0.1/path?token=hunter2")).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/path|hunter2/) }),
  );
});

describe("what the operators allow", () => {
  it.each([
    ["127.0.0.0/8", "127.1.2.3"],
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "[::ffff:127.0.0.1]"],
    ["127.0.0.1", "2130706433"],
    ["127.0.0.1", "localhost"],
    ["10.1.0.0/16", "10.1.255.255"],
    ["::1", "[::1]"],
    ["fd00::/8", "[fd12::1]"],
    ["64:ff9b::/96", "[64:ff9b::808:808]"],
    ["localhost", "localhost"],
    ["Hooks.Internal.", "hooks.internal"],
  ])("%s lets %s pass", (allowed, host) => {
    expect(createAddressGuard([allowed]).checkUrl(`http://${host}/`).protocol).toBe("http:");
  });

  it.each([
    ["127.0.0.1", "127.0.0.2"],
    ["10.1.0.0/16", "10.2.0.1"],
    ["0.0.0.0/0", "[::1]"],
    ["localhost", "127.0.0.1"],
    ["localhost", "a.localhost"],
  ])("%s does not let %s pass", (allowed, host) => {
    const check = (): URL => createAddressGuard([allowed]).checkUrl(`http://${host}/`);
    expect(check).toThrow(expect.objectContaining({ kind: "address_forbidden" }));
  });

  it("trusts an allowed host with whatever it resolves to, and only that host", () => {
    const allowing = createAddressGuard(["hooks.internal"]);
    expect(allowing.allows("hooks.internal", "10.0.0.1")).toBe(true);
    expect(allowing.allows("HOOKS.internal.", "10.0.0.1")).toBe(true);
    expect(allowing.allows("evil.hooks.internal", "10.0.0.1")).toBe(false);
  });

  it.each([
    "",
    "10/8",
    "10.0.0.0/33",
    "010.0.0.0/8",
    "1.2.3",
    "0x7f.0.0.1",
    "http://hooks.internal",
    "hooks.internal:8080",
    "a b",
    "user@host",
    "[::1]",
    "host/path",
  ])("cannot be %j: that is refused at the start, by name", (entry) => {
    expect(() => createAddressGuard([entry])).toThrow(`"${entry}" is not a CIDR range`);
  });
});

it.each(["", "fe80::1%eth0", "example.com", "nonsense"])("refuses a socket whose peer is %j", (address) => {
  expect(guard.allows("example.com", address)).toBe(false);
});
