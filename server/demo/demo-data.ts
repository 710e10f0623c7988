import { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { hashPassword } from '../auth/password.js';
import { User } from '../auth/user.entity.js';
import { CALL_OUTCOMES, CallLog } from '../calls/call-log.entity.js';
import { CatiCall } from '../cati/cati-call.entity.js';
import { asSystem } from '../database-session.js';
import type { FailureCode } from '../errors.js';
import { Lead, LEAD_STATUSES } from '../leads/lead.entity.js';
import { Recording } from '../recordings/recording.entity.js';
import { attemptKey, formatStoredPath } from '../recordings/stored-path.js';
import { ObjectExists, type Storage } from '../storage/storage.js';
import { demoCall } from './demo-audio.js';
import { demoId } from './demo-id.js';
import { demoReviews, demoSamplingRules } from './demo-reviews.js';
import { CITIES, COURSES, DEMO_PASSWORD, DEMO_USERS, FIRST_NAMES, LAST_NAMES } from './demo-people.js';

const DAY_MS = 24 * 3600 * 1000;
const HOUR_MS = 3600 * 1000;
const RETENTION_DAYS = 61;

/** Fills an empty database with people, leads and calls to look at. The same ids and contents at every first start. */
export async function seedDemo(orm: MikroORM, storage: Storage): Promise<boolean> {
  return asSystem(() =>
    orm.em.fork().transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('earshot.seed'))");
      if ((await em.count(User)) > 0) return false;
      await new DemoData(em, storage).write();
      return true;
    }),
  );
}

