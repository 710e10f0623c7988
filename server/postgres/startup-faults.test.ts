import { StartupError } from '../startup-error.js';
import { asStartupError, postgresFault } from './startup-faults.js';

describe('startup faults', () => {
  it.each([
    ['FATAL:  could not extend file "base/1/2691": No space left on device', /disk that holds \/d is full/],
    ['FATAL:  wrote only 4096 of 8192 bytes\nHINT:  Check free disk space.\nPANIC:  cannot abort', /is full/],
    ['initdb: could not look up effective user ID 4242: user does not exist', /no passwd entry/],
    ['2026-01-01 UTC [7] LOG:  a\n2026-01-01 UTC [7] FATAL:  lock file exists\n', /^It: lock file exists \(/],
    ['', /it said nothing/],
  ])('tells %j in one line', (output, expected) => {
    const { message } = postgresFault('It', output, '/d');
    expect(message).toMatch(expected);
    expect(message).not.toContain('\n');
  });

  it('names the path of a failed system call', () => {
    const cause = Object.assign(new Error('x'), { code: 'EACCES', path: '/d/postgres' });
    const error = asStartupError(cause, '/d');
    expect(error).toBeInstanceOf(StartupError);
    expect(error).toMatchObject({ message: expect.stringMatching(/\/d\/postgres: permission denied/) });
  });

  it('leaves a bug what it is', () => {
    const bug = new TypeError('undefined is not a function');
    expect(asStartupError(bug, '/d')).toBe(bug);
  });
});
