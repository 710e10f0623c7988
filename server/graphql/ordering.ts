import { registerEnumType } from 'type-graphql';
import { enumOf } from './enums.js';

export const SORT_DIRECTIONS = ['ASC', 'DESC'] as const;
export type SortDirection = (typeof SORT_DIRECTIONS)[number];

export const SortDirectionEnum = enumOf(SORT_DIRECTIONS);
registerEnumType(SortDirectionEnum, {
  name: 'SortDirection',
  description: 'Which end of a list comes first.',
  valuesConfig: {
    ASC: { description: 'Smallest or oldest first.' },
    DESC: { description: 'Largest or newest first.' },
  },
});

export function lower(direction: SortDirection): 'asc' | 'desc' {
  return direction === 'ASC' ? 'asc' : 'desc';
}
