import { useState } from 'react';
import { ConflictError, ForbiddenError, NotFoundError } from '../../core/index.js';
import {
  ClaimReviewDocument,
  ReleaseReviewDocument,
  ReviewOfCallDocument,
  SubmitReviewDocument,
} from '../../core/generated/operations.js';
import type {
  ReviewFieldsFragment,
  ReviewOfCallQuery,
  SubmitReviewInput,
} from '../../core/generated/operations.js';
import { useEarshot } from './earshot-context.js';
import { useLoaded } from './use-loaded.js';

export type Review = ReviewFieldsFragment;
/** What may be found and decided, with labels. */
export type ReviewChoices = ReviewOfCallQuery['reviewForm'];
export type ReviewDecisionInput = Omit<SubmitReviewInput, 'reviewId'>;

/**
 * Where the review of a call stands for this viewer. `open`: nobody has it. `mine`: the form is theirs until
 * `claimedUntil`, and for as long afterwards as nobody else takes the call; to claim it again is to have it for longer. `theirs`: somebody else listens. `none`: this viewer reviews nothing.
 */
export type ReviewState =
  | { readonly phase: 'loading' | 'none' }
  | { readonly phase: 'open'; readonly form: ReviewChoices }
  | { readonly phase: 'mine' | 'theirs' | 'decided'; readonly review: Review; readonly form: ReviewChoices };

export interface ReviewOfCall {
  readonly state: ReviewState;
  /** Why the latest wish was refused, or why nothing was loaded. */
  readonly error: unknown;
  readonly isBusy: boolean;
  /** ConflictError where somebody was faster. */
  readonly claim: () => void;
  readonly release: () => void;
  readonly submit: (decision: ReviewDecisionInput) => void;
  readonly refresh: () => void;
}

/** The review of a CATI call, by its id: claim it, decide it, or put it back. */
export function useReview(catiCallId: string): ReviewOfCall {
  const { client } = useEarshot();
  const { data, error, refresh } = useLoaded(`review ${catiCallId}`, (options) => {
    // A call that was never in the queue reads as null beside an error.
    const onPartial = (failure: unknown): void => {
      if (!(failure instanceof NotFoundError)) throw failure;
    };
    return client.request(ReviewOfCallDocument, { id: catiCallId }, { ...options, onPartial });
  });
  const { state, letGo } = useHeld(catiCallId, stateOf(data, error));
  const [refusal, setRefusal] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const act = (wish: Promise<unknown>): void => {
    setBusy(true);
    setRefusal(undefined);
    const onRefused = (reason: unknown): void => {
      setRefusal(reason);
      if (reason instanceof ConflictError) letGo();
    };
    void wish.catch(onRefused).finally(() => {
      setBusy(false);
      refresh();
    });
  };
  return {
    state,
    error: refusal ?? (error instanceof ForbiddenError ? undefined : error),
    isBusy,
    claim: () => act(client.request(ClaimReviewDocument, { input: { catiCallId } })),
    release: () =>
      act(client.request(ReleaseReviewDocument, { input: { reviewId: catiCallId } }).then(letGo)),
    submit: (decision) =>
      act(client.request(SubmitReviewDocument, { input: { ...decision, reviewId: catiCallId } })),
    refresh,
  };
}

type Held = Extract<ReviewState, { readonly phase: 'mine' | 'theirs' | 'decided' }>;

/**
 * What is the viewer's stays so where the lock runs out, or the server does not answer: nothing that was filled in is
 * lost by that. Until they let go of it, or somebody else has it.
 */
function useHeld(
  id: string,
  state: ReviewState,
): { readonly state: ReviewState; readonly letGo: () => void } {
  const [held, setHeld] = useState<{ readonly id: string; readonly state: Held | undefined }>();
  const letGo = (): void => setHeld({ id, state: undefined });
  const known = held?.id === id ? held : undefined;
  if (state.phase === 'mine') {
    if (!known) setHeld({ id, state });
    return { state, letGo };
  }
  if (known?.state && state.phase !== 'theirs' && state.phase !== 'decided') {
    const review = { ...known.state.review, claimedUntil: null };
    return { state: { ...known.state, review }, letGo };
  }
  // Forgotten once the answer is newer than what was let go of.
  if (held && state.phase !== 'loading') setHeld(undefined);
  return { state, letGo };
}

function stateOf(data: ReviewOfCallQuery | undefined, error: unknown): ReviewState {
  if (!data) return { phase: error === undefined ? 'loading' : 'none' };
  const { me, review, reviewForm: form } = data;
  if (!review || review.status === 'WAITING') return { phase: 'open', form };
  if (review.status !== 'CLAIMED') return { phase: 'decided', review, form };
  return { phase: review.reviewer?.id === me.id ? 'mine' : 'theirs', review, form };
}
