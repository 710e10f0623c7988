import { Field, ID, InputType } from 'type-graphql';
import type { FindingAction, FindingKind } from './storage-finding.entity.js';
import { FindingActionEnum, FindingKindEnum } from './sweep-enums.js';

@InputType('StorageFindingFilter', { description: 'All that is given must hold.' })
export class StorageFindingFilter {
  @Field(() => [FindingKindEnum], { nullable: true, description: 'One of these.' })
  kind?: FindingKind[] | null;

  @Field(() => [FindingActionEnum], { nullable: true, description: 'One of these was done about it.' })
  action?: FindingAction[] | null;

  @Field(() => ID, { nullable: true, description: 'Found by this sweep.' })
  sweepId?: string | null;
}

@InputType('SweepStorageInput', { description: 'How to sweep.' })
export class SweepStorageInput {
  @Field(() => Boolean, { description: 'Only look: delete nothing, repair nothing.' })
  dryRun!: boolean;
}
