import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { connectionOf } from '../graphql/connection.type.js';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';
import { AUDIT_KINDS, type AuditKind } from './audit-event.entity.js';

export const AuditKindEnum = enumOf(AUDIT_KINDS);
registerEnumType(AuditKindEnum, {
  name: 'AuditKind',
  description: 'What somebody did.',
  valuesConfig: {
    SIGNED_IN: { description: 'Signed in by password.' },
    SIGN_IN_REFUSED: { description: 'Gave a wrong address or password. The actor is whose address it was.' },
    RECORDING_PLAYED: {
      description:
        'Was sent sound of a recording by this server: to hear it, or as players do when they are shown. Once an hour at most.',
    },
    RECORDING_LINK_ISSUED: {
      description: 'Was given a link to hear a recording from the store itself: once an hour at most.',
    },
    RECORDING_RETRIED: { description: 'Had a recording tried again.' },
    RECORDING_DELETED: { description: 'Deleted a recording for good.' },
    UPLOAD_FINALIZED: { description: 'Finalized an upload.' },
    MIGRATION_STARTED: { description: 'Started a run, also a dry one.' },
    MIGRATION_PAUSED: { description: 'Paused a run; without an actor it paused itself.' },
    MIGRATION_RESUMED: { description: 'Let a run go on.' },
    MIGRATION_CANCELLED: { description: 'Gave a run up.' },
    MIGRATION_LIMITS_CHANGED: { description: 'Changed the limits of a run.' },
    STORAGE_SWEEP_STARTED: { description: 'Asked for a sweep of the store.' },
    INTERVIEWER_ASSIGNED: { description: "Said which interviewer a provider's agent is, or is no more." },
    WEBHOOK_REPLAYED: { description: 'Had what a provider sent applied again.' },
    SAMPLING_RULE_SET: { description: 'Said how many calls of a campaign are reviewed.' },
  },
});

@ObjectType('AuditEvent', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One entry of the audit trail, which is only ever added to.',
})
export class AuditEventType extends NodeType {
  @Field(() => AuditKindEnum, { description: 'What was done.' })
  kind!: AuditKind;

  @Field(() => DateTime, { description: 'When.' })
  at!: string;

  @Field(() => UserType, {
    nullable: true,
    description: 'By whom; null for the system, and where nobody knows.',
  })
  actor?: UserType | null;

  @Field(() => ID, { nullable: true, description: 'The recording that it is about.' })
  recordingId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The upload, the run, the sweep, the interviewer, the event of a provider or the sampling rule that it is about.',
  })
  subjectId!: string | null;

  @Field(() => String, { nullable: true, description: 'The network address that a sign-in came from.' })
  address!: string | null;

  actorId!: string | null;
}

export const AuditEventConnectionType = connectionOf('AuditEvent', () => AuditEventType);

@InputType('AuditEventFilter', { description: 'All that is given must hold.' })
export class AuditEventFilter {
  @Field(() => ID, { nullable: true, description: 'Done by this user.' })
  actorId?: string | null;

  @Field(() => ID, { nullable: true, description: 'About this recording.' })
  recordingId?: string | null;

  @Field(() => [AuditKindEnum], { nullable: true, description: 'One of these.' })
  kind?: AuditKind[] | null;

  @Field(() => DateTime, { nullable: true, description: 'At or after.' })
  after?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before.' })
  before?: Date | null;
}
