/** An operation to begin with, as a tab of GraphiQL or a part of Sandbox's document. */
export interface ExampleOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What the examples are filled in with. */
export interface Examples {
  readonly email: string;
  readonly password: string;
  /** A call without a recording yet, for the subscription to watch. */
  readonly callLogId: string;
}

const NOTHING: Examples = { email: '', password: '', callLogId: '' };

const SIGN_IN = `# A token. Send it as {"Authorization": "Bearer <accessToken>"}: see Headers.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    accessToken
    expiresAt
    user { name role }
  }
}
`;

const LEADS = `# Leads with their calls and what was recorded of them.
query Leads {
  leads(first: 10) {
    totalCount
    nodes {
      name
      phone
      status
      callLogs(first: 3) {
        nodes {
          startedAt
          outcome
          recording { status durationMs }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const CALL_LOGS = `# The url plays in any browser until expiresAt, without a token.
query CallLogs {
  callLogs(first: 10, filter: { hasRecording: true }) {
    nodes {
      id
      startedAt
      lead { name }
      recording {
        status
        contentType
        durationMs
        url { url expiresAt }
      }
    }
  }
}
`;

const CATI_CALLS = `# Interviews: what is copied, what is still at the provider and for how long, what is gone.
query CatiCalls {
  catiCalls(first: 20) {
    nodes {
      callId
      campaign
      status
      recording {
        status
        sourceExpiresAt
        error { code message retryable }
        url { url }
      }
    }
  }
}
`;

const RECORDING_CHANGED = `# Run it, then upload a recording for this call: each of its changes arrives here.
subscription RecordingChanged($callLogId: ID!) {
  recordingChanged(callLogId: $callLogId) {
    id
    status
    contentType
    durationMs
    error { code message }
  }
}
`;

/** Sign-in, first queries, a subscription. Without anything to fill in, the variables are left to the reader. */
export function exampleOperations({
  email,
  password,
  callLogId,
}: Examples = NOTHING): readonly ExampleOperation[] {
  return [
    { query: SIGN_IN, variables: { input: { email, password } } },
    { query: LEADS, variables: {} },
    { query: CALL_LOGS, variables: {} },
    { query: CATI_CALLS, variables: {} },
    { query: RECORDING_CHANGED, variables: { callLogId } },
  ];
}
