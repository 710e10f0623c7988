import { createHostPolicy, parseAllowedHost } from './host-policy.js';
import { guardUrl } from './url-guard.js';

const policy = createHostPolicy({
  ownHosts: ['own.example', '*.wide.example'],
  ownOrigins: ['https://panel.example:8443', 'http://plain.example'],
  allowHosts: ['cdn.example', 'port.example:9000', '127.0.0.1:4100', '[::1]:4100', 'localhost:4200'],
});

const reasonOf = (url: string): string => {
  try {
    guardUrl(url, policy);
    return 'allowed';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

describe('a connection’s host policy', () => {
  it.each([
    ['https://own.example/a', 'allowed'],
    ['https://OWN.example/a', 'allowed'],
    ['https://own.example:443/a', 'allowed'],
    ['http://own.example/a', 'port'],
    ['http://own.example:443/a', 'scheme'],
    ['https://own.example:8443/a', 'port'],
    ['https://own.example./a', 'host'],
    ['https://sub.own.example/a', 'host'],
    ['https://own.example.evil.example/a', 'host'],
    ['https://a.wide.example/', 'allowed'],
    ['https://a.b.wide.example/', 'allowed'],
    ['https://wide.example/', 'host'],
    ['https://evilwide.example/', 'host'],
    ['https://panel.example:8443/', 'allowed'],
    ['https://panel.example/', 'port'],
    ['http://plain.example/', 'scheme'],
    ['https://cdn.example/', 'allowed'],
    ['http://cdn.example/', 'allowed'],
    ['https://cdn.example:22/', 'port'],
    ['https://port.example:9000/', 'allowed'],
    ['https://port.example/', 'port'],
    ['http://127.0.0.1:4100/', 'allowed'],
    ['http://[::1]:4100/', 'allowed'],
    ['http://127.0.0.1:4101/', 'port'],
    ['http://127.0.0.2:4100/', 'host'],
    ['https://cdn.example/a?mail=a@b#c', 'allowed'],
    ['https://user@cdn.example/', 'userinfo'],
    ['https://@cdn.example/', 'userinfo'],
    ['https:/@cdn.example/', 'userinfo'],
    ['https://cdn.example\\@evil.example/', 'url'],
    ['ftp://cdn.example/', 'scheme'],
    [`https://cdn.example/${'a'.repeat(5000)}`, 'url'],
  ])('%s: %s', (url, reason) => {
    expect(reasonOf(url)).toBe(reason);
  });

  it('permits a private address only where it stands literally, with its port', () => {
    expect(policy.permitsPrivate('127.0.0.1', '127.0.0.1', 4100)).toBe(true);
    expect(policy.permitsPrivate('127.0.0.1', '127.0.0.1', 443)).toBe(false);
    expect(policy.permitsPrivate('cdn.example', '127.0.0.1', 443)).toBe(false);
    expect(policy.permitsPrivate('localhost', '127.0.0.1', 4200)).toBe(true);
    expect(policy.permitsPrivate('localhost', '10.0.0.1', 4200)).toBe(false);
    expect(policy.permitsPrivate('cdn.example', '127.0.0.1', 4200)).toBe(false);
  });
});

describe('parseAllowedHost', () => {
  it.each([
    ['CDN.Example', { hostname: 'cdn.example', ports: [443, 80] }],
    ['host.example:80', { hostname: 'host.example', ports: [80] }],
    ['[::1]:4000', { hostname: '[::1]', ports: [4000] }],
  ])('reads %s', (entry, expected) => {
    expect(parseAllowedHost(entry)).toEqual(expected);
  });

  it.each([
    '',
    'https://host.example',
    'host.example/path',
    'host:0',
    'host:70000',
    '*',
    '*.example',
    'u@host',
    '::1',
    'a b',
  ])('refuses "%s"', (entry) => {
    expect(() => parseAllowedHost(entry)).toThrow(/is not host or host:port/);
  });
});
