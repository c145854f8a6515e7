import { type FormEvent, useState } from 'react';
import { usePlayground } from '../kit/context';

/** A token for gated models. It lives in memory until the page is closed, and goes to the Hub's own host alone. */
export function Token() {
  const { models } = usePlayground();
  const [given, setGiven] = useState(false);
  const use = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const box = event.currentTarget.elements.namedItem('token') as HTMLInputElement;
    const token = box.value.trim();
    models.authorise(token || undefined);
    setGiven(token !== '');
    box.value = '';
  };
  return (
    <form className="give-name" onSubmit={use}>
      <input className="text-box" type="password" name="token" aria-label="Token of the Hugging Face Hub" placeholder={given ? 'a token is in use' : 'hf_…, a read token'} autoComplete="off" spellCheck={false} />
      <button type="submit" className="button">Use the token</button>
      <p className="small muted">Only in memory, only for huggingface.co; never in a link, a record or a report. An empty field forgets it.</p>
    </form>
  );
}
