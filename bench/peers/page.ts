/** A page of one engine: `#ours`, `#jax` or `#tfjs`. */
import './counts';
import { served, type Subject } from './subject';

const ENGINES: Record<string, () => Promise<Subject>> = { ours: () => import('./ours'), jax: () => import('./jax.mjs' as string) as Promise<Subject>, tfjs: () => import('./tfjs.mjs' as string) as Promise<Subject> };

void ENGINES[location.hash.slice(1)]().then((subject) => Object.assign(globalThis, { subject: served(subject) }));
