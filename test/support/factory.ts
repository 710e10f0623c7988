import type { MikroORM, RequiredEntityData } from '@mikro-orm/postgresql';
import { User, type Role } from '../../server/auth/user.entity.js';
import { CallLog } from '../../server/calls/call-log.entity.js';
import { CatiCall } from '../../server/cati/cati-call.entity.js';
import { asSystem } from '../../server/database-session.js';
import { Lead } from '../../server/leads/lead.entity.js';
import { Recording } from '../../server/recordings/recording.entity.js';

type Facts<Entity> = Partial<RequiredEntityData<Entity>>;

/** Rows to begin a test with. Every one is written at once; what a test does not name is made up. */
export class Factory {
  private count = 0;

  constructor(private readonly orm: MikroORM) {}

  async user(role: Role, facts: Facts<User> = {}): Promise<User> {
    const n = ++this.count;
    return this.save(User, {
      name: `${role} ${n}`,
      email: `user${n}@example.com`,
      role,
      ...facts,
    });
  }

  async lead(telecaller: User | null, facts: Facts<Lead> = {}): Promise<Lead> {
    const n = ++this.count;
    const own = telecaller && this.orm.em.fork().getReference(User, telecaller.id);
    return this.save(Lead, {
      name: `Lead ${n}`,
      phone: `+91000000${String(n).padStart(4, '0')}`,
      telecaller: own,
      ...facts,
    });
  }

  async callLog(lead: Lead, telecaller: User, facts: Facts<CallLog> = {}): Promise<CallLog> {
    return this.save(CallLog, {
      lead: lead.id,
      telecaller: telecaller.id,
      outcome: 'CONNECTED',
      startedAt: new Date(),
      ...facts,
    });
  }

  async catiCall(interviewer: User | null, facts: Facts<CatiCall> = {}): Promise<CatiCall> {
    const n = ++this.count;
    return this.save(CatiCall, {
      provider: 'deepcall',
      callId: `call${n}`,
      status: 'COMPLETED',
      fromNumber: '+910000001234',
      toNumber: '+910000005678',
      interviewer: interviewer?.id ?? null,
      ...facts,
    });
  }

  async recording(facts: RequiredEntityData<Recording>): Promise<Recording> {
    return this.save(Recording, facts);
  }

  private async save<Entity extends object>(
    type: new () => Entity,
    facts: RequiredEntityData<Entity>,
  ): Promise<Entity> {
    return asSystem(async () => {
      const em = this.orm.em.fork();
      const entity = em.create(type, facts);
      await em.flush();
      return entity;
    });
  }
}
