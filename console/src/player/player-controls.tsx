import { Button, Group, NativeSelect, Switch, Text } from '@mantine/core';
import { clockTime } from '@earshot/sdk/react';
import { player } from './player-instance.js';
import { RATES } from './rates.js';
import { TEXT } from './text.js';
import type { LoopControl } from './use-loop.js';
import type { View } from './use-player.js';

interface Props {
  readonly view: View;
  readonly onToggle: () => void;
  readonly loop: LoopControl;
  readonly isMuted: boolean;
  readonly onMute: () => void;
  readonly skipsSilence: boolean;
  /** Undefined where it is not known what is silent. */
  readonly onSkipSilence: ((isOn: boolean) => void) | undefined;
  readonly onNote: (() => void) | undefined;
  readonly onHelp: () => void;
}

export function PlayerControls(props: Props) {
  const { view, onToggle, loop, isMuted, onMute, skipsSilence, onSkipSilence, onNote, onHelp } = props;
  // What is not in the player is moved by none of its buttons: another recording would be.
  const { position, duration, rate, isPlaying, isPresent } = view;
  return (
    <Group gap="xs">
      <Button onClick={onToggle} miw={84}>
        {isPlaying ? TEXT.pause : TEXT.play}
      </Button>
      <Button
        variant="default"
        px="xs"
        aria-label={TEXT.back}
        disabled={!isPresent}
        onClick={() => player.skip(-10)}
      >
        −10
      </Button>
      <Button
        variant="default"
        px="xs"
        aria-label={TEXT.forward}
        disabled={!isPresent}
        onClick={() => player.skip(10)}
      >
        +10
      </Button>
      <Text size="sm" ff="monospace">
        {clockTime(position)} / {clockTime(duration)}
      </Text>
      <NativeSelect
        aria-label={TEXT.speed}
        value={String(rate)}
        data={RATES.map((value) => ({ value: String(value), label: `${value}×` }))}
        onChange={({ currentTarget }) => player.setRate(Number(currentTarget.value))}
      />
      <Button variant="default" px="xs" aria-pressed={isMuted} onClick={onMute}>
        {isMuted ? TEXT.unmute : TEXT.mute}
      </Button>
      <LoopButtons loop={loop} isEnabled={isPresent} />
      {onSkipSilence && (
        <Switch
          label={TEXT.skipSilence}
          checked={skipsSilence}
          onChange={({ currentTarget }) => onSkipSilence(currentTarget.checked)}
        />
      )}
      {onNote && (
        <Button variant="default" px="xs" onClick={onNote}>
          {TEXT.note}
        </Button>
      )}
      <Button variant="subtle" px="xs" aria-label={TEXT.help} onClick={onHelp}>
        ?
      </Button>
    </Group>
  );
}

function LoopButtons({ loop, isEnabled }: { readonly loop: LoopControl; readonly isEnabled: boolean }) {
  const { from, to } = loop;
  return (
    <Group gap={4} role="group" aria-label={TEXT.loop}>
      <Button variant="default" px="xs" disabled={!isEnabled} onClick={() => loop.setFrom()}>
        {TEXT.loopStart}
        {from !== undefined && ` ${clockTime(from)}`}
      </Button>
      <Button variant="default" px="xs" disabled={!isEnabled} onClick={() => loop.setTo()}>
        {TEXT.loopEnd}
        {to !== undefined && ` ${clockTime(to)}`}
      </Button>
      {from !== undefined && (
        <Button variant="subtle" px="xs" aria-label={TEXT.loopClear} onClick={() => loop.clear()}>
          ×
        </Button>
      )}
    </Group>
  );
}
