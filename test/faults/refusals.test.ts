import { jest } from '@jest/globals';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../server/postgres/free-port.js';
import { DataDir } from '../support/data-dir.js';
import { SECRETS, ServerProcess, type Env } from '../support/server-process.js';

jest.setTimeout(120_000);

let dir: DataDir;

beforeAll(async () => {
  dir = await DataDir.create();
});

afterAll(() => dir[Symbol.asyncDispose]());

/** Starts one that must refuse: exit code 1, nothing on standard output, one line on standard error. Answers that line. */
async function refusal(env: Env): Promise<string> {
  await using server = ServerProcess.spawn(dir.path, env);
  const { code } = await server.exited;
  expect({ code, stdout: server.stdout, lines: server.stderr.split('\n').length }).toEqual({
    code: 1,
    stdout: '',
    lines: 2,
  });
  return server.stderr.trimEnd();
}

/** Listens on a free port and does as it is told with whoever connects. */
async function listener(greet: Parameters<typeof createServer>[1] = () => undefined): Promise<Server> {
  const server = createServer({}, greet).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe('a configuration that cannot be', () => {
  it('is told at once, every problem by its name', async () => {
    const line = await refusal({ PORT: 'abc', LOG_LEVEL: 'loud', EARSHOT_ROLES: 'boss', STORAGE: 's3' });
    expect(line).toMatch(/^Configuration: /);
    for (const name of ['PORT', 'LOG_LEVEL', 'EARSHOT_ROLES', 'S3_BUCKET']) expect(line).toContain(name);
  });

  it('is a database without the secrets that several servers must share', async () => {
    const line = await refusal({ DATABASE_URL: 'postgresql://earshot@127.0.0.1/earshot' });
    expect(line).toMatch(/AUTH_JWT_SECRET/);
    expect(line).toMatch(/URL_SIGNING_KEYS/);
  });
});

describe('the embedded database', () => {
  it('is stopped again when the port is taken', async () => {
    const taken = await listener();
    const port = portOf(taken);
    expect(await refusal({ PORT: String(port) })).toBe(
      `Port ${port} is in use. Stop what listens there, or set PORT to another one.`,
    );
    taken.close();
    expect(await dir.postgresPid()).toBeUndefined();
  });

  it('belongs to the first server, which a second one does not disturb', async () => {
    await using first = await ServerProcess.start(dir.path);
    expect(await refusal({})).toBe(
      `Another Earshot (process ${first.pid}) is using ${dir.path}: stop it, or give this one its own EARSHOT_DATA_DIR.`,
    );
    expect(await first.readiness()).toBe(200);
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['the database of another PostgreSQL', 'postgres/data/PG_VERSION', '12\n', /made by PostgreSQL 12/],
    ['damaged secrets', 'secrets.json', '{"jwtSecret":', /^The secrets in .*secrets\.json cannot be read/],
    [
      'secrets that are too few',
      'secrets.json',
      '{"jwtSecret":""}',
      /^The secrets in .*secrets\.json cannot/,
    ],
  ])('refuses %s', async (_name, file, text, expected) => {
    const path = join(dir.path, file);
    const before = await readFile(path);
    await writeFile(path, text);
    expect(await refusal({})).toMatch(expected);
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(await dir.postgresPid()).toBeUndefined();
    await writeFile(path, before);
  });
});

describe('a database of the operator', () => {
  const ours = new URL(process.env['EARSHOT_TEST_DATABASE_URL'] ?? '');
  const faults: [name: string, url: () => Promise<URL>, expected: RegExp][] = [
    ['nothing listens', async () => at(await freePort()), /at 127\.0\.0\.1:\d+ .*: nothing listens there\.$/],
    ['it hangs up', () => listening((socket) => socket.destroy()), /: it closed the connection\.$/],
    ['it says nothing', () => listening(() => undefined), /: it does not answer\.$/],
    ['the password is wrong', () => changed({ password: 'wrong' }), /: it refuses this user or password\.$/],
    ['there is no such user', () => changed({ username: 'nobody-here' }), /: it refuses this user/],
  ];
  const open: Server[] = [];

  afterAll(() => {
    for (const server of open) server.close();
  });

  function at(port: number): URL {
    return new URL(`postgresql://earshot:secret@127.0.0.1:${port}/earshot`);
  }

  async function listening(greet: Parameters<typeof createServer>[1]): Promise<URL> {
    const server = await listener(greet);
    open.push(server);
    return at(portOf(server));
  }

  async function changed(part: Partial<URL>): Promise<URL> {
    return Object.assign(new URL(ours), part);
  }

  it.each(faults)('is refused in one line when %s', async (_name, make, expected) => {
    const url = await make();
    const line = await refusal({ ...SECRETS, DATABASE_URL: url.href });
    expect(line).toMatch(/^DATABASE_URL: the database "earshot" at /);
    expect(line).toMatch(expected);
    expect(line).not.toContain(url.password);
  });
});
