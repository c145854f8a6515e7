import type { Fault } from '../protocol/faults';

/** Thrown where a configuration or a file cannot be used; carries what the page shows. */
export class Refusal extends Error {
  constructor(readonly fault: Fault) {
    super(fault.code);
  }
}
