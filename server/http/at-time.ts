/** Larger delays do not fit setTimeout. */
const MOST_MS = 2 ** 31 - 1;

/** Acts at this time, however far off; answers how to call it off. */
export function atTime(time: Date, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = time.getTime() - Date.now();
    timer = left > MOST_MS ? setTimeout(arm, MOST_MS) : setTimeout(act, left);
  };
  arm();
  return () => clearTimeout(timer);
}
