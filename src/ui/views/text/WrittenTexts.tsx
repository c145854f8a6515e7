import { FOLLOWED_PROMPTS } from '../../../store/answers';
import type { RunRecord } from '../../../protocol/run';
import { Tokens } from './Tokens';

/** Held-out prompts with what the model wrote at first, what it writes now, and what a person wrote. */
export function WrittenTexts({ texts }: { texts: RunRecord['texts'] }) {
  if (!texts) return <p className="small muted">Press Start: the model then writes behind {FOLLOWED_PROMPTS} held-out prompts before the first step and at every evaluation. Training waits while it writes.</p>;
  const { first, latest } = texts;
  return (
    <>
      <p className="small muted">Held-out prompts, which no training step has seen; always the most probable token. The stronger a token is marked, the less probable it was; rest on one for its probability.{first.step > 0 && ` This view was opened at step ${first.step}; restart to see the model before training.`}</p>
      <ol className="text-rows">
        {latest.texts.map((now, index) => (
          <li key={now.prompt}>
            <p className="text-prompt">{now.prompt}</p>
            <dl className="text-answers">
              {first.step !== latest.step && first.texts[index] && <><dt>step {first.step}</dt><dd><Tokens written={first.texts[index]} /></dd></>}
              <dt>step {latest.step}</dt><dd><Tokens written={now} /></dd>
              {now.reference !== undefined && <><dt>reference</dt><dd>{now.reference}</dd></>}
            </dl>
          </li>
        ))}
      </ol>
    </>
  );
}
