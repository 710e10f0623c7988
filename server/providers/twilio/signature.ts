import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Twilio's X-Twilio-Signature: HMAC-SHA1 in base64 over the exact URL, then each POST parameter's name and value, sorted
 * by name (twilio.com/docs/usage/security). A parameter sent several times counts with each distinct value, sorted.
 */
export function twilioSignature(authToken: string, url: string, parameters: URLSearchParams): string {
  const names = [...new Set(parameters.keys())].sort();
  const signed = names.flatMap((name) =>
    [...new Set(parameters.getAll(name))].sort().map((value) => name + value),
  );
  return createHmac('sha1', authToken)
    .update(url + signed.join(''))
    .digest('base64');
}

/** In a time that does not tell how much was right. */
export function twilioSignatureMatches(
  given: string,
  authToken: string,
  url: string,
  parameters: URLSearchParams,
): boolean {
  const expected = Buffer.from(twilioSignature(authToken, url, parameters));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
