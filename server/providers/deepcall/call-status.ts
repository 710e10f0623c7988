import type { CallStatus } from '../provider.js';
import { Fields, isObject, toText, type Json } from '../webhook/fields.js';
import { statusOfWord } from '../webhook/status-words.js';

/** `callStatus` as a customer of DeepCall maps it; DeepCall documents none of it. */
const BY_CODE: ReadonlyMap<string, CallStatus> = new Map(
  (
    [
      ['RINGING', [1, 2]],
      ['COMPLETED', [3]],
      ['ANSWERED', [4, 5, 6, 10]],
      ['NO_ANSWER', [7, 8, 9]],
      ['CANCELLED', [11, 12, 20, 21]],
      ['FAILED', [13, 14, 15, 16, 18]],
      ['BUSY', [17, 19]],
    ] as const
  ).flatMap(([status, codes]) => codes.map((code) => [String(code), status] as const)),
);

/** One answered leg outweighs what befell the other. */
const LEG_ORDER: readonly CallStatus[] = ['ANSWERED', 'BUSY', 'NO_ANSWER', 'CANCELLED', 'FAILED', 'RINGING'];

/** By the code, else by the word that a renamed template sends, else by what the call's legs say. */
export function deepcallStatus(code: string | undefined, legs: readonly Json[]): CallStatus | undefined {
  return BY_CODE.get(code ?? '') ?? statusOfWord(code) ?? statusOfLegs(legs);
}

function statusOfLegs(legs: readonly Json[]): CallStatus | undefined {
  const statuses = legs.flatMap((leg) =>
    isObject(leg) ? (statusOfWord(toText(new Fields(leg).value(['status']), 40)) ?? []) : [],
  );
  return LEG_ORDER.find((status) => statuses.includes(status));
}
