/** The text of one named GraphQL operation, carrying the types of its result and of its variables. */
export type TypedDocumentString<TResult, TVariables> = string & {
  readonly __types?: (variables: TVariables) => TResult;
};

export type OperationKind = 'query' | 'mutation' | 'subscription';

export interface OperationName {
  readonly kind: OperationKind;
  readonly name: string;
}

/** Kind and name of the document's operation, read from its text: no GraphQL parser is shipped to clients. */
export function operationOf(document: string): OperationName {
  const match = /(?:^|[\s}])(query|mutation|subscription)\s+([_A-Za-z]\w*)/.exec(document);
  if (!match) throw new TypeError('The document needs a named operation, such as `query Leads { … }`.');
  return { kind: match[1] as OperationKind, name: match[2] as string };
}
