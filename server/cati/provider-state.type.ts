import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { DateTime } from '../graphql/scalars.js';
import { STOP_CODES, type StopCode } from './provider-state.entity.js';

const CopyingStopCodeEnum = enumOf(STOP_CODES);
registerEnumType(CopyingStopCodeEnum, {
  name: 'CopyingStopCode',
  description: 'Why nothing is copied from a provider.',
  valuesConfig: {
    CONFIGURATION_FAULT: {
      description: 'The provider itself says that the account or its credentials are at fault.',
    },
    REFUSALS_IN_A_ROW: { description: 'So many recordings were refused that the fault cannot be theirs.' },
  },
});

@ObjectType('CopyingStop', { simpleResolvers: true, description: 'Copying from a provider has stopped.' })
export class CopyingStopType {
  @Field(() => DateTime, { description: 'Since when.' })
  since!: string;

  @Field(() => CopyingStopCodeEnum, { description: 'Why.' })
  code!: StopCode;

  @Field(() => String, { description: 'Why, for people.' })
  message!: string;
}

@ObjectType('ProviderState', { simpleResolvers: true, description: 'A telephony provider as it stands.' })
export class ProviderStateType {
  @Field(() => String, { description: '`deepcall`, …' })
  provider!: string;

  @Field(() => Boolean, { description: 'Whether a connection to it is configured.' })
  connected!: boolean;

  @Field(() => CopyingStopType, {
    nullable: true,
    description:
      'Null while recordings are copied. A stopped provider is tried by one recording now and then; a migration that is resumed tries at once.',
  })
  stopped!: CopyingStopType | null;
}
