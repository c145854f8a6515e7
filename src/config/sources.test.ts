import { describe, expect, it } from 'vitest';
import { idProblem, readReference, referenceText, shortName, type SourceReference, understand } from './sources';

const commit = '0123456789abcdef0123456789abcdef01234567';

describe('references', () => {
  it.each<SourceReference>([
    { kind: 'builtin', name: 'nano-encoder' },
    { kind: 'hub', id: 'org/name', revision: commit },
    { kind: 'hub', id: 'gpt2', revision: 'refs/pr/11' },
    { kind: 'address', url: 'https://example.org/models/mine' },
    { kind: 'local', name: 'my model (2)', fingerprint: '0011223344556677' },
  ])('come back from their text: $kind', (reference) => {
    expect(readReference(referenceText(reference))).toEqual(reference);
  });

  it.each(['', 'hub:org/name', 'hub:a/b/c@main', 'hub:org/name@..', 'hub:org/name@main?token=x', 'local:x', 'local:x#zz', 'local:%#00112233', 'https://me:secret@example.org/x', 'ftp://x/y', 'Nano', '__proto__', 'a b', 'javascript:alert(1)'])(
    'are refused where they are none: "%s"', (text) => expect(readReference(text)).toBeUndefined(),
  );

  it('show the commit shortened', () => {
    expect(shortName({ kind: 'hub', id: 'org/name', revision: commit })).toBe('org/name @ 0123456');
  });
});

describe('what people type', () => {
  it.each<[string, SourceReference]>([
    ['nano-decoder', { kind: 'builtin', name: 'nano-decoder' }],
    ['org/name', { kind: 'hub', id: 'org/name', revision: 'main' }],
    [' "org/name" ', { kind: 'hub', id: 'org/name', revision: 'main' }],
    ['gpt2', { kind: 'hub', id: 'gpt2', revision: 'main' }],
    ['org/name@v1.0', { kind: 'hub', id: 'org/name', revision: 'v1.0' }],
    ['org/name@refs/pr/3', { kind: 'hub', id: 'org/name', revision: 'refs/pr/3' }],
    [`hub:org/name@${commit}`, { kind: 'hub', id: 'org/name', revision: commit }],
    ['hf:org/name', { kind: 'hub', id: 'org/name', revision: 'main' }],
    ['https://huggingface.co/org/name', { kind: 'hub', id: 'org/name', revision: 'main' }],
    ['https://huggingface.co/org/name/', { kind: 'hub', id: 'org/name', revision: 'main' }],
    ['huggingface.co/org/name?library=transformers', { kind: 'hub', id: 'org/name', revision: 'main' }],
    ['https://hf.co/org/name/tree/dev', { kind: 'hub', id: 'org/name', revision: 'dev' }],
    ['https://huggingface.co/org/name/tree/refs%2Fpr%2F1', { kind: 'hub', id: 'org/name', revision: 'refs/pr/1' }],
    ['https://huggingface.co/org/name/tree/refs/pr/1', { kind: 'hub', id: 'org/name', revision: 'refs/pr/1' }],
    [`https://huggingface.co/org/name/blob/${commit}/config.json`, { kind: 'hub', id: 'org/name', revision: commit }],
    ['https://huggingface.co/gpt2/tree/main', { kind: 'hub', id: 'gpt2', revision: 'main' }],
    ['https://example.org/models/mine/config.json', { kind: 'address', url: 'https://example.org/models/mine' }],
    ['http://localhost:8080/m/', { kind: 'address', url: 'http://localhost:8080/m' }],
  ])('%s', (text, reference) => expect(understand(text, ['nano-encoder', 'nano-decoder'])).toEqual({ reference }));

  it.each(['', 'a/b/c', 'org/na me', 'org/--name', '-x', 'org/name.git', 'https://huggingface.co/datasets/glue', 'ftp://host/x', 'https://me:pw@host/x', 'org/name@a b', 'ünïcode/x'])(
    'answers with a sentence: "%s"', (text) => expect(understand(text)).toHaveProperty('problem', expect.stringMatching(/\.$/)),
  );

  it('knows the longest name', () => {
    expect(idProblem('a'.repeat(96))).toBeUndefined();
    expect(idProblem('a'.repeat(97))).toContain('at most 96');
  });
});
