import type { Pool } from 'pg';

export interface CallLogRow {
  id: string;
  started_at: Date;
  outcome: string;
  duration_seconds: number | null;
  notes: string | null;
  lead_id: string;
  lead_name: string;
  lead_phone: string;
  lead_status: string;
  recording_id: string | null;
  recording_status: string;
  recording_duration_ms: number | null;
  recording_path: string | null;
}

const select = (bound: string) => `
  select c.id, c.started_at, c.outcome, c.duration_seconds, c.notes,
         l.id as lead_id, l.name as lead_name, l.phone as lead_phone, l.status as lead_status,
         r.id as recording_id, r.status as recording_status, r.duration_ms as recording_duration_ms,
         r.recording_path
  from call_logs c
  join leads l on l.id = c.lead_id
  left join recordings r on r.id = c.recording_id
  where c.telecaller_id = $1 and (select telecaller_id = $1 from leads where leads.id = c.lead_id) ${bound}
  order by c.started_at desc, c.id desc
  limit $2`;

const FIRST = { name: 'first', text: select('') };
const NEXT = { name: 'next', text: select('and (c.started_at, c.id) < ($3, $4)') };

/** One page of a telecaller's own calls, written by hand: one statement, prepared once for each connection. */
export async function readPage(
  pool: Pool,
  viewer: string,
  first: number,
  after: string | null | undefined,
): Promise<{ rows: CallLogRow[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }> {
  const { rows } = after
    ? await pool.query<CallLogRow>({ ...NEXT, values: [viewer, first + 1, ...decode(after)] })
    : await pool.query<CallLogRow>({ ...FIRST, values: [viewer, first + 1] });
  const hasNextPage = rows.length > first;
  if (hasNextPage) rows.pop();
  return { rows, pageInfo: { hasNextPage, endCursor: encode(rows.at(-1)) } };
}

function encode(row: CallLogRow | undefined): string | null {
  return row ? Buffer.from(JSON.stringify([row.started_at, row.id])).toString('base64url') : null;
}

function decode(cursor: string): [string, string] {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
}
