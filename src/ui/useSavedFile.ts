import { useEffect } from 'react';
import { download } from './download';
import { usePage, usePlayground } from './kit/context';

/** Downloads a checkpoint as soon as the engine has made it. */
export function useSavedFile(): void {
  const { checkpoints } = usePlayground();
  const saved = usePage((state) => state.saved);
  useEffect(() => {
    const taken = saved && checkpoints.takeSaved();
    if (taken) download(taken.file, taken.name, 'application/octet-stream');
  }, [saved, checkpoints]);
}
