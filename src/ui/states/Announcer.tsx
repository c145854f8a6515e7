import { useEffect, useRef, useState } from 'react';
import { announce } from '../../store/findings';
import { usePage, usePlayground } from '../kit/context';
import { wordsOf } from '../../store/metrics';
import { focusedConfig } from '../kit/focus';

const QUIET_MS = 10_000;

/** For screen readers: the newest evaluation, at most every ten seconds. */
export function Announcer() {
  const { data } = usePlayground();
  const current = usePage((state) => state.current);
  const config = usePage(focusedConfig);
  usePage((state) => state.runs);
  const [text, setText] = useState('');
  const spoken = useRef(0);
  const last = current ? data.get(current)?.evaluations.at(-1) : undefined;
  useEffect(() => {
    if (!last || performance.now() - spoken.current < QUIET_MS) return;
    spoken.current = performance.now();
    setText(announce(last, wordsOf(config)));
  }, [last, config]);
  return <p className="visually-hidden" aria-live="polite">{text}</p>;
}
