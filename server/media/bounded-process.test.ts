import { readFileSync } from 'node:fs';
import { runBounded, type BoundedRun, type ProcessFailed } from './bounded-process.js';

const SHELL = '/bin/sh';

async function run(script: string, options: Partial<BoundedRun> = {}): Promise<string> {
  const pieces: Buffer[] = [];
  await runBounded({
    command: SHELL,
    args: ['-c', script],
    env: { PATH: '/usr/bin:/bin' },
    signal: new AbortController().signal,
    seconds: 10,
    outputBytes: 100_000,
    onOutput: (piece) => pieces.push(piece),
    ...options,
  });
  return Buffer.concat(pieces).toString();
}

/** The id that the script told before it went on, and whether it is still there. */
async function survivorOf(script: string, options: Partial<BoundedRun>): Promise<[unknown, boolean]> {
  let pid = 0;
  const onOutput = (piece: Buffer): void => {
    pid ||= Number.parseInt(piece.toString(), 10);
  };
  const fault: unknown = await run(script, { ...options, onOutput }).catch((error: unknown) => error);
  return [fault, isAlive(pid)];
}

function isAlive(pid: number): boolean {
  if (!pid) throw new Error('it never told its id');
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Killed, and not yet noticed by whoever adopted it.
  return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

it('gives what the program gives, all of it', async () => {
  expect(await run('echo one; echo two')).toBe('one\ntwo\n');
});

it('tells it nothing of our surroundings', async () => {
  process.env['A_SECRET_OF_OURS'] = 'x';
  expect(await run('env')).not.toContain('A_SECRET_OF_OURS');
});

it.each([
  ['exit', 'echo why >&2; exit 3', /exit 3: why/],
  ['exit', 'kill -SEGV $$', /killed by SIGSEGV/],
] as const)('%s: %s', async (reason, script, message) => {
  await expect(run(script)).rejects.toMatchObject({
    reason,
    message: expect.stringMatching(message) as string,
  });
});

it('a program that is not there', async () => {
  const command = '/nowhere/ffmpeg';
  await expect(run('', { command })).rejects.toMatchObject({ name: 'ProcessFailed', reason: 'missing' });
});

it('keeps little of endless complaints', async () => {
  const fault: unknown = await run('yes no >&2', { seconds: 0.3 }).catch((error: unknown) => error);
  expect(fault).toMatchObject({ reason: 'timeout' });
  expect((fault as ProcessFailed).message.length).toBeLessThan(3000);
});

/** The shell's child holds the output open: the whole group has to go. */
it('ends what hangs, with all that it began', async () => {
  const [fault, alive] = await survivorOf('sleep 60 & echo $!; wait', { seconds: 0.3 });
  expect(fault).toMatchObject({ reason: 'timeout' });
  expect(alive).toBe(false);
});

it('ends what gives too much', async () => {
  const [fault, alive] = await survivorOf('echo $$; sleep 0.2; exec yes', { outputBytes: 50_000 });
  expect(fault).toMatchObject({ reason: 'output' });
  expect(alive).toBe(false);
});

it('ends it when it is no longer wanted', async () => {
  const stop = new AbortController();
  const [fault, alive] = await survivorOf('sleep 60 & echo $!; wait', {
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(300)]),
  });
  expect(fault).toMatchObject({ name: 'TimeoutError' });
  expect(alive).toBe(false);
});

it('ends it when its reader fails', async () => {
  const onOutput = (): never => {
    throw new Error('enough');
  };
  await expect(run('exec yes', { onOutput })).rejects.toThrow('enough');
});
