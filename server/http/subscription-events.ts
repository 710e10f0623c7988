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
): Promise<AsyncGenerator<ExecutionResult, void> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return answerEach(source, async (event) => {
    const contextValue = await freshContext();
    return contextValue.run(() => execute({ ...args, rootValue: event, contextValue }));
  });
}

async function* answerEach(
  source: AsyncIterable<unknown>,
  answer: (event: unknown) => Promise<ExecutionResult>,
): AsyncGenerator<ExecutionResult, void> {
  for await (const event of source) {
    const result = await answer(event);
    if (result.errors?.some(endsSilently)) return;
    yield result;
  }
}

/** Only where the event's own object is out of reach: a field of it that fails alone is part of the answer. */
function endsSilently({ path, originalError }: GraphQLError): boolean {
  const code = originalError && 'code' in originalError ? originalError.code : undefined;
  return path?.length === 1 && SILENT_END.has(code);
}
