import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
} from 'graphql';

/** What ends a subscription without a word: the viewer may not see its object any more. */
const SILENT_END: ReadonlySet<unknown> = new Set(['NOT_FOUND', 'FORBIDDEN', 'UNAUTHENTICATED']);

/** A context under which one event is resolved. */
export interface EventContext {
  /** Runs work for this context's viewer. */
  run<T>(work: () => T): T;
}

/**
 * `subscribe` of graphql-js, but with a context of its own for every event (GraphQL specification, section 6.2.3.2
 * leaves that open): what is loaded for one event is not answered for the next, and what the viewer may see is asked
 * anew each time. Ends when it is no longer theirs.
 */
export async function subscribeAfresh(
  args: ExecutionArgs,
  freshContext: () => Promise<EventContext>,
): Promise<AnsweredEvents | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return new AnsweredEvents(source[Symbol.asyncIterator](), async (event) => {
    const contextValue = await freshContext();
    return contextValue.run(() => execute({ ...args, rootValue: event, contextValue }));
  });
}

/**
 * The answers to a stream of events. Not written as an async generator: the `return` of one waits for its pending
 * `next`, which is for the next event, and the stream would stay open until then.
 */
class AnsweredEvents implements AsyncGenerator<ExecutionResult, void, void> {
  private isOver = false;

  constructor(
    private readonly source: AsyncIterator<unknown>,
    private readonly answer: (event: unknown) => Promise<ExecutionResult>,
  ) {}

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    const event = await this.source.next();
    if (event.done) return { done: true, value: undefined };
    try {
      const result = await this.answer(event.value);
      if (!this.isOver && !result.errors?.some(endsSilently)) return { done: false, value: result };
    } catch (error) {
      await this.return();
      throw error;
    }
    return this.return();
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.isOver = true;
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Only where the event's own object is out of reach: a field of it that fails alone is part of the answer. */
function endsSilently({ path, originalError }: GraphQLError): boolean {
  const code = originalError && 'code' in originalError ? originalError.code : undefined;
  return path?.length === 1 && SILENT_END.has(code);
}
