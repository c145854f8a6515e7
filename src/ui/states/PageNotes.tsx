import { ModelNote } from './ModelNote';
import { CheckpointNote, KeepingNote, LinkNote, Notice, Offer } from './Notes';
import { ObstacleNote } from './ObstacleNote';
import { RecoveryNote } from './RecoveryNote';

/** What the page has to say above its view, in the order of what comes first. */
export function PageNotes() {
  return (
    <>
      <ModelNote />
      <ObstacleNote />
      <LinkNote />
      <RecoveryNote />
      <Notice />
      <KeepingNote />
      <CheckpointNote />
      <Offer />
    </>
  );
}
