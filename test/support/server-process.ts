import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EarshotClient } from '../../sdk/core/index.js';
import { startArguments } from './start-arguments.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY = /^Earshot is ready\.\s+GraphQL: (\S+)\/graphql\b.*\n/m;

/** With DATABASE_URL a server wants these. */
export const SECRETS = {
  AUTH_JWT_SECRET: 'a secret for tests, long enough to be one',
  URL_SIGNING_KEYS: 'test:a-key-for-tests-that-is-long-enough-to-be-one',
};

function startLine(): string[] {
  const { flags, main } = startArguments();
  return [...flags, main];
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export type Env = Record<string, string>;

/** A whole server as the operator starts it: a process in a group of its own, on a free port. */
export class ServerProcess implements AsyncDisposable {
  /** All that it printed so far. */
  stdout = '';
  stderr = '';
  /** Resolves when the process is gone and all of its output is here. */
  readonly exited: Promise<Exit>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Exit);
  }

  /** Does not wait for anything. The environment is only what is given, beside PATH. */
  static spawn(dataDir: string, env: Env = {}, args = startLine()): ServerProcess {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        PORT: '0',
        LOG_LEVEL: 'warn',
        // What players need is made where a test is about it.
        MEDIA: 'off',
        EARSHOT_DATA_DIR: dataDir,
        ...env,
      },
    });
    return new ServerProcess(child);
  }

  /** Resolves when it says that it is ready; rejects with its words when it ends instead. */
  static async start(dataDir: string, env: Env = {}, args?: string[]): Promise<ServerProcess> {
    const server = ServerProcess.spawn(dataDir, env, args);
    await server.printed(READY);
    return server;
  }

  /** The origin that it printed. */
  get url(): string {
    const url = READY.exec(this.stdout)?.[1];
    if (url === undefined) throw new Error('the server has not said yet where it listens');
    return url;
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('the server was not started');
    return pid;
  }

  /** Resolves when its standard output holds the text; rejects when it ends without. */
  async printed(text: RegExp): Promise<void> {
    const gone = this.exited.then(({ code, signal }) => {
      if (!text.test(this.stdout)) throw new Error(`the server ended (${code ?? signal}): ${this.stderr}`);
    });
    // Whoever waits no longer hears of the end by `exited`.
    gone.catch(() => undefined);
    while (!text.test(this.stdout)) {
      await Promise.race([gone, this.child.stdout && once(this.child.stdout, 'data')]);
    }
  }

  /** To every process of its group, as a terminal does. False when there is none left. */
  signal(name: NodeJS.Signals): boolean {
    try {
      return process.kill(-this.pid, name);
    } catch {
      return false;
    }
  }

  /** Sends the signal and resolves when the process is gone. */
  async end(name: NodeJS.Signals): Promise<Exit> {
    this.signal(name);
    return this.exited;
  }

  /** Tries once: what a test breaks, it wants to see. */
  client(token?: string): EarshotClient {
    return new EarshotClient({
      url: `${this.url}/graphql`,
      retry: { retries: 0 },
      ...(token === undefined ? {} : { token }),
    });
  }

  /** A client signed in as one of the demo's people: `telecaller`, `admin`, …. */
  async signedIn(name: string): Promise<EarshotClient> {
    const client = this.client();
    await client.signIn({ email: `${name}@example.com`, password: 'earshot-demo' });
    return client;
  }

  async readiness(): Promise<number> {
    return (await fetch(`${this.url}/readyz`)).status;
  }

  /** Whether it takes no connection any more. */
  async refuses(): Promise<boolean> {
    return this.readiness().then(
      () => false,
      () => true,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
