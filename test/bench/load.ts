import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Load, LoadResult } from './load-process.js';

export type { Load, LoadResult };

/** A client in a process of its own, so that its work is not counted as anybody else's. */
export class LoadClient<Work extends { url: string } = Load, Result = LoadResult> implements AsyncDisposable {
  private readonly child: ChildProcess;

  constructor(script = 'load-process.ts') {
    this.child = fork(new URL(script, import.meta.url));
  }

  async run(load: Work): Promise<Result> {
    this.child.send(load);
    const [answer] = (await once(this.child, 'message')) as [{ result?: Result; error?: string }];
    if (!answer.result) throw new Error(`${load.url}: ${answer.error}`);
    return answer.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
