import type { EarshotClient } from '../core/index.js';
import type { Interrupts } from './interrupts.js';
import type { Output } from './run-view.js';

/** What a command works with, so that it touches nothing global. */
export interface Context {
  /** Made when it is first asked for: the options are looked at before. */
  readonly client: () => EarshotClient;
  readonly output: Output & NodeJS.WritableStream;
  readonly interrupts: Interrupts;
}

/** Answers the exit code. */
export type Command = (args: readonly string[], context: Context) => Promise<number>;
