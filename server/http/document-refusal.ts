import { GraphQLError, Kind } from 'graphql';
import { EarshotError, errors } from '../errors.js';

/** A refusal of the document itself, with the status that goes with it, whoever throws it: a rule, a plugin, the socket. */
export function documentRefusal(refusal: EarshotError): GraphQLError {
  const { message, code, status } = refusal;
  return new GraphQLError(message, { originalError: refusal, extensions: { code, http: { status } } });
}

export function queryTooComplex(message: string, limit: number): GraphQLError {
  return documentRefusal(errors.queryTooComplex(message, limit));
}

export function fragmentCycle(name: string): GraphQLError {
  const message = `The fragment ${name.slice(0, 100)} spreads itself.`;
  return documentRefusal(new EarshotError('QUERY_TOO_COMPLEX', message));
}

/** Where all is skipped there is nothing to subscribe to, on which GraphQL's own rules and its execution fall over. */
export function directedSubscription(): GraphQLError {
  const message = 'The field of a subscription takes no directives.';
  return documentRefusal(new EarshotError('GRAPHQL_VALIDATION_FAILED', message));
}

/** From what GraphQL found wrong with the values of variables. */
export function badVariable([first]: readonly GraphQLError[]): GraphQLError {
  const node = first?.nodes?.[0];
  const name = node?.kind === Kind.VARIABLE_DEFINITION ? node.variable.name.value : 'variables';
  return documentRefusal(errors.badInput(name, clipped(first?.message ?? 'A variable is not acceptable.')));
}

/** GraphQL quotes what it refuses, however long it is. */
export function clipped(message: string): string {
  return message.length <= LONGEST ? message : `${message.slice(0, LONGEST)}…`;
}

const LONGEST = 500;

/** GraphQL names what is like a name that it does not know: the schema, a guess at a time. It stands at the end, and may be clipped. */
export function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean .*$/s, '');
}
