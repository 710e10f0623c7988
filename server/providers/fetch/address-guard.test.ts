import { canonicalAddress, isPublicAddress } from './address-guard.js';

const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '168.63.129.15',
  '2606:4700::1111',
  '2a00:1450:4001::1',
  '::ffff:8.8.8.8',
];

const NOT_PUBLIC: readonly [string, string][] = [
  ['loopback', '127.0.0.1'],
  ['all of loopback', '127.255.255.254'],
  ['unspecified', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private 10', '10.0.0.1'],
  ['private 172', '172.16.0.1'],
  ['end of private 172', '172.31.255.255'],
  ['private 192', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['Alibaba metadata', '100.100.100.200'],
  ['link-local metadata', '169.254.169.254'],
  ['ECS metadata', '169.254.170.2'],
  ['Azure wire server', '168.63.129.16'],
  ['Oracle metadata', '192.0.0.192'],
  ['documentation', '192.0.2.1'],
  ['6to4 relay', '192.88.99.1'],
  ['benchmarking', '198.18.0.1'],
  ['multicast', '224.0.0.1'],
  ['future use', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['v6 loopback', '::1'],
  ['v6 unspecified', '::'],
  ['v4-mapped loopback', '::ffff:127.0.0.1'],
  ['v4-mapped metadata in hex', '::ffff:a9fe:a9fe'],
  ['v4-mapped wire server', '::ffff:168.63.129.16'],
  ['v4-compatible', '::127.0.0.1'],
  ['v4-translated', '::ffff:0:127.0.0.1'],
  ['NAT64 of loopback', '64:ff9b::7f00:1'],
  ['NAT64 of a public address', '64:ff9b::808:808'],
  ['local-use NAT64', '64:ff9b:1::7f00:1'],
  ['6to4 of loopback', '2002:7f00:1::'],
  ['Teredo', '2001:0:7f00:1::'],
  ['ISATAP of loopback', '2606:4700::5efe:127.0.0.1'],
  ['ISATAP, global', '2606:4700::200:5efe:7f00:1'],
  ['unique local', 'fd00::1'],
  ['EC2 metadata over v6', 'fd00:ec2::254'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['v6 multicast', 'ff02::1'],
  ['documentation v6', '2001:db8::1'],
  ['documentation v6, new', '3fff::1'],
  ['ORCHID', '2001:20::1'],
  ['discard', '100::1'],
  ['outside 2000::/3', '4000::1'],
  ['no address', 'localhost'],
  ['short form', '127.1'],
  ['decimal', '2130706433'],
  ['octal', '0177.0.0.1'],
  ['hexadecimal', '0x7f.0.0.1'],
  ['empty', ''],
];

describe('isPublicAddress', () => {
  it.each(PUBLIC)('accepts %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(NOT_PUBLIC)('refuses %s: %s', (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('canonicalAddress', () => {
  it('gives one spelling', () => {
    expect(canonicalAddress('[0:0:0:0:0:0:0:1]')).toBe('::1');
    expect(canonicalAddress('::ffff:127.0.0.1')).toBe('127.0.0.1');
    expect(canonicalAddress('example.com')).toBeUndefined();
  });
});
