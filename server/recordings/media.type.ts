import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType('Peaks', {
  simpleResolvers: true,
  description:
    "What a waveform is drawn from: the numbers of audiowaveform's data format, version 2, with one channel and 8 bits.",
})
export class PeaksType {
  @Field(() => Int, { description: 'Samples in a second.' })
  sampleRate!: number;

  @Field(() => Int, { description: 'Samples in a pixel. Longer recordings have longer pixels.' })
  samplesPerPixel!: number;

  @Field(() => Int, { description: 'Pixels, at most 20,000.' })
  length!: number;

  @Field(() => String, {
    description: 'Base64 of two signed bytes for each pixel: its lowest and its highest sample, -128 to 127.',
  })
  data!: string;
}

@ObjectType('SilenceSpan', {
  simpleResolvers: true,
  description: 'A second and more in which nothing is to be heard.',
})
export class SilenceSpanType {
  @Field(() => Int, { description: 'Milliseconds from the beginning.' })
  startMs!: number;

  @Field(() => Int, { description: 'Milliseconds from the beginning.' })
  endMs!: number;
}
