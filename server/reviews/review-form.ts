export const REVIEW_DECISIONS = ['APPROVED', 'REJECTED'] as const;
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number];

export const AUDIO_FINDING_CODES = [
  'HEARD',
  'NO_CONVERSATION',
  'IRRELEVANT',
  'INTERVIEWER_TOO_LOUD',
  'RESPONDENT_INAUDIBLE',
  'DUPLICATE_AUDIO',
] as const;
export type AudioFindingCode = (typeof AUDIO_FINDING_CODES)[number];

interface Choice {
  /** A few words for a button. */
  readonly label: string;
  readonly description: string;
}

/** What a listener may find. The schema's descriptions and the form that clients draw are both made of this. */
export const FINDINGS: Readonly<Record<AudioFindingCode, Choice>> = {
  HEARD: {
    label: 'Both can be heard',
    description: 'The interviewer and the respondent can be heard throughout.',
  },
  NO_CONVERSATION: { label: 'No conversation', description: 'Nobody talks with anybody.' },
  IRRELEVANT: { label: 'Irrelevant', description: 'They talk, but it is not the interview.' },
  INTERVIEWER_TOO_LOUD: {
    label: 'Interviewer too loud',
    description: 'The interviewer drowns the respondent.',
  },
  RESPONDENT_INAUDIBLE: {
    label: 'Respondent inaudible',
    description: 'The respondent cannot be understood.',
  },
  DUPLICATE_AUDIO: {
    label: 'Duplicate audio',
    description: 'The same recording stands for another call too.',
  },
};

export const DECISIONS: Readonly<Record<ReviewDecision, Choice>> = {
  APPROVED: { label: 'Approve', description: 'The interview counts.' },
  REJECTED: { label: 'Reject', description: 'The interview does not count. Needs a finding or feedback.' },
};

/** Characters. */
export const MAX_FEEDBACK = 5000;
export const MAX_NOTE = 2000;
export const MAX_SCORE = 100;

/** As data, for clients that draw the form. */
export function reviewForm(lockSeconds: number) {
  return {
    decisions: REVIEW_DECISIONS.map((code) => choice(code, DECISIONS[code])),
    findings: AUDIO_FINDING_CODES.map((code) => choice(code, FINDINGS[code])),
    maxFeedbackLength: MAX_FEEDBACK,
    maxNoteLength: MAX_NOTE,
    maxScore: MAX_SCORE,
    lockSeconds,
  };
}

function choice<Code>(code: Code, { label, description }: Choice) {
  return { code, label, description };
}
