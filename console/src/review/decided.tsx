import type { ReviewFieldsFragment } from '../generated/operations.js';
import { FINDING_NAMES, REVIEW_STATUS_NAMES } from './review-names.js';
import { Facts } from '../ui/facts.js';
import { formatTime, NONE } from '../ui/format.js';
import { Section } from '../ui/section.js';

const TEXT = {
  decided: 'What was decided',
  decision: 'Decision',
  reviewer: 'Reviewer',
  findings: 'Findings',
  score: 'Score',
  feedback: 'Feedback',
} as const;

export function Decided({ review }: { readonly review: ReviewFieldsFragment }) {
  const { status, findings, feedback, score, reviewer, decidedAt } = review;
  return (
    <Section title={TEXT.decided}>
      <Facts
        facts={[
          [TEXT.decision, `${REVIEW_STATUS_NAMES[status]}, ${formatTime(decidedAt)}`],
          [TEXT.reviewer, reviewer?.name ?? NONE],
          [TEXT.findings, findings.map((code) => FINDING_NAMES[code]).join(', ') || NONE],
          [TEXT.score, score ?? NONE],
          [TEXT.feedback, feedback ?? NONE],
        ]}
      />
    </Section>
  );
}
