import type { CORSRule } from '@aws-sdk/client-s3';

interface Need {
  method: 'GET' | 'PUT';
  /** That a browser asks for in its preflight. */
  sends: readonly string[];
  reads: readonly string[];
}

const NEEDS: readonly Need[] = [
  { method: 'GET', sends: ['range'], reads: ['Content-Range', 'Accept-Ranges', 'Content-Length'] },
  { method: 'PUT', sends: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'], reads: ['ETag'] },
];

/** What pages of these origins could not do with signed links, a sentence for each; none where all is well. */
export function whatPagesLack(rules: readonly CORSRule[], origins: readonly string[]): string[] {
  return origins.flatMap((origin) => NEEDS.flatMap((need) => lackOf(rules, origin, need)));
}

/** S3 answers by the first rule that allows all that is asked. */
function lackOf(rules: readonly CORSRule[], origin: string, { method, sends, reads }: Need): string[] {
  const rule = rules.find(
    ({ AllowedOrigins = [], AllowedMethods = [], AllowedHeaders = [] }) =>
      AllowedOrigins.some((pattern) => fits(pattern, origin)) &&
      AllowedMethods.includes(method) &&
      sends.every((name) => AllowedHeaders.some((pattern) => fits(pattern.toLowerCase(), name))),
  );
  if (!rule) return [`pages of ${origin} may not ${method} directly`];
  const exposed = (rule.ExposeHeaders ?? []).map((name) => name.toLowerCase());
  const hidden = reads.filter((name) => !exposed.includes(name.toLowerCase()));
  return hidden.length === 0 ? [] : [`pages of ${origin} do not see ${hidden.join(', ')} of a ${method}`];
}

/** A pattern of S3 has at most one asterisk. */
function fits(pattern: string, text: string): boolean {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return pattern === text;
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
}
