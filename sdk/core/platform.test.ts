import { globalPlatform } from './platform.js';
import type { FetchLike } from './platform.js';

describe('globalPlatform', () => {
  it('takes the fetch of the moment, with its owner', async () => {
    const original = globalThis.fetch;
    const owners: unknown[] = [];
    const { fetch } = globalPlatform();
    globalThis.fetch = function stub(this: unknown) {
      owners.push(this);
      return Promise.resolve(new Response('hi'));
    };
    try {
      expect(await (await fetch('http://localhost')).text()).toBe('hi');
      expect(owners[0]).toBe(globalThis);
    } finally {
      globalThis.fetch = original;
    }
  });

  it('makes unique ids, without crypto too', () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
    const ids = [globalPlatform().uniqueId(), globalPlatform().uniqueId()];
    Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true });
    try {
      const { uniqueId } = globalPlatform();
      ids.push(uniqueId(), uniqueId());
    } finally {
      if (own) Object.defineProperty(globalThis, 'crypto', own);
    }
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[2]).toMatch(/^[0-9a-f-]{20,}$/);
  });

  it("accepts the platform's own fetch as its type", () => {
    const fits: FetchLike = globalThis.fetch;
    expect(typeof fits).toBe('function');
  });
});
