import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { AtMost } from '../graphql/list-size.js';
import { RecordingType } from '../recordings/recording.type.js';
import type { Scope } from '../scope.js';
import { MAX_PARTS, MAX_SIGNED_PARTS } from '../storage/direct-transfer.js';
import {
  AppendChunkInput,
  CancelUploadInput,
  FinalizeUploadInput,
  RequestUploadInput,
  UploadRecordingInput,
} from './upload.inputs.js';
import {
  PresignedPartType,
  PresignedRequestType,
  UploadedPartType,
  UploadSessionType,
} from './upload.type.js';

@ObjectType('UploadPayload', { simpleResolvers: true, description: 'What became of an upload.' })
class UploadPayload {
  @Field(() => UploadSessionType, { description: 'The upload as it is now.' })
  upload!: UploadSessionType;
}

@Resolver(() => UploadSessionType)
export class UploadResolver {
  @Query(() => UploadSessionType, {
    nullable: true,
    description: 'One upload; ask it for receivedBytes to go on after a break.',
  })
  upload(
    @Arg('id', () => ID, { description: "The upload's id." }) id: string,
    @Ctx() scope: Scope,
  ): Promise<UploadSessionType> {
    return scope.uploadService.get(id);
  }

  @Mutation(() => UploadPayload, {
    description: 'Opens an upload for a call, or answers the one that is open.',
  })
  async requestUpload(
    @Arg('input', () => RequestUploadInput, { description: 'For which call, and what file.' })
    input: RequestUploadInput,
    @Ctx() scope: Scope,
  ): Promise<UploadPayload> {
    return { upload: await scope.uploadService.request(input) };
  }

  @Mutation(() => UploadPayload, { description: 'CHUNKED: stores the chunk that begins at offset.' })
  async appendChunk(
    @Arg('input', () => AppendChunkInput, { description: 'Which bytes, and where they begin.' })
    input: AppendChunkInput,
    @Ctx() scope: Scope,
  ): Promise<UploadPayload> {
    return { upload: await scope.uploadService.append(input) };
  }

  @Mutation(() => UploadPayload, {
    description:
      'All bytes are there: verifies them in the background. Called again, answers the present state.',
  })
  async finalizeUpload(
    @Arg('input', () => FinalizeUploadInput, { description: 'Which upload, and what was sent.' })
    input: FinalizeUploadInput,
    @Ctx() scope: Scope,
  ): Promise<UploadPayload> {
    return { upload: await scope.uploadService.finalize(input) };
  }

  @Mutation(() => UploadPayload, { description: 'Gives an open upload up; its bytes are deleted.' })
  async cancelUpload(
    @Arg('input', () => CancelUploadInput, { description: 'Which upload.' }) input: CancelUploadInput,
    @Ctx() scope: Scope,
  ): Promise<UploadPayload> {
    return { upload: await scope.uploadService.cancel(input.uploadId) };
  }

  @Mutation(() => UploadPayload, {
    description: 'A whole file in one request: request, upload and finalize at once.',
  })
  async uploadRecording(
    @Arg('input', () => UploadRecordingInput, { description: 'For which call, and the file.' })
    input: UploadRecordingInput,
    @Ctx() scope: Scope,
  ): Promise<UploadPayload> {
    return { upload: await scope.uploadService.uploadWhole(input) };
  }

  @FieldResolver(() => PresignedRequestType, {
    nullable: true,
    description: 'PUT: the one request to send. Asked again, it is signed afresh.',
  })
  request(@Root() upload: UploadSessionType, @Ctx() scope: Scope): Promise<PresignedRequestType | null> {
    return scope.uploadService.presigned(upload);
  }

  @AtMost(MAX_SIGNED_PARTS)
  @FieldResolver(() => [PresignedPartType], {
    description: 'MULTIPART: signed on demand, at most 100 at a time.',
  })
  parts(
    @Root() upload: UploadSessionType,
    @Arg('numbers', () => [Int], { description: 'Which parts, from 1.' }) numbers: number[],
    @Ctx() scope: Scope,
  ): Promise<PresignedPartType[]> {
    return scope.uploadService.parts(upload, numbers);
  }

  @AtMost(MAX_PARTS)
  @FieldResolver(() => [UploadedPartType], { description: 'MULTIPART: what the store really has.' })
  uploadedParts(@Root() upload: UploadSessionType, @Ctx() scope: Scope): Promise<UploadedPartType[]> {
    return scope.uploadService.uploadedParts(upload);
  }

  @FieldResolver(() => RecordingType, { nullable: true, description: 'From finalizeUpload on.' })
  recording(@Root() upload: UploadSessionType, @Ctx() scope: Scope): Promise<RecordingType | null> | null {
    return upload.recordingId === null ? null : scope.recordingReader.find(upload.recordingId);
  }
}
