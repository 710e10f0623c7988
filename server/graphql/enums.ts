/** The words of a union as the object that GraphQL enums are registered from: `{ NEW: 'NEW', … }`. */
export function enumOf<const Word extends string>(words: readonly Word[]): { readonly [W in Word]: W } {
  return Object.fromEntries(words.map((word) => [word, word])) as { [W in Word]: W };
}
