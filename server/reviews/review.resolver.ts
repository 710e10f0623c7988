import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { CatiCallType } from '../cati/cati-call.type.js';
import { ConnectionArgs, type Connection } from '../graphql/connection.type.js';
import type { Scope } from '../scope.js';
import { ReviewFormType } from './review-form.type.js';
import { ClaimNextReviewInput, ReviewFilter, ReviewInput, SubmitReviewInput } from './review.inputs.js';
import {
  ClaimReviewPayloadType,
  ReviewConnectionType,
  ReviewPayloadType,
  ReviewQueueType,
  ReviewType,
} from './review.type.js';

const payload = (review: ReviewType): ReviewPayloadType => ({ review });

@Resolver(() => ReviewType)
export class ReviewResolver {
  @Query(() => ReviewType, { nullable: true, description: 'One review.' })
  review(
    @Arg('id', () => ID, { description: "The review's id, which is the call's." }) id: string,
    @Ctx() scope: Scope,
  ): Promise<ReviewType> {
    return scope.reviewReader.get(id);
  }

  @Query(() => ReviewConnectionType, { description: 'Reviews, newest in the queue first.' })
  reviews(
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => ReviewFilter, { nullable: true, description: 'Only these.' })
    filter: ReviewFilter | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<ReviewType>> {
    return scope.reviewReader.page(page, filter);
  }

  @Query(() => ReviewQueueType, { description: 'How much there is to review.' })
  reviewQueue(@Ctx() scope: Scope): Promise<ReviewQueueType> {
    return scope.reviewReader.queue();
  }

  @Query(() => ReviewFormType, { description: 'What a form for submitReview is made of.' })
  reviewForm(@Ctx() scope: Scope): ReviewFormType {
    return scope.reviewForm;
  }

  @Mutation(() => ClaimReviewPayloadType, {
    description: 'Takes the oldest call that waits, for half an hour: nobody else gets it meanwhile.',
  })
  async claimNextReview(
    @Arg('input', () => ClaimNextReviewInput, { description: 'Of what.' }) input: ClaimNextReviewInput,
    @Ctx() scope: Scope,
  ): Promise<ClaimReviewPayloadType> {
    return { review: await scope.reviewService.claimNext(input) };
  }

  @Mutation(() => ReviewPayloadType, {
    description: 'Another half an hour. CONFLICT where somebody else took it over.',
  })
  async renewReview(
    @Arg('input', () => ReviewInput, { description: 'Which one.' }) input: ReviewInput,
    @Ctx() scope: Scope,
  ): Promise<ReviewPayloadType> {
    return payload(await scope.reviewService.renew(input.reviewId));
  }

  @Mutation(() => ReviewPayloadType, { description: 'Back into the queue, undecided.' })
  async releaseReview(
    @Arg('input', () => ReviewInput, { description: 'Which one.' }) input: ReviewInput,
    @Ctx() scope: Scope,
  ): Promise<ReviewPayloadType> {
    return payload(await scope.reviewService.release(input.reviewId));
  }

  @Mutation(() => ReviewPayloadType, {
    description:
      'Decides a call that the viewer claimed. CONFLICT where somebody else took it over, or decided.',
  })
  async submitReview(
    @Arg('input', () => SubmitReviewInput, { description: 'What was decided, and why.' })
    input: SubmitReviewInput,
    @Ctx() scope: Scope,
  ): Promise<ReviewPayloadType> {
    return payload(await scope.reviewService.submit(input));
  }

  @FieldResolver(() => CatiCallType)
  catiCall(@Root() review: ReviewType, @Ctx() scope: Scope): Promise<CatiCallType> {
    return scope.catiCallReader.byId.load(review.id);
  }

  @FieldResolver(() => UserType, { nullable: true })
  reviewer(@Root() review: ReviewType, @Ctx() scope: Scope): Promise<UserType | null> | null {
    return review.reviewerId === null ? null : scope.userReader.byId.load(review.reviewerId);
  }
}

@Resolver(() => CatiCallType)
export class CatiCallReviewResolver {
  @FieldResolver(() => ReviewType, {
    nullable: true,
    description: 'Null where nobody is to review it, and for those who do not review calls.',
  })
  review(@Root() call: CatiCallType, @Ctx() scope: Scope): Promise<ReviewType | null> {
    return scope.reviewReader.ofCall.load(call.id);
  }
}
