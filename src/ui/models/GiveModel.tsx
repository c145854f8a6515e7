import { type FormEvent, useRef, useState } from 'react';
import { BUILT_IN_NAMES } from '../../config/models';
import { referenceText, understand } from '../../config/sources';
import { usePlayground } from '../kit/context';
import { droppedFiles, type GivenFiles, isAdapter, pickedFiles } from './droppedFiles';

/** A field for any name or address, and a place for files: whatever is given is looked at, and nothing more. */
export function GiveModel() {
  const { models } = usePlayground();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);

  const look = (event: FormEvent) => {
    event.preventDefault();
    const understood = understand(text, BUILT_IN_NAMES);
    setProblem('problem' in understood ? understood.problem : undefined);
    if ('reference' in understood) models.pick(referenceText(understood.reference));
  };
  const take = (given: GivenFiles) => {
    setProblem(undefined);
    if (isAdapter(given)) models.bringAdapter(given.name, given.files);
    else if (given.files.length > 0) models.bring(given.name, given.files);
  };
  const input = (mine: typeof folder, directory: boolean) => (
    <input
      ref={mine} type="file" multiple hidden aria-label={directory ? 'Folder of a model' : 'Files of a model'} {...(directory && { webkitdirectory: '' })}
      onChange={({ target }) => {
        if (target.files) take(pickedFiles(target.files));
        target.value = '';
      }}
    />
  );

  return (
    <section aria-label="Any model">
      <form className="give-name" onSubmit={look}>
        <input className="text-box" type="text" aria-label="Name or address of a model" placeholder="org/name, org/name@revision or https://…" spellCheck={false} autoCapitalize="none" value={text} onChange={(event) => setText(event.target.value)} />
        <button type="submit" className="button filled">Look</button>
      </form>
      {problem && <p className="field-refusal" role="alert">{problem}</p>}
      <div
        className={over ? 'drop-zone over' : 'drop-zone'}
        onDragOver={(event) => { event.preventDefault(); event.stopPropagation(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          // Elsewhere on the page a dropped file is a run.
          event.stopPropagation();
          setOver(false);
          void droppedFiles(event.dataTransfer).then(take);
        }}
      >
        <p>Or drop a folder with config.json, model.safetensors and tokenizer.json here, or an adapter for the model on the cards (a folder of peft’s, or the .zip of this page). It stays on this machine.</p>
        <button type="button" className="button" onClick={() => folder.current?.click()}>Choose a folder…</button>
        <button type="button" className="button" onClick={() => files.current?.click()}>Choose files…</button>
        {input(folder, true)}
        {input(files, false)}
      </div>
    </section>
  );
}
