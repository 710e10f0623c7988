import { LockMode, UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { accessOf } from '../auth/policy.js';
import { User } from '../auth/user.entity.js';
import type { Viewer } from '../auth/viewer.js';
import { errors } from '../errors.js';
import { boundedText, requireId } from '../graphql/inputs.js';
import { Lead } from '../leads/lead.entity.js';
import type { LeadReader } from '../leads/lead.reader.js';
import type { Transaction } from '../unit-of-work.js';
import { CallLog } from './call-log.entity.js';
import type { LogCallInput } from './call-log.inputs.js';
import type { CallLogReader } from './call-log.reader.js';
import type { CallLogType } from './call-log.type.js';

/** A phone's clock may run ahead of ours by so much. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Where the clock of a phone begins that lost its time; years before it have texts that readers would not expect. */
const EARLIEST_MS = 0;

export class CallLogService {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
    private readonly reader: CallLogReader,
    private readonly leads: LeadReader,
  ) {}

  /** Logs a call and counts it on its lead, in one transaction. The same idempotency key answers the same call log. */
  async log(input: LogCallInput): Promise<CallLogType> {
    const facts = validated(input);
    try {
      const id = await this.transaction((em) => this.create(em, requireId('lead', input.leadId), facts));
      // A further call in the same request would else be answered with the counts of before.
      this.leads.ofVisibleOwner.clear(requireId('lead', input.leadId));
      return await this.reader.get(id);
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException && facts.idempotencyKey)
        return this.logged(facts.idempotencyKey, input.leadId);
      throw error;
    }
  }

  private async create(
    em: EntityManager,
    leadId: string,
    facts: ReturnType<typeof validated>,
  ): Promise<string> {
    const viewer = this.viewer();
    const own = accessOf(viewer, 'callLogs.log') === 'own' ? { telecaller: viewer.id } : {};
    // Locked first: two calls of one lead at once would both count from the same number.
    const lead = await em.findOne(Lead, { id: leadId, ...own }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!lead) throw errors.notFound('lead');
    const callLog = em.create(CallLog, { ...facts, lead, telecaller: em.getReference(User, viewer.id) });
    lead.callCount += 1;
    if (!lead.lastContactedAt || lead.lastContactedAt < facts.startedAt)
      lead.lastContactedAt = facts.startedAt;
    await em.flush();
    return callLog.id;
  }

  private async logged(idempotencyKey: string, leadId: string): Promise<CallLogType> {
    const found = await this.transaction((em) =>
      em.findOne(CallLog, { telecaller: this.viewer().id, idempotencyKey }),
    );
    if (!found) throw errors.notFound('call log');
    const callLog = await this.reader.get(found.id);
    if (callLog.leadId !== leadId.toLowerCase())
      throw errors.badInput('idempotencyKey', 'This key was used for a call to another lead.');
    return callLog;
  }
}

function validated(input: LogCallInput) {
  const { durationSeconds = null, outcome } = input;
  const startedAt = input.startedAt ?? new Date();
  if (durationSeconds !== null && durationSeconds < 0)
    throw errors.badInput('durationSeconds', 'durationSeconds must be 0 or more.');
  if (startedAt.getTime() > Date.now() + CLOCK_SKEW_MS)
    throw errors.badInput('startedAt', 'startedAt lies in the future.');
  if (startedAt.getTime() < EARLIEST_MS)
    throw errors.badInput('startedAt', 'startedAt lies before 1970. Check the clock of the phone.');
  return {
    outcome,
    durationSeconds,
    startedAt,
    notes: boundedText('notes', input.notes, 5000) ?? null,
    idempotencyKey: boundedText('idempotencyKey', input.idempotencyKey, 200) ?? null,
  };
}
