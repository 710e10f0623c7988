import { Transform, type Readable } from 'node:stream';
import type { Storage } from '../../server/storage/storage.js';

/** Bytes of a body that pass before `amid`. */
const AMID_BYTES = 100_000;

type Operation = (key: string, ...rest: unknown[]) => Promise<unknown>;

/** Prints that this is the step, and never goes on. */
function stop(step: string): Promise<never> {
  process.stdout.write(`STOPPED ${step}\n`);
  return new Promise(() => undefined);
}

/**
 * The store, but that it never goes on at one step, as `after put recordings/`: `before`, `amid` (the body of a put) or
 * `after`, an operation of the store or of its direct part, and what its key begins with.
 */
export function stoppingAt(step: string, storage: Storage): Storage {
  const [when = '', name = '', prefix = ''] = step.split(' ');
  const wrap = <T extends object>(target: T): T => {
    const operation: unknown = Reflect.get(target, name);
    const wrapped = Object.create(target) as T;
    if (typeof operation !== 'function') return wrapped;
    const stopping: Operation = async (key, ...rest) => {
      if (!key.startsWith(prefix)) return Reflect.apply(operation, target, [key, ...rest]) as unknown;
      if (when === 'before') return stop(step);
      const [body, ...others] = rest;
      const given = when === 'amid' ? [(body as Readable).pipe(amid(step)), ...others] : rest;
      const answer: unknown = await Reflect.apply(operation, target, [key, ...given]);
      return when === 'after' ? stop(step) : answer;
    };
    return Object.assign(wrapped, { [name]: stopping });
  };
  return storage.direct ? Object.assign(wrap(storage), { direct: wrap(storage.direct) }) : wrap(storage);
}

function amid(step: string): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed >= AMID_BYTES) void stop(step);
      else done(null, chunk);
    },
  });
}
