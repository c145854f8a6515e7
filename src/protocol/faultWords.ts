/** What is said about each fault: a title, what it means, what to do. One table, keyed by the fault's code. */
import { shortLabel } from '../config/diff';
import { adapterAdvice, browserOf, webgpuAdvice } from './browsers';
import type { Fault, FaultCode } from './faults';
import { bytes, digits } from './format';

export type FaultAction = 'restart_engine' | 'reset' | 'lower_rate' | 'lower_control' | 'none';

export interface FaultWords {
  title: string;
  text: string;
  action: FaultAction;
  actionLabel: string;
  /** A command or a sentence to be copied. */
  command?: string;
  /** What somebody else said, word for word, to be copied too. */
  quote?: string;
  tone: 'calm' | 'warning' | 'bad';
}

type Of<C extends FaultCode> = Extract<Fault, { code: C }>;

export const SOFTWARE_COMMAND = 'npm start -- --software';
const STILL_WORKS = 'The recorded run, the dropout sentence and the mask views work without one.';

const browserName = (userAgent: string): string => {
  const browser = browserOf(userAgent);
  return browser ? `${browser.name} ${browser.version}` : 'This browser';
};

/** The control as people see it on the page. */
export const controlName = (field: string) => ({ 'optimizer.batchSize': 'batch', 'model.rank': 'rank', 'model.targets': 'number of LoRA targets', 'model.weights': 'memory of the weights', 'consistency.kind': 'second pass', consistency: 'second pass' })[field] ?? shortLabel(field);

export const FAULT_WORDS: { [C in FaultCode]: (fault: Of<C>, userAgent: string) => FaultWords } = {
  no_webgpu: (_, userAgent) => ({
    title: 'This browser cannot compute on the GPU yet', tone: 'calm', action: 'none', actionLabel: '',
    text: `${webgpuAdvice(userAgent)} ${STILL_WORKS}`,
  }),
  insecure_context: () => ({
    title: 'WebGPU needs a secure page', tone: 'calm', action: 'none', actionLabel: '',
    text: `Open this page over https, or at localhost. ${STILL_WORKS}`,
  }),
  no_adapter: (_, userAgent) => ({
    title: 'The browser found no usable GPU', tone: 'calm', action: 'restart_engine', actionLabel: 'Try again',
    text: `${adapterAdvice(userAgent)} Or use Chromium’s software adapter: slower, the same results. ${STILL_WORKS}`, command: SOFTWARE_COMMAND,
  }),
  limit_too_small: ({ limit, needed, offered }) => ({
    title: 'This GPU offers too little', tone: 'calm', action: 'none', actionLabel: '',
    text: `The kernels need ${limit} of ${digits(needed, 6)}, the GPU offers ${digits(offered, 6)}. The software adapter has enough.`, command: SOFTWARE_COMMAND,
  }),
  self_test_failed: ({ detail }) => ({
    title: 'This GPU computes wrong numbers', tone: 'bad', action: 'restart_engine', actionLabel: 'Test again',
    text: `A kernel’s result differs from the reference (${detail}). Update the graphics driver, or use the software adapter.`, command: SOFTWARE_COMMAND,
  }),
  compiler_refused: ({ kernel, words }, userAgent) => ({
    title: 'This browser’s shader compiler refused a kernel', tone: 'bad', action: 'restart_engine', actionLabel: 'Try again',
    text: `${browserName(userAgent)} does not compile ${kernel}. The GPU itself is not at fault. Update the browser, or open the page in a current Chrome or Edge; a report with the compiler’s words helps to mend it.`, quote: words,
  }),
  out_of_memory: ({ predicted, neededBytes, budgetBytes, largest, lower, raise = false }) => ({
    title: predicted ? Number.isFinite(neededBytes) ? `This would need ${bytes(neededBytes)} of ${bytes(budgetBytes)}` : 'This is larger than the GPU can hold' : 'The GPU ran out of memory', tone: 'warning',
    action: 'lower_control', actionLabel: lower.length ? `Lower the ${controlName(lower[0])}` : 'Reset',
    text: `${lower.length ? `Lower the ${lower.map(controlName).join(' or the ')}.` : 'Choose a smaller setting.'}${raise ? ' Or raise the memory budget (in the sheet of the adapter; --budget of a command), if this machine has so much.' : ''}${largest.length ? ` Largest: ${largest.map(({ label, bytes: size }) => `${label} ${bytes(size)}`).join(', ')}.` : ''}`,
  }),
  device_lost: ({ reason }) => ({
    title: 'The GPU was reset by the system', tone: 'bad', action: 'restart_engine', actionLabel: 'Restart the engine',
    text: `Curves so far are kept. ${reason}`,
  }),
  diverged: ({ step, loss, learningRate }) => ({
    title: `The run diverged at step ${step}`, tone: 'warning', action: 'lower_rate', actionLabel: `Start again with rate ${digits(learningRate / 10)}`,
    text: `Loss became ${digits(loss)} at learning rate ${digits(learningRate)}. A lower rate is the usual cure.`,
  }),
  bad_config: ({ problems }) => ({
    title: 'These settings cannot run', tone: 'warning', action: 'none', actionLabel: '', text: problems.join(' '),
  }),
  load_failed: ({ file, detail }) => ({
    title: 'A file could not be loaded', tone: 'bad', action: 'restart_engine', actionLabel: 'Try again', text: `${file}: ${detail}.`,
  }),
  internal: ({ detail }) => ({
    title: 'A mistake of ours', tone: 'bad', action: 'restart_engine', actionLabel: 'Restart the engine', text: `Curves so far are kept. Detail: ${detail}`,
  }),
  worker_crashed: ({ detail }) => ({
    title: 'The engine stopped', tone: 'bad', action: 'restart_engine', actionLabel: 'Restart the engine', text: `Curves so far are kept. Detail: ${detail}.`,
  }),
};

export function wordsFor(fault: Fault, userAgent: string): FaultWords {
  return (FAULT_WORDS[fault.code] as (fault: Fault, userAgent: string) => FaultWords)(fault, userAgent);
}

export const SILENT_WORDS: FaultWords = {
  title: 'The engine has not answered for ten seconds', tone: 'warning', action: 'restart_engine', actionLabel: 'Restart the engine',
  text: 'It may be busy with a large step. Curves so far are kept.',
};
