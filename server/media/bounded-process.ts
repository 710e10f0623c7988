import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';

/** What a foreign program may take; more than that ends it. */
export interface ProcessLimits {
  readonly seconds: number;
  /** On its standard output. */
  readonly outputBytes: number;
}

export interface BoundedRun extends ProcessLimits {
  readonly command: string;
  readonly args: readonly string[];
  /** All that it is told of its surroundings: none of our secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called with each piece of its output; while it works, the program waits. */
  readonly onOutput: (piece: Buffer) => void;
}

/** A foreign program did not do what it was asked. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed';

  constructor(
    readonly reason: 'missing' | 'exit' | 'timeout' | 'output',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Of what it says about its failure, the end is kept. */
const COMPLAINT_BYTES = 2048;
/** Of a launcher (prlimit, a shell): the program was found and could not be run, or was not found (POSIX, XCU 2.8.2). */
const NOT_RUN: ReadonlySet<string> = new Set(['exit 126', 'exit 127']);
/** So that requests go first. */
const NICENESS = 10;

/**
 * Runs a program without a shell, in a process group of its own, which is killed as a whole when its time or its output
 * is used up, or the signal aborts. Resolves when it ended well.
 *
 * Throws ProcessFailed, the signal's reason, or what `onOutput` throws.
 */
export async function runBounded(run: BoundedRun): Promise<void> {
  run.signal.throwIfAborted();
  const child = spawn(run.command, run.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: run.env,
    detached: true,
    windowsHide: true,
  });
  let fault: Error | undefined;
  const stop = (why: unknown): void => {
    fault ??= why as Error;
    killGroup(child);
  };
  const onAbort = (): void => stop(run.signal.reason);
  run.signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(
    () => stop(new ProcessFailed('timeout', `it took longer than ${run.seconds} seconds`)),
    run.seconds * 1000,
  );
  try {
    lowerPriority(child);
    const complaint = complaintOf(child.stderr);
    readOutput(child.stdout, run, stop);
    const end = await ended(child);
    if (fault) throw fault;
    if (end !== 'exit 0')
      throw new ProcessFailed(NOT_RUN.has(end) ? 'missing' : 'exit', `${end}: ${complaint()}`);
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener('abort', onAbort);
    killGroup(child);
  }
}

function readOutput(stdout: Readable, run: BoundedRun, stop: (why: unknown) => void): void {
  let bytes = 0;
  stdout.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > run.outputBytes)
      return stop(new ProcessFailed('output', `it gave more than ${run.outputBytes} bytes`));
    try {
      run.onOutput(piece);
    } catch (error) {
      stop(error);
    }
  });
}

/** Resolves when it is gone and its output is read to the end. */
function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new ProcessFailed('missing', 'cannot be run', { cause: error })));
    child.once('close', (code, signal) => resolve(code === null ? `killed by ${signal}` : `exit ${code}`));
  });
}

function complaintOf(stderr: Readable): () => string {
  let end = Buffer.alloc(0);
  stderr.on('data', (piece: Buffer) => {
    end = Buffer.concat([end, piece]).subarray(-COMPLAINT_BYTES);
  });
  return () => end.toString('utf8').trim();
}

function lowerPriority(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, NICENESS);
  } catch {
    // It is gone already, or the system allows no other priority: it is bounded all the same.
  }
}

/** The whole group: what it started itself would keep its output open. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}
