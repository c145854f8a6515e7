/** The model of a shape as a peer loads it: tensors under short names, matrices as (in, out). */
import { FIRST_POSITION, type PeerShape, RANK, valuesOf } from './cases';

interface Named {
  short: string;
  /** As transformers calls it, which its values are drawn from. */
  name: string;
  shape: number[];
  trained?: boolean;
  /** Stored as (out, in). */
  turned?: boolean;
}

export type PeerTensor = [short: string, values: Float32Array<ArrayBuffer>, shape: number[]];

function transposed(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c];
  return out;
}

const linear = (short: string, layer: number, module: string, [outputs, inputs]: number[]): Named[] => [
  { short: `${short}w${layer}`, name: `${module}.weight`, shape: [outputs, inputs], turned: true }, { short: `${short}b${layer}`, name: `${module}.bias`, shape: [outputs] },
];
/** GPT-2 stores its layers as (in, out). */
const conv = (short: string, layer: number, module: string, [inputs, outputs]: number[]): Named[] => [
  { short: `${short}w${layer}`, name: `${module}.weight`, shape: [inputs, outputs] }, { short: `${short}b${layer}`, name: `${module}.bias`, shape: [outputs] },
];
const lora = (short: string, layer: number, module: string, d: number): Named[] => [
  { short: `${short}A${layer}`, name: `${module}.lora_A`, shape: [RANK, d], trained: true, turned: true }, { short: `${short}B${layer}`, name: `${module}.lora_B`, shape: [d, RANK], trained: true, turned: true },
];
const norm = (gain: string, bias: string, module: string, d: number): Named[] => [{ short: gain, name: `${module}.weight`, shape: [d] }, { short: bias, name: `${module}.bias`, shape: [d] }];

function encoder({ hidden: d, layers, tokens, vocabulary }: PeerShape): Named[] {
  const layer = (l: number) => {
    const at = `roberta.encoder.layer.${l}.`;
    return [
      ...linear('q', l, `${at}attention.self.query`, [d, d]), ...lora('q', l, `${at}attention.self.query`, d), ...linear('k', l, `${at}attention.self.key`, [d, d]),
      ...linear('v', l, `${at}attention.self.value`, [d, d]), ...lora('v', l, `${at}attention.self.value`, d), ...linear('o', l, `${at}attention.output.dense`, [d, d]),
      ...linear('up', l, `${at}intermediate.dense`, [4 * d, d]), ...linear('down', l, `${at}output.dense`, [d, 4 * d]),
      ...norm(`n1g${l}`, `n1b${l}`, `${at}attention.output.LayerNorm`, d), ...norm(`n2g${l}`, `n2b${l}`, `${at}output.LayerNorm`, d),
    ];
  };
  return [
    { short: 'word', name: 'roberta.embeddings.word_embeddings.weight', shape: [vocabulary, d] }, { short: 'position', name: 'roberta.embeddings.position_embeddings.weight', shape: [tokens + FIRST_POSITION, d] },
    { short: 'type', name: 'roberta.embeddings.token_type_embeddings.weight', shape: [1, d] }, ...norm('eg', 'eb', 'roberta.embeddings.LayerNorm', d),
    ...Array.from({ length: layers }, (_, l) => layer(l)).flat(),
    { short: 'hw', name: 'classifier.dense.weight', shape: [d, d], trained: true, turned: true }, { short: 'hb', name: 'classifier.dense.bias', shape: [d], trained: true },
    { short: 'cw', name: 'classifier.out_proj.weight', shape: [2, d], trained: true, turned: true }, { short: 'cb', name: 'classifier.out_proj.bias', shape: [2], trained: true },
  ];
}

function decoder({ hidden: d, layers, tokens, vocabulary }: PeerShape): Named[] {
  const layer = (l: number) => {
    const at = `transformer.h.${l}.`;
    return [
      ...conv('qkv', l, `${at}attn.c_attn`, [d, 3 * d]), ...lora('q', l, `${at}attn.c_attn.q`, d), ...lora('v', l, `${at}attn.c_attn.v`, d), ...conv('o', l, `${at}attn.c_proj`, [d, d]),
      ...conv('up', l, `${at}mlp.c_fc`, [d, 4 * d]), ...conv('down', l, `${at}mlp.c_proj`, [4 * d, d]), ...norm(`n1g${l}`, `n1b${l}`, `${at}ln_1`, d), ...norm(`n2g${l}`, `n2b${l}`, `${at}ln_2`, d),
    ];
  };
  return [
    { short: 'word', name: 'transformer.wte.weight', shape: [vocabulary, d] }, { short: 'position', name: 'transformer.wpe.weight', shape: [tokens, d] },
    ...Array.from({ length: layers }, (_, l) => layer(l)).flat(), ...norm('fg', 'fb', 'transformer.ln_f', d),
  ];
}

export function peerTensors(shape: PeerShape): { trained: PeerTensor[]; frozen: PeerTensor[] } {
  const parts = { trained: [] as PeerTensor[], frozen: [] as PeerTensor[] };
  for (const { short, name, shape: extents, trained, turned } of shape.kind === 'encoder' ? encoder(shape) : decoder(shape)) {
    const values = valuesOf(name, extents);
    parts[trained ? 'trained' : 'frozen'].push(turned ? [short, transposed(values, extents[0], extents[1]), [extents[1], extents[0]]] : [short, values, extents]);
  }
  return parts;
}
