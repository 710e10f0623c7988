import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';

/** ISO 8601 in UTC. Readers give ISO text already (`isoTime`), which goes out as it is: parsing it again would cost more than the row. */
export const DateTime = new GraphQLScalarType<Date | string, string>({
  ...GraphQLDateTime.toConfig(),
  description: 'A time in ISO 8601, in UTC, to the millisecond.',
  serialize(value) {
    if (typeof value === 'string') return value;
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    throw new TypeError('not a time');
  },
});

export const SafeInt = Object.assign(GraphQLSafeInt, {
  description: 'A whole number up to 2^53 - 1.',
  specifiedByURL: undefined,
});
