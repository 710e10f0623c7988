import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { DateTime } from '../graphql/scalars.js';
import type { Scope } from '../scope.js';
import type { SignedIn } from './auth.service.js';
import { UserType } from './user.type.js';

@InputType('SignInInput')
class SignInInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;
}

@ObjectType('SignInPayload', { simpleResolvers: true })
class SignInPayload {
  @Field(() => String, { description: 'Send it as `Authorization: Bearer <token>`.' })
  accessToken!: string;

  @Field(() => DateTime)
  expiresAt!: Date;

  @Field(() => UserType)
  user!: UserType;
}

@Resolver()
export class AuthResolver {
  @Query(() => UserType, { description: 'Who is asking.' })
  me(@Ctx() scope: Scope): Promise<UserType> {
    return scope.me();
  }

  @Mutation(() => SignInPayload, { description: 'A token for an e-mail address and a password.' })
  signIn(
    @Arg('input', () => SignInInput) { email, password }: SignInInput,
    @Ctx() scope: Scope,
  ): Promise<SignedIn> {
    return scope.auth.signIn(email, password);
  }
}
