import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedScalarType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

export interface Fact {
  /** `Query.lead(id:)`, `LeadFilter.search`, `Role.ADMIN`, `Lead`, `Lead implements Node`. */
  coordinate: string;
  /** What a client relies on: the kind, or the type with its nullability and default. */
  says: string;
  /** An argument or input field that must be given. */
  required: boolean;
  description: string | null | undefined;
}

/** Every member of a schema, those of GraphQL itself left out. */
export function factsOf(schema: GraphQLSchema): Fact[] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isIntrospectionType(type) || isSpecifiedScalarType(type) ? [] : factsOfType(type),
  );
}

function factsOfType(type: GraphQLNamedType): Fact[] {
  return [fact(type.name, type.constructor.name, type.description)].concat(membersOf(type));
}

function membersOf(type: GraphQLNamedType): Fact[] {
  if (isEnumType(type))
    return type.getValues().map((value) => fact(`${type.name}.${value.name}`, 'value', value.description));
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) =>
      fact(`${type.name}.${field.name}`, inputSays(field), field.description, isRequiredInputField(field)),
    );
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return [
    ...type.getInterfaces().map(({ name }) => fact(`${type.name} implements ${name}`, 'yes', name)),
    ...Object.values(type.getFields()).flatMap((field) => {
      const at = `${type.name}.${field.name}`;
      const args = field.args.map((arg) =>
        fact(`${at}(${arg.name}:)`, inputSays(arg), arg.description, isRequiredArgument(arg)),
      );
      return [fact(at, String(field.type), field.description)].concat(args);
    }),
  ];
}

function fact(
  coordinate: string,
  says: string,
  description: string | null | undefined,
  required = false,
): Fact {
  return { coordinate, says, description, required };
}

function inputSays({ type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  return defaultValue === undefined ? String(type) : `${String(type)} = ${JSON.stringify(defaultValue)}`;
}
