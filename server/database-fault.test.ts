import { databaseFault } from './database-fault.js';
import { StartupError } from './startup-error.js';

const URL_GIVEN = 'postgresql://earshot:secret%20word@db.example.com/calls';
const coded = (code: string): Error => Object.assign(new Error('driver words'), { code });

describe('databaseFault', () => {
  it.each([
    ['a refused connection', coded('ECONNREFUSED'), /nothing listens there/],
    [
      'a list of refusals',
      new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]),
      /nothing listens/,
    ],
    [
      'a wrapped error',
      new Error('query failed', { cause: coded('28P01') }),
      /refuses this user or password/,
    ],
    ['a missing database', coded('3D000'), /no such database/],
    ['missing rights', coded('42501'), /may not create tables/],
    ['silence', new Error('timeout expired'), /does not answer/],
    [
      'silence that the pool ended',
      new Error('ended by timeout', { cause: new Error('Connection terminated') }),
      /does not answer/,
    ],
    ['a hang-up', new Error('Connection terminated unexpectedly'), /closed the connection/],
    ['no TLS', new Error('The server does not support SSL connections'), /does not speak TLS/],
  ])('tells %s in one line with the place and no password', (_name, error, reason) => {
    const message = databaseFault(error, URL_GIVEN)?.message ?? '';
    expect(message).toMatch(
      /^DATABASE_URL: the database "calls" at db\.example\.com:5432 cannot be used: [^\n]+\.$/,
    );
    expect(message).toMatch(reason);
    expect(message).not.toMatch(/secret/);
  });

  it.each([
    ['a defect', new TypeError('undefined is not a function')],
    ['a failed statement', coded('42P01')],
    ['a fault that is told already', new StartupError('Port 80 is in use.')],
    ['nothing', undefined],
  ])('leaves %s what it is', (_name, error) => {
    expect(databaseFault(error, URL_GIVEN)).toBeUndefined();
  });

  it('does not loop in an error that is its own cause', () => {
    const error = new Error('odd');
    error.cause = error;
    expect(databaseFault(error, URL_GIVEN)).toBeUndefined();
  });
});
