import { useState } from 'react';

/**
 * Everybody and everything seen since the page was opened, by id: the API lists neither people nor campaigns, so this is
 * what a filter can offer.
 */
export function useSeen(
  entries: readonly (readonly [id: string, name: string])[],
): ReadonlyMap<string, string> {
  const [seen, setSeen] = useState<ReadonlyMap<string, string>>(new Map());
  const fresh = entries.filter(([id]) => !seen.has(id));
  if (fresh.length > 0) setSeen(new Map([...seen, ...fresh]));
  return seen;
}

interface Person {
  readonly id: string;
  readonly name: string;
}

/** The people among them; a row may have nobody. */
export function useSeenPeople(people: readonly (Person | null | undefined)[]): ReadonlyMap<string, string> {
  return useSeen(people.flatMap((person) => (person ? [[person.id, person.name] as const] : [])));
}
