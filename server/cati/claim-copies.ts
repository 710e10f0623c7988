import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { DeletionCode } from './copy-outcome.js';
import {
  COPY_SOURCE,
  deletionCodeOf,
  toCopySource,
  type CopySource,
  type CopySourceRow,
} from './copy-source.js';
import type { CopyMode } from './copy-settlement.js';

export interface CopyClaim {
  readonly recordingId: string;
  readonly attemptId: string;
  readonly mode: CopyMode;
  /** Also while its provider is stopped: the one that finds out whether the fault is mended. */
  readonly isProbe: boolean;
}

export type CopyClaimed =
  | {
      readonly kind: 'claimed';
      readonly source: CopySource;
      /** Another attempt died while it held the recording, and may have left objects. */
      readonly tookOver: boolean;
      /** Something is held against the provider, which a success clears. */
      readonly inDoubt: boolean;
    }
  /** Somebody else works on it. */
  | { readonly kind: 'held' }
  /** There is nothing to copy: stored, or, for a job, not due. */
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'deleted'; readonly code: DeletionCode }
  /** Nothing is copied from its provider. */
  | { readonly kind: 'stopped' };

/**
 * EXPECTED and PENDING, and for a run FAILED, → PENDING, each held by its attempt until `seconds` from now: by what
 * holds now, and one statement for all. Locked by id, so that no two groups wait for each other, and once each, however
 * many ask for it: FOR UPDATE leaves out a row that this very statement has changed (PostgreSQL, nodeLockRows.c). A power
 * cut may lose such a claim, and then its attempt does not count: nobody waits for the disk.
 */
export async function claimCopies(
  em: EntityManager,
  claims: readonly CopyClaim[],
  seconds: number,
): Promise<CopyClaimed[]> {
  const asked = claims.map(({ recordingId, attemptId, mode, isProbe }) => ({
    id: recordingId,
    attempt_id: attemptId,
    of_run: mode === 'run',
    is_probe: isProbe,
  }));
  const { rows } = await sql<Row>`
    with asked as (
      select * from json_to_recordset(${JSON.stringify(asked)}::json)
      as asked(id uuid, attempt_id uuid, of_run boolean, is_probe boolean)
    ), locked as materialized (
      select * from recordings where id in (select id from asked) order by id for update
    ), found as materialized (
      select asked.*, ${COPY_SOURCE}, recordings.claim_id is not null as took_over,
        coalesce(recordings.claimed_until > now(), false) as held,
        coalesce(stopped_reason is not null or refusals <> '{}', false) as in_doubt,
        stopped_reason is not null and not is_probe as stopped
      from asked join locked as recordings on recordings.id = asked.id
      join cati_calls on cati_calls.recording_id = recordings.id
      left join provider_states on provider_states.provider = cati_calls.provider
    ), judged as materialized (
      select *, status in ('EXPECTED', 'PENDING') and (of_run or due) or status = 'FAILED' and of_run as wanted
      from found
    ), claimed as (
      update recordings set status = 'PENDING', updated_at = now(), claim_id = attempt_id,
        claimed_until = now() + make_interval(secs => ${seconds}), next_attempt_at = null,
        attempts = recordings.attempts + 1, tries = recordings.tries + 1,
        error_code = case recordings.status when 'PENDING' then error_code end,
        error_message = case recordings.status when 'PENDING' then error_message end,
        error_at = case recordings.status when 'PENDING' then error_at end
      from judged where recordings.id = judged.id and wanted and not held and not stopped
        and recordings.status in ('EXPECTED', 'PENDING', 'FAILED')
        and (claimed_until is null or claimed_until <= now())
      returning recordings.id, claim_id, set_config('synchronous_commit', 'off', true)
    )
    select judged.*, claimed.id is not null as claimed
    from judged left join claimed on claimed.id = judged.id and claim_id = attempt_id`.execute(
    em.getKysely(),
  );
  const found = new Map(rows.map((row) => [row.attempt_id, row]));
  return claims.map(({ attemptId }) => claimedOf(found.get(attemptId)));
}

interface Row extends CopySourceRow {
  id: string;
  attempt_id: string;
  took_over: boolean;
  in_doubt: boolean;
  stopped: boolean;
  wanted: boolean;
  claimed: boolean;
}

function claimedOf(row: Row | undefined): CopyClaimed {
  if (row?.status === 'DELETED') return { kind: 'deleted', code: deletionCodeOf(row) };
  if (!row?.wanted) return { kind: 'unwanted' };
  if (row.claimed) {
    const { took_over: tookOver, in_doubt: inDoubt } = row;
    return { kind: 'claimed', source: toCopySource(row.id, row), tookOver, inDoubt };
  }
  return { kind: row.stopped ? 'stopped' : 'held' };
}
