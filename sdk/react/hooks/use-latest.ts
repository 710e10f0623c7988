import { useEffect, useRef, type RefObject } from 'react';

/** The value of the latest rendering, for effects and callbacks that are not to begin anew because of it. */
export function useLatest<TValue>(value: TValue): RefObject<TValue> {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}
