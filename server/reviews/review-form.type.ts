import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import {
  AUDIO_FINDING_CODES,
  DECISIONS,
  FINDINGS,
  REVIEW_DECISIONS,
  type AudioFindingCode,
  type ReviewDecision,
} from './review-form.js';

export const ReviewDecisionEnum = enumOf(REVIEW_DECISIONS);
registerEnumType(ReviewDecisionEnum, {
  name: 'ReviewDecision',
  description: 'What a reviewer decides.',
  valuesConfig: DECISIONS,
});

export const AudioFindingCodeEnum = enumOf(AUDIO_FINDING_CODES);
registerEnumType(AudioFindingCodeEnum, {
  name: 'AudioFindingCode',
  description: 'What a reviewer finds by listening.',
  valuesConfig: FINDINGS,
});

@ObjectType('ReviewFindingChoice', { simpleResolvers: true, description: 'A finding as a form offers it.' })
export class ReviewFindingChoiceType {
  @Field(() => AudioFindingCodeEnum, { description: 'What to send.' })
  code!: AudioFindingCode;

  @Field(() => String, { description: 'A few words.' })
  label!: string;

  @Field(() => String, { description: 'What it means.' })
  description!: string;
}

@ObjectType('ReviewDecisionChoice', { simpleResolvers: true, description: 'A decision as a form offers it.' })
export class ReviewDecisionChoiceType {
  @Field(() => ReviewDecisionEnum, { description: 'What to send.' })
  code!: ReviewDecision;

  @Field(() => String, { description: 'A few words.' })
  label!: string;

  @Field(() => String, { description: 'What it means.' })
  description!: string;
}

@ObjectType('ReviewForm', {
  simpleResolvers: true,
  description: 'What a form for submitReview is made of, so that every client asks the same.',
})
export class ReviewFormType {
  @Field(() => [ReviewDecisionChoiceType], { description: 'One of them.' })
  decisions!: ReviewDecisionChoiceType[];

  @Field(() => [ReviewFindingChoiceType], { description: 'Any of them.' })
  findings!: ReviewFindingChoiceType[];

  @Field(() => Int, { description: 'Characters of feedback, at most.' })
  maxFeedbackLength!: number;

  @Field(() => Int, { description: 'Characters of a note, at most.' })
  maxNoteLength!: number;

  @Field(() => Int, { description: 'Scores go from 0 to this.' })
  maxScore!: number;

  @Field(() => Int, { description: 'Seconds that a claim lasts.' })
  lockSeconds!: number;
}
