import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCheckpointConfig } from '../model/files/checkpointConfig';
import { architectureOf } from '../model/architectures';
import { MODEL_FOLDERS, MODELS } from './models';

describe('what is known of the models before they are read', () => {
  it.each(MODEL_FOLDERS)('agrees with the files of %s', (folder) => {
    const config = parseCheckpointConfig(readFileSync(new URL(`../../public/models/${folder}/config.json`, import.meta.url), 'utf8'));
    const architecture = architectureOf(config);
    const facts = MODELS[folder];
    expect(facts.architecture.toLowerCase()).toBe(architecture.name);
    const { decoder, layers, width, keyValueWidth } = facts;
    expect({ decoder, layers, width, keyValueWidth }).toEqual({ decoder: config.causal, layers: config.layers, width: config.hidden, keyValueWidth: config.keyValueHeads * config.headSize });
    expect([...facts.targets].sort()).toEqual(Object.keys(architecture.targets).sort());
    expect(facts.biases).toBe([...architecture.body(config).keys()].some((name) => name.endsWith('bias')));
  });
});