class DemoData {
  private readonly users = new Map<string, User>();
  /** The first minute of today in UTC: two starts on one day give the same times. */
  private readonly today = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS);

  constructor(
    private readonly em: EntityManager,
    private readonly storage: Storage,
  ) {}

  async write(): Promise<void> {
    await this.people();
    await this.em.flush();
    await demoSamplingRules(this.em, this.user('manager@example.com').id);
    for (let n = 0; n < 30; n++) await this.lead(n);
    for (let n = 0; n < 40; n++) await this.catiCall(n);
    await this.em.flush();
    const recordingOf = (call: number): string => demoId('recording', 1000 + call);
    await demoReviews(this.em, this.user('agent@example.com').id, recordingOf);
  }

  private async people(): Promise<void> {
    const passwordHash = await hashPassword(DEMO_PASSWORD);
    DEMO_USERS.forEach((person, n) => {
      const user = this.em.create(User, {
        ...person,
        id: demoId('user', n),
        passwordHash,
        insertedAt: this.ago(90, 0),
      });
      this.users.set(person.email, user);
    });
  }

  /** The first 25 leads are the first telecaller's, the last 5 the second's. */
  private async lead(n: number): Promise<void> {
    const telecaller = this.user(n < 25 ? 'telecaller@example.com' : 'telecaller2@example.com');
    const calls = n % 4;
    const lead = this.em.create(Lead, {
      id: demoId('lead', n),
      insertedAt: this.ago(60 - n, n),
      name: `${pick(FIRST_NAMES, n)} ${pick(LAST_NAMES, n)}`,
      phone: number(n),
      email: `lead${n + 1}@example.com`,
      city: pick(CITIES, n),
      preferredCourse: pick(COURSES, n),
      status: calls === 0 ? 'NEW' : pick(LEAD_STATUSES.slice(1), n),
      telecaller,
      callCount: calls,
      lastContactedAt: calls === 0 ? null : this.ago(20 - (n % 10), calls),
    });
    for (let call = 0; call < calls; call++) await this.callLog(lead, telecaller, n * 4 + call, call + 1);
  }

  private async callLog(lead: Lead, telecaller: User, n: number, hours: number): Promise<void> {
    const outcome = pick(CALL_OUTCOMES, n % 3 === 0 ? 0 : n);
    const startedAt = this.ago(20 - ((n >> 2) % 10), hours);
    const recording = outcome === 'CONNECTED' && n % 2 === 0 ? await this.stored(n, startedAt) : null;
    this.em.create(CallLog, {
      id: demoId('call log', n),
      insertedAt: startedAt,
      lead,
      telecaller,
      outcome,
      durationSeconds: outcome === 'CONNECTED' ? 30 + (n % 200) : null,
      notes: n % 5 === 0 ? 'Asked to be called again next week.' : null,
      startedAt,
      recording,
    });
  }

  /** Copied, expected, failed and gone ones, ten each. */
  private async catiCall(n: number): Promise<void> {
    const startedAt = this.ago(55 - n, n % 9);
    const recording = await this.catiRecording(n, startedAt);
    this.em.create(CatiCall, {
      id: demoId('cati call', n),
      insertedAt: startedAt,
      provider: 'deepcall',
      callId: `demo${String(n).padStart(20, '0')}`,
      status: 'COMPLETED',
      statusCode: '3',
      campaign: n % 2 === 0 ? 'Household survey' : 'Health survey',
      interviewer: n % 4 === 3 ? null : this.user('interviewer@example.com'),
      fromNumber: number(100 + n),
      toNumber: number(200 + n),
      startedAt,
      endedAt: new Date(startedAt.getTime() + (60 + n) * 1000),
      talkSeconds: 45 + n,
      recording,
    });
  }

  private async catiRecording(n: number, startedAt: Date): Promise<Recording> {
    const source = {
      sourceUrl: `https://recordings.example.com/${n}.mp3`,
      sourceExpiresAt: new Date(startedAt.getTime() + RETENTION_DAYS * DAY_MS),
    };
    switch (n % 4) {
      case 0:
        return Object.assign(await this.stored(1000 + n, startedAt), source);
      case 1:
        return this.em.create(Recording, {
          id: demoId('recording', 1000 + n),
          insertedAt: startedAt,
          status: 'EXPECTED',
          ...source,
        });
      case 2:
        return this.unstored(
          n,
          startedAt,
          'FAILED',
          'SOURCE_UNREACHABLE',
          'The provider did not answer.',
          source,
        );
      default:
        return this.unstored(
          n,
          startedAt,
          'DELETED',
          'GONE_AT_SOURCE',
          'The provider has deleted it.',
          source,
        );
    }
  }

  private unstored(
    n: number,
    at: Date,
    status: 'FAILED' | 'DELETED',
    errorCode: FailureCode,
    errorMessage: string,
    source: object,
  ): Recording {
    const error = { errorCode, errorMessage, errorAt: new Date(at.getTime() + HOUR_MS) };
    return this.em.create(Recording, {
      id: demoId('recording', 1000 + n),
      insertedAt: at,
      status,
      attempts: 3,
      ...error,
      ...source,
    });
  }

  private async stored(n: number, at: Date): Promise<Recording> {
    const id = demoId('recording', n);
    const seconds = 4 + (n % 3);
    const wav = demoCall(n, seconds);
    const key = attemptKey(id, demoId('attempt', n), 'wav');
    // A first start that was killed may have left it: the bytes are the same.
    await this.storage
      .put(key, Readable.from([wav]), { byteSize: wav.length, contentType: 'audio/wav' })
      .catch((error: unknown) => {
        if (!(error instanceof ObjectExists)) throw error;
      });
    return this.em.create(Recording, {
      id,
      insertedAt: at,
      status: 'UPLOADED',
      recordingPath: formatStoredPath({ storage: this.storage.kind, key }),
      contentType: 'audio/wav',
      codec: 'pcm_s16le',
      byteSize: wav.length,
      durationMs: seconds * 1000,
      sha256: createHash('sha256').update(wav).digest('hex'),
      uploadedAt: new Date(at.getTime() + HOUR_MS),
      mediaDueAt: this.today,
      attempts: 1,
    });
  }

  private user(email: string): User {
    const user = this.users.get(email);
    if (!user) throw new Error(`no demo user ${email}`);
    return user;
  }

  private ago(days: number, hours: number): Date {
    return new Date(this.today.getTime() - days * DAY_MS + hours * HOUR_MS);
  }
}

function pick<T>(items: readonly T[], n: number): T {
  return items[n % items.length] as T;
}

/** From a range that no operator hands out. */
function number(n: number): string {
  return `+910000${String(n).padStart(6, '0')}`;
}
