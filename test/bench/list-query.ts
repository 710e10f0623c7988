import type { Name } from './contestants.js';

const QUERY = /* GraphQL */ `
  query CallLogs($first: Int!, $after: String) {
    callLogs(first: $first, after: $after) {
      nodes {
        id
        startedAt
        outcome
        durationSeconds
        notes
        lead {
          id
          name
          phone
          status
        }
        recording {
          id
          status
          durationMs
          url {
            url
            expiresAt
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

/** PostGraphile has names of its own for the id, for cursors, and for the order, which the others need not be told. */
const POSTGRAPHILE = QUERY.replaceAll(/\bid\b/g, 'id: rowId')
  .replace('$after: String', '$after: Cursor')
  .replace('after: $after', 'after: $after, orderBy: [STARTED_AT_DESC, ROW_ID_DESC]');

export interface CallLogs {
  nodes: Record<string, unknown>[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export function requestBody(name: Name, after?: string | null): string {
  const query = name === 'postgraphile' ? POSTGRAPHILE : QUERY;
  return JSON.stringify({ query, variables: { first: 50, ...(after != null && { after }) } });
}
