import { useEffect, useState } from 'react';
import { openSheet } from './address';
import { importEverything, isEverything } from '../store/everything';
import { usePlayground } from './kit/context';
import { droppedFiles, type GivenFiles, isAdapter, isModel } from './models/droppedFiles';

/** A run's file, a checkpoint, a file of everything, an adapter or the folder of a model can be dropped anywhere on the page. True while one hovers over it. */
export function useFileDrop(): boolean {
  const playground = usePlayground();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const { checkpoints, models } = playground;
    const take = async (given: GivenFiles) => {
      const [first] = given.files;
      if (given.files.length === 1 && await isEverything(first.blob)) await importEverything(playground, first.blob);
      else if (isAdapter(given)) {
        models.bringAdapter(given.name, given.files);
        openSheet('models');
      } else if (isModel(given)) {
        models.bring(given.name, given.files);
        openSheet('models');
      } else for (const { blob } of given.files) void checkpoints.open(blob);
    };
    const drag = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(false);
      // The sheet of a table takes what is dropped on it itself.
      if ((event.target as Element | null)?.closest('[data-takes-tables]')) return;
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(take);
    };
    document.addEventListener('dragover', drag);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', drag);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, [playground]);
  return over;
}
