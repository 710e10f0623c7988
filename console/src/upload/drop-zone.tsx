import { FileButton, Button, Group, Text } from '@mantine/core';
import { useState, type DragEvent } from 'react';
import classes from './upload.module.css';
import { TEXT } from './text.js';

const ACCEPTED = 'audio/*,.m4a,.aac,.mp3,.ogg,.opus,.wav,.webm,.3gp,.amr';

/** For the pointer a place to drop a file; for everybody a button. */
export function DropZone({ onFile }: { readonly onFile: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent): void => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  return (
    <Group
      className={classes['zone']}
      data-over={isOver}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Text size="sm">{TEXT.drop}</Text>
      <FileButton
        accept={ACCEPTED}
        onChange={(file) => file && onFile(file)}
        inputProps={{ 'aria-label': TEXT.choose }}
      >
        {(props) => (
          <Button {...props} variant="default" size="compact-md">
            {TEXT.choose}
          </Button>
        )}
      </FileButton>
    </Group>
  );
}
