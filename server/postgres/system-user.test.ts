import { parsePasswd } from './system-user.js';

describe('parsePasswd', () => {
  it('reads accounts and skips what is none', () => {
    const text = '# comment\nroot:x:0:0:root:/root:/bin/sh\nnobody:*:-2:-2::/:/x\nbroken:x:y:z\n\n+::::::\n';
    expect(parsePasswd(text)).toEqual([
      { name: 'root', uid: 0, gid: 0 },
      { name: 'nobody', uid: -2, gid: -2 },
    ]);
  });
});
