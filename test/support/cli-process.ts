import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The command as it is installed, in a process of its own. */
export class CliProcess {
  stdout = '';
  stderr = '';
  /** The exit code; null after a signal. */
  readonly exited: Promise<number | null>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(child, 'close').then(([code]) => code as number | null);
  }

  /** `words`: as typed, separated by spaces. The environment is only what is given, beside PATH. */
  static spawn(words: string, env: Record<string, string> = {}): CliProcess {
    const child = spawn(process.execPath, ['sdk/cli/earshot.mjs', ...words.split(' ').filter(Boolean)], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
    });
    return new CliProcess(child);
  }

  /** Resolves when its standard output holds the text; rejects when it ends without. */
  async printed(text: string | RegExp): Promise<void> {
    const holds = (): boolean =>
      typeof text === 'string' ? this.stdout.includes(text) : text.test(this.stdout);
    const gone = this.exited.then((code) => {
      if (!holds()) throw new Error(`the command ended (${code}): ${this.stdout}${this.stderr}`);
    });
    gone.catch(() => undefined);
    while (!holds()) await Promise.race([gone, this.child.stdout && once(this.child.stdout, 'data')]);
  }

  /** Its lines as JSON. */
  lines<Line>(): Line[] {
    const lines = this.stdout.split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Line);
  }
}

/** Runs the command to its end. */
export async function earshot(
  words: string,
  env?: Record<string, string>,
): Promise<CliProcess & { code: number | null }> {
  const command = CliProcess.spawn(words, env);
  return Object.assign(command, { code: await command.exited });
}
