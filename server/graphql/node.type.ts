import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description:
    'An object with a lasting id. There is no node(id) query: every object is reached, and authorised, through its own field.',
  resolveType: (value: object) => value.constructor.name.replace(/Type$/, ''),
})
export abstract class NodeType {
  @Field(() => ID, { description: 'UUIDv7: ordered by the time of its making.' })
  readonly id!: string;
}
