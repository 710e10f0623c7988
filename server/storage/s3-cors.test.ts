import type { CORSRule } from '@aws-sdk/client-s3';
import { whatPagesLack } from './s3-cors.js';
import { corsRule } from './s3-setup.js';

const PAGE = 'https://calls.example';
const ours = corsRule([PAGE]);
const foreign: CORSRule = { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'PUT'], AllowedHeaders: ['*'] };

it.each<[string, CORSRule[], string, string[]]>([
  ['our rule', [ours], PAGE, []],
  ['an origin with an asterisk', [corsRule(['http://localhost:*'])], 'http://localhost:8080', []],
  ['no page at all', [], '', []],
  ['no rule', [], PAGE, [`pages of ${PAGE} may not GET directly`, `pages of ${PAGE} may not PUT directly`]],
  [
    'a rule of another page',
    [corsRule(['https://other.example'])],
    PAGE,
    [`pages of ${PAGE} may not GET directly`, `pages of ${PAGE} may not PUT directly`],
  ],
  [
    'a rule without PUT',
    [{ ...ours, AllowedMethods: ['GET', 'HEAD'] }],
    PAGE,
    [`pages of ${PAGE} may not PUT directly`],
  ],
  [
    'a rule that does not let If-None-Match through',
    [{ ...ours, AllowedHeaders: ['range', 'content-type', 'x-amz-*'] }],
    PAGE,
    [`pages of ${PAGE} may not PUT directly`],
  ],
  [
    'a rule of others that comes first, and exposes nothing',
    [foreign, ours],
    PAGE,
    [
      `pages of ${PAGE} do not see Content-Range, Accept-Ranges, Content-Length of a GET`,
      `pages of ${PAGE} do not see ETag of a PUT`,
    ],
  ],
])('%s', (_name, rules, page, lacks) => {
  expect(whatPagesLack(rules, page === '' ? [] : [page])).toEqual(lacks);
});
