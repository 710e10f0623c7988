import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Load, LoadResult } from './load-process.js';

export type { Load, LoadResult };

/** A client in a process of its own, so that its work is not counted as anybody else's. */
export class LoadClient implements AsyncDisposable {
  private readonly child: ChildProcess = fork(new URL('load-process.ts', import.meta.url));

  async run(load: Load): Promise<LoadResult> {
    this.child.send(load);
    const [answer] = (await once(this.child, 'message')) as [{ result?: LoadResult; error?: string }];
    if (!answer.result) throw new Error(`${load.url}: ${answer.error}`);
    return answer.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
