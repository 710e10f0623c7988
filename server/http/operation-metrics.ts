import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import { Histogram, type Registry } from 'prom-client';
import { clientOperation } from './client-operations.js';

/** The name of every document that is not our own clients': a stranger's names would make a series each. */
const OTHER = 'other';

/** How long GraphQL operations over HTTP take, and how they end. */
export function operationMetrics(registry: Registry): ApolloServerPlugin {
  const durations = new Histogram({
    name: 'earshot_graphql_operation_duration_seconds',
    help: 'GraphQL operations over HTTP, by the name that the SDK or the console gives them (else: other) and the code of the first error (else: OK).',
    labelNames: ['operation', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [registry],
  });
  return {
    requestDidStart() {
      const end = durations.startTimer();
      return Promise.resolve({
        willSendResponse({ source, response }) {
          end({ operation: clientOperation(source ?? '') ?? OTHER, outcome: outcomeOf(response) });
          return Promise.resolve();
        },
      });
    },
  };
}

function outcomeOf({ body }: GraphQLResponse): string {
  const [first] = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
  const code = first?.extensions?.['code'];
  if (first === undefined) return 'OK';
  return typeof code === 'string' ? code : 'INTERNAL';
}
