import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { DateTime } from '../graphql/scalars.js';
import type { Scope } from '../scope.js';
import type { SignedIn } from './auth.service.js';
import { UserType } from './user.type.js';

@InputType('SignInInput', { description: 'Who signs in.' })
class SignInInput {
  @Field(() => String, { description: 'In any case.' })
  email!: string;

  @Field(() => String, { description: 'At most 1,000 characters.' })
  password!: string;
}

@ObjectType('SignInPayload', { simpleResolvers: true, description: 'A token, and whose it is.' })
class SignInPayload {
  @Field(() => String, { description: 'Send it as `Authorization: Bearer <token>`.' })
  accessToken!: string;

  @Field(() => DateTime, { description: 'When the token ends: sign in again before.' })
  expiresAt!: Date;

  @Field(() => UserType, { description: 'Who signed in.' })
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
    @Arg('input', () => SignInInput, { description: 'Address and password.' })
    { email, password }: SignInInput,
    @Ctx() scope: Scope,
  ): Promise<SignedIn> {
    return scope.signIn(email, password);
  }
}
