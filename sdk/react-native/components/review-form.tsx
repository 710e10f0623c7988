import { useState, type ReactElement, type ReactNode } from 'react';
import { Pressable, Text, TextInput, View } from 'react-native';
import { useReview, type ReviewChoices, type ReviewOfCall } from '../../react/hooks/index.js';
import { useWords } from '../../react/words/index.js';
import { Button } from './button.js';
import { Note, Title } from './row.js';
import { useTheme } from './theme.js';

export interface ReviewFormProps {
  readonly catiCallId: string;
}

/**
 * The review of an interview call, for CatiCallDetail's `renderReview`: claim it, note what was found, decide; or who
 * has it, and what was decided. Nothing for those who review nothing.
 */
export function ReviewForm({ catiCallId }: ReviewFormProps): ReactNode {
  const review = useReview(catiCallId);
  const { review: words } = useWords();
  const { state, error } = review;
  if (state.phase === 'none' && error === undefined) return null;
  return (
    <View role="group" aria-label={words.title} style={{ gap: 8 }}>
      <Title text={words.title} />
      <Present review={review} />
      {error !== undefined && (
        <Note isBad isLive text={words.refused(error instanceof Error ? error.message : '')} />
      )}
    </View>
  );
}

function Present({ review }: { readonly review: ReviewOfCall }): ReactNode {
  const words = useWords();
  const { state, isBusy, claim } = review;
  switch (state.phase) {
    case 'none':
      return <Button isQuiet title={words.retry} onPress={review.refresh} />;
    case 'loading':
      return <Note isLive text={words.loading} />;
    case 'open':
      return <Button title={words.review.begin} disabled={isBusy} onPress={claim} />;
    case 'theirs':
      return <Note isLive text={words.review.heldBy(state.review.reviewer?.name ?? '–')} />;
    case 'decided':
      return <Decided state={state} />;
    case 'mine':
      return <Decision form={state.form} claimedUntil={state.review.claimedUntil} review={review} />;
  }
}

type Decided = Extract<ReviewOfCall['state'], { readonly phase: 'decided' | 'mine' | 'theirs' }>;

function Decided({ state: { review, form } }: { readonly state: Decided }): ReactElement {
  const { review: words } = useWords();
  const labels = new Map<string, string>(
    [...form.decisions, ...form.findings].map(({ code, label }) => [code, label]),
  );
  return (
    <View style={{ gap: 2 }} aria-live="polite">
      <Title text={labels.get(review.status) ?? review.status} />
      {review.reviewer && <Note text={words.decidedBy(review.reviewer.name)} />}
      {review.findings.length > 0 && (
        <Note text={review.findings.map((code) => labels.get(code) ?? code).join(' · ')} />
      )}
      {review.feedback !== null && <Note text={review.feedback} />}
    </View>
  );
}

type Finding = ReviewChoices['findings'][number]['code'];

/** Who works on a call of which less than this is left gets it for longer. */
const ENOUGH_MS = 20 * 60_000;

const millisecondsUntil = (at: string | null): number => (at === null ? 0 : Date.parse(at) - Date.now());

function Decision({
  form,
  claimedUntil,
  review,
}: {
  readonly form: ReviewChoices;
  readonly claimedUntil: string | null;
  readonly review: ReviewOfCall;
}): ReactElement {
  const theme = useTheme();
  const { review: words } = useWords();
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [feedback, setFeedback] = useState('');
  const keep = (): void => {
    if (millisecondsUntil(claimedUntil) < ENOUGH_MS && !review.isBusy) review.claim();
  };
  const toggle = (code: Finding): void => {
    keep();
    setFindings(findings.includes(code) ? findings.filter((other) => other !== code) : [...findings, code]);
  };
  const write = (text: string): void => {
    keep();
    setFeedback(text);
  };
  return (
    <View style={{ gap: 8 }}>
      <View role="group" aria-label={words.findings}>
        {form.findings.map(({ code, label }) => (
          <Choice key={code} label={label} isChosen={findings.includes(code)} onPress={() => toggle(code)} />
        ))}
      </View>
      <TextInput
        aria-label={words.feedback}
        multiline
        maxLength={form.maxFeedbackLength}
        value={feedback}
        onChangeText={write}
        style={{ minHeight: 66, padding: 8, color: theme.text, borderWidth: 1, borderColor: theme.muted }}
      />
      <View style={{ flexDirection: 'row', flexWrap: 'wrap', gap: 8 }}>
        {form.decisions.map(({ code, label }) => (
          <Button
            key={code}
            title={label}
            disabled={review.isBusy}
            onPress={() => review.submit({ decision: code, findings, feedback: feedback.trim() || null })}
          />
        ))}
        <Button isQuiet title={words.release} disabled={review.isBusy} onPress={review.release} />
      </View>
    </View>
  );
}

function Choice({
  label,
  isChosen,
  onPress,
}: {
  readonly label: string;
  readonly isChosen: boolean;
  readonly onPress: () => void;
}): ReactElement {
  const theme = useTheme();
  return (
    <Pressable
      role="checkbox"
      aria-label={label}
      aria-checked={isChosen}
      onPress={onPress}
      style={{ minHeight: 44, flexDirection: 'row', alignItems: 'center', gap: 8 }}
    >
      <Text style={{ color: theme.accent, fontWeight: '600', width: 24 }}>{isChosen ? '☑' : '☐'}</Text>
      <Text style={{ color: theme.text, flexShrink: 1 }}>{label}</Text>
    </Pressable>
  );
}
