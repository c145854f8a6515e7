import { useEffect, useRef, useState } from 'react';
import { announce } from '../../store/findings';
import { usePage, usePlayground } from '../kit/context';
import { focusedProblem } from '../kit/focus';

const QUIET_MS = 10_000;

/** For screen readers: the newest evaluation, at most every ten seconds. */
export function Announcer() {
  const { data } = usePlayground();
  const current = usePage((state) => state.current);
  const problem = usePage(focusedProblem);
  usePage((state) => state.runs);
  const [text, setText] = useState('');
  const spoken = useRef(0);
  const last = current ? data.get(current)?.evaluations.at(-1) : undefined;
  useEffect(() => {
    if (!last || performance.now() - spoken.current < QUIET_MS) return;
    spoken.current = performance.now();
    setText(announce(last, problem));
  }, [last, problem]);
  return <p className="visually-hidden" aria-live="polite">{text}</p>;
}
