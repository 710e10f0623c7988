import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SECRETS } from '../support/server-process.js';
import { TestApp } from '../support/test-app.js';

const COMMAND = fileURLToPath(new URL('../../dist/server/commands/users.js', import.meta.url));

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api', ROLE_CACHE_SECONDS: '0' } });
});
afterAll(() => app[Symbol.asyncDispose]());

/** The built command, as `npm run users` starts it. */
function users(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...SECRETS, DATABASE_URL: app.database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const signIn = (email: string, password: string) => app.clientWith(undefined).signIn({ email, password });
const passwordIn = (text: string): string => /Password: (\S+)/.exec(text)?.[1] ?? '';

it('adds who can sign in with the password that it prints, and nobody twice', async () => {
  const added = await users('add', 'Asha@Example.com', '--name', 'Asha', '--role', 'admin');
  expect(added).toMatchObject({ code: 0, stderr: '' });
  const { user } = await signIn('asha@example.com', passwordIn(added.stdout));
  expect(user).toMatchObject({ name: 'Asha', email: 'asha@example.com', role: 'ADMIN' });
  const again = await users('add', 'asha@example.com', '--name', 'Other', '--role', 'MANAGER');
  expect(again).toEqual({ code: 1, stdout: '', stderr: 'asha@example.com is there already.\n' });
});

it('changes role and password, and shuts out who is inactive', async () => {
  const first = passwordIn(
    (await users('add', 'r@example.com', '--name', 'R', '--role', 'TELECALLER')).stdout,
  );
  const changed = await users('set', 'r@example.com', '--role', 'MANAGER', '--new-password');
  const second = passwordIn(changed.stdout);
  expect((await signIn('r@example.com', second)).user.role).toBe('MANAGER');
  await expect(signIn('r@example.com', first)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await users('set', 'r@example.com', '--inactive')).code).toBe(0);
  await expect(signIn('r@example.com', second)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await users('list')).stdout).toMatch(/^r@example\.com\tR\tMANAGER\tinactive\tpassword$/m);
});

it('keeps those of an identity provider without a password', async () => {
  expect(
    (await users('add', 'i@example.com', '--name', 'I', '--role', 'ADMIN', '--no-password')).stdout,
  ).toBe('Added i@example.com.\n');
  expect((await users('list')).stdout).toContain('i@example.com\tI\tADMIN\tactive\tidentity provider');
});

it('says in one line that there is no such user', async () => {
  expect(await users('set', 'nobody@example.com', '--inactive')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'There is no user nobody@example.com.\n',
  });
});

it.each([
  [[]],
  [['remove', 'a@example.com']],
  [['add', 'a@example.com', '--role', 'ADMIN']],
  [['add', 'a@example.com', '--name', 'A', '--role', 'OWNER']],
  [['add', 'no address', '--name', 'A', '--role', 'ADMIN']],
  [['set', 'a@example.com', '--active', '--inactive']],
  [['set', 'a@example.com', '--age', '7']],
])('%j is asked wrongly: it says how to ask', async (args) => {
  const { code, stdout, stderr } = await users(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('npm run users -- add EMAIL');
});
