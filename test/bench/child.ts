import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A file of this folder in a process of its own, which answers one message after the other. */
export class Child<Question extends object, Answer> implements AsyncDisposable {
  private readonly child: ChildProcess;

  constructor(file: string) {
    this.child = fork(new URL(file, import.meta.url));
  }

  async ask(question: Question): Promise<Answer> {
    this.child.send(question);
    const [{ result, error }] = (await once(this.child, 'message')) as [{ result?: Answer; error?: string }];
    if (result === undefined) throw new Error(error);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}

/** The other side: answers every question of whoever forked this process. */
export function answerAll(answer: (question: never) => Promise<unknown>): void {
  process.on('message', (question) => {
    answer(question as never).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
}
