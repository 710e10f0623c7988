/** Does the work when it is first asked for, and not again unless it failed. */
export function once<T>(work: () => Promise<T>): { get(): Promise<T>; forget(): void } {
  let done: Promise<T> | undefined;
  const forget = () => {
    done = undefined;
  };
  const get = () => {
    done ??= work().catch((error: unknown) => {
      forget();
      throw error;
    });
    return done;
  };
  return { get, forget };
}
