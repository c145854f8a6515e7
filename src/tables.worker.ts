/** The door to the reading of tables, in a worker of its own so that a large file holds up neither the page nor training. */
import { TableDesk } from './data/tableDesk';
import type { FromTables, ToTables } from './protocol/tableReading';
import { policyOf } from './sources/policy';

/** Origins that whoever built or started the page has allowed besides the Hub's (vite.config.ts). */
declare const __ALLOWED_HOSTS__: readonly string[];

const desk = new TableDesk((answer: FromTables) => self.postMessage(answer), { allowed: policyOf(self.location.origin, __ALLOWED_HOSTS__) });

self.onmessage = ({ data }: MessageEvent<ToTables>) => void desk.handle(data);
