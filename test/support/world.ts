import { randomUUID } from 'node:crypto';
import type { Role, User } from '../../server/auth/user.entity.js';
import { insertNote, insertRun, insertWebhookEvent } from './every-table.js';
import { tokenOf } from './graphql.js';
import type { TestApp } from './test-app.js';

/** Whose a thing is, from where the viewer stands: `none` is nobody's, since it is not there. */
export type Whose = 'own' | 'other' | 'none';

/** A person of every role, a colleague for those who own things, and things of theirs, made afresh for each question. */
export class World {
  private constructor(
    private readonly app: TestApp,
    private readonly people: Record<Role, User>,
    private readonly colleagues: { TELECALLER: User; INTERVIEWER: User },
  ) {}

  static async create(app: TestApp): Promise<World> {
    const user = (role: Role): Promise<User> => app.make.user(role);
    return new World(
      app,
      {
        TELECALLER: await user('TELECALLER'),
        INTERVIEWER: await user('INTERVIEWER'),
        QUALITY_AGENT: await user('QUALITY_AGENT'),
        MANAGER: await user('MANAGER'),
        ADMIN: await user('ADMIN'),
      },
      { TELECALLER: await user('TELECALLER'), INTERVIEWER: await user('INTERVIEWER') },
    );
  }

  person(role: Role): User {
    return this.people[role];
  }

  colleague(role: 'TELECALLER' | 'INTERVIEWER'): User {
    return this.colleagues[role];
  }

  token(role: Role): Promise<string> {
    return tokenOf(this.app, this.people[role]);
  }

  /**
   * The id of such a thing. To those who own nothing, the telecaller's and the interviewer's count as `own`, and so does
   * what is nobody's.
   */
  async make(kind: string, whose: Whose): Promise<string> {
    if (whose === 'none' || kind === 'any') return randomUUID();
    if (kind === 'run') return insertRun(this.app, this.people.ADMIN);
    if (kind === 'webhookEvent') return insertWebhookEvent(this.app);
    const owners = whose === 'own' ? this.people : this.colleagues;
    return kind.startsWith('cati')
      ? this.ofInterview(kind, owners.INTERVIEWER)
      : this.ofLead(kind, owners.TELECALLER);
  }

  private async ofLead(kind: string, owner: User): Promise<string> {
    const { make } = this.app;
    const lead = await make.lead(owner);
    if (kind === 'lead') return lead.id;
    const recording = await make.recording({ status: 'EXPECTED' });
    const call = await make.callLog(lead, owner, { recording: recording.id });
    if (kind === 'callUpload') return this.upload(owner, { callLogId: call.id });
    return kind === 'callLog' ? call.id : recording.id;
  }

  private async ofInterview(kind: string, owner: User): Promise<string> {
    const { make } = this.app;
    const recording = await make.recording({ status: 'EXPECTED' });
    const call = await make.catiCall(owner, { recording: recording.id });
    if (kind === 'catiReview') return this.approved(call.id, owner);
    if (kind === 'catiNote') return insertNote(this.app, recording.id, this.people.QUALITY_AGENT);
    if (kind === 'catiUpload') return this.upload(owner, { catiCallId: call.id });
    return kind === 'catiCall' ? call.id : recording.id;
  }

  /** Reviews a CATI call of this interviewer. A review has its call's id. */
  async approved(callId: string, owner: { id: string }): Promise<string> {
    await this.app.database.query(
      `insert into reviews (cati_call_id, inserted_at, status, interviewer_id, began_at, sampled, reviewer_id, decided_at)
       values ($1, now(), 'APPROVED', $2, now(), false, $3, now())`,
      [callId, owner.id, this.people.QUALITY_AGENT.id],
    );
    return callId;
  }

  private async upload(owner: User, call: object): Promise<string> {
    const client = await this.app.client(owner);
    return (await client.requestUpload({ byteSize: 10, strategy: 'CHUNKED', ...call })).id;
  }
}
