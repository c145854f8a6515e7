/** Changing one field of a configuration by its path, as hot changes and links do. */
import { PLAN_FIELDS, type RunConfig, UNIFORM_FIELDS } from './config';

/** How a change of `field` takes effect: at the next step, with a new plan over the same weights, or only with a new run. */
export function changeKind(field: string): 'uniform' | 'plan' | 'restart' {
  if (UNIFORM_FIELDS.test(field)) return 'uniform';
  return PLAN_FIELDS.test(field) ? 'plan' : 'restart';
}

/** Value at a path such as `dropout.logits.p`; undefined where a part of it is absent. */
export function fieldOf(config: RunConfig, field: string): unknown {
  return field.split('.').reduce<unknown>((value, name) => (value === undefined || value === null ? undefined : (value as Record<string, unknown>)[name]), config);
}

/**
 * A copy of `config` with `field` set to `to`; undefined or null removes the field.
 * @throws when the path leads through something that is not there
 */
export function withField(config: RunConfig, field: string, to: unknown): RunConfig {
  const copy = structuredClone(config);
  const names = field.split('.');
  const last = names.pop()!;
  let parent = copy as unknown as Record<string, unknown>;
  for (const name of names) {
    const next = parent[name];
    if (typeof next !== 'object' || next === null) throw new Error(`configuration: ${field} cannot be set, there is no ${name}; set ${names.join('.')} first`);
    parent = next as Record<string, unknown>;
  }
  if (to === undefined || to === null) delete parent[last];
  else parent[last] = structuredClone(to);
  return copy;
}
