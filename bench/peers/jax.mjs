// jax-js as a subject: the whole step (forward, backward, AdamW) is one jitted function; frozen weights are arguments.
import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import { ALPHA, BATCHES, batchOf, BETA1, BETA2, DROPOUT, EPSILON, FIRST_POSITION, LEARNING_RATE, NORM_EPSILON, RANK } from './cases';
import { peerTensors } from './tensors';

const SCALE = ALPHA / RANK;
const KEEP = 1 - DROPOUT;

const layerNorm = (x, g, b) => nn.standardize(x, -1, { epsilon: NORM_EPSILON }).mul(g).add(b);
const linear = (x, w, b) => np.dot(x, w).add(b);
const lora = (x, a, b) => np.dot(np.dot(x, a), b).mul(SCALE);

/** q, k, v (B·T, d) → (B·T, d). */
function attend(q, k, v, { samples: B, tokens: T, heads: H, hidden: d }, key, causal) {
  const apart = (x) => x.reshape([B, T, H, d / H]).transpose([0, 2, 1, 3]);
  let logits = np.matmul(apart(q), np.matrixTranspose(apart(k))).mul(1 / Math.sqrt(d / H));
  if (causal) logits = np.where(np.tri(T, T, 0, { dtype: np.bool }), logits, -1e9);
  let weights = nn.softmax(logits, -1);
  if (key) weights = np.where(random.bernoulli(key, KEEP, [B, H, T, T]), weights.mul(1 / KEEP), 0);
  return np.matmul(weights, apart(v)).transpose([0, 2, 1, 3]).reshape([B * T, d]);
}

function encoderLogits(p, f, ids, keys, shape) {
  const { samples: B, tokens: T, hidden: d, layers } = shape;
  const positions = f.position.slice([FIRST_POSITION, FIRST_POSITION + T]);
  let x = np.take(f.word, ids, 0).add(positions).add(f.type).reshape([B * T, d]);
  x = layerNorm(x, f.eg, f.eb);
  for (let l = 0; l < layers; l++) {
    const q = linear(x.ref, f[`qw${l}`], f[`qb${l}`]).add(lora(x.ref, p[`qA${l}`], p[`qB${l}`]));
    const k = linear(x.ref, f[`kw${l}`], f[`kb${l}`]);
    const v = linear(x.ref, f[`vw${l}`], f[`vb${l}`]).add(lora(x.ref, p[`vA${l}`], p[`vB${l}`]));
    const mixed = attend(q, k, v, shape, keys?.[l], false);
    x = layerNorm(x.add(linear(mixed, f[`ow${l}`], f[`ob${l}`])), f[`n1g${l}`], f[`n1b${l}`]);
    const inner = nn.gelu(linear(x.ref, f[`upw${l}`], f[`upb${l}`]), { approximate: false });
    x = layerNorm(x.add(linear(inner, f[`downw${l}`], f[`downb${l}`])), f[`n2g${l}`], f[`n2b${l}`]);
  }
  const first = x.reshape([B, T, d]).slice([], 0);
  return linear(np.tanh(linear(first, p.hw, p.hb)), p.cw, p.cb);
}

function decoderLogits(p, f, ids, keys, shape) {
  const { samples: B, tokens: T, hidden: d, layers } = shape;
  let x = np.take(f.word.ref, ids, 0).add(f.position).reshape([B * T, d]);
  for (let l = 0; l < layers; l++) {
    const normed = layerNorm(x.ref, f[`n1g${l}`], f[`n1b${l}`]);
    const [q, k, v] = ['q', 'k', 'v'].map((part) => linear(normed.ref, f[`${part}w${l}`], f[`${part}b${l}`]));
    const mixed = attend(q.add(lora(normed.ref, p[`qA${l}`], p[`qB${l}`])), k, v.add(lora(normed, p[`vA${l}`], p[`vB${l}`])), shape, keys?.[l], true);
    x = x.add(linear(mixed, f[`ow${l}`], f[`ob${l}`]));
    const inner = nn.gelu(linear(layerNorm(x.ref, f[`n2g${l}`], f[`n2b${l}`]), f[`upw${l}`], f[`upb${l}`]), { approximate: true });
    x = x.add(linear(inner, f[`downw${l}`], f[`downb${l}`]));
  }
  return np.dot(layerNorm(x, f.fg, f.fb), np.matrixTranspose(f.word));
}

/** GPT-2's fused layer as three: a fused one gave layer 0 gradients that were off by a fifth in 0.1.25. */
function apart(list, d) {
  return list.flatMap(([name, values, extents]) => {
    if (!/^qkv[wb]/.test(name)) return [[name, values, extents]];
    const rows = values.length / (3 * d);
    return ['q', 'k', 'v'].map((part, index) => {
      const own = new Float32Array(rows * d);
      for (let row = 0; row < rows; row++) own.set(values.subarray((3 * row + index) * d, (3 * row + index + 1) * d), row * d);
      return [`${part}${name.slice(3)}`, own, [...extents.slice(0, -1), d]];
    });
  });
}

export async function open() {
  await init('webgpu');
  defaultDevice('webgpu');
}

export async function make({ shape, variant }) {
  const { kind, samples: B, tokens: T, layers } = shape;
  const { trained, frozen: given } = peerTensors(shape);
  const load = (list) => Object.fromEntries(list.map(([name, values, extents]) => [name, np.array(values, { shape: extents })]));
  const frozen = load(kind === 'decoder' ? apart(given, shape.hidden) : given);
  let params = load(trained);
  const zeros = () => Object.fromEntries(trained.map(([name, , extents]) => [name, np.zeros(extents)]));
  let first = zeros();
  let second = zeros();
  const dropout = variant === 'dropout';
  const classes = kind === 'encoder' ? 2 : shape.vocabulary;

  const lossOf = (p, f, ids, labels, key) => {
    const keys = dropout ? Array.from({ length: layers }, (_, l) => (l < layers - 1 ? key.ref : key)).map((one, l) => random.split(one, layers).slice(l)) : undefined;
    const logits = (kind === 'encoder' ? encoderLogits : decoderLogits)(p, f, ids, keys, shape);
    // Row by row first: one sum over all products loses the fourth digit.
    return np.mean(np.sum(nn.logSoftmax(logits, -1).mul(nn.oneHot(labels, classes)), -1)).mul(-1);
  };
  const adam = (p, m, v, g, c1, c2) => {
    const m2 = m.mul(BETA1).add(g.ref.mul(1 - BETA1));
    const v2 = v.mul(BETA2).add(g.ref.mul(g).mul(1 - BETA2));
    const p2 = p.sub(m2.ref.mul(c1).mul(LEARNING_RATE).div(np.sqrt(v2.ref.mul(c2)).add(EPSILON)));
    return [p2, m2, v2];
  };
  const names = trained.map(([name]) => name);
  const step = jit((p, m, v, f, ids, labels, key, c1, c2) => {
    const [loss, gradients] = dropout ? valueAndGrad(lossOf)(tree.ref(p), f, ids, labels, key) : valueAndGrad((a, b, c, d) => lossOf(a, b, c, d))(tree.ref(p), f, ids, labels);
    const out = [{}, {}, {}];
    names.forEach((name, index) => {
      const last = index === names.length - 1;
      const updated = adam(p[name], m[name], v[name], gradients[name], last ? c1 : c1.ref, last ? c2 : c2.ref);
      updated.forEach((value, part) => { out[part][name] = value; });
    });
    return [loss, ...out];
  });
  const batches = Array.from({ length: BATCHES }, (_, number) => {
    const { ids, labels } = batchOf(shape, number);
    return { ids: np.array(Int32Array.from(ids), { shape: [B, T], dtype: np.int32 }), labels: np.array(labels, { dtype: np.int32 }) };
  });
  return {
    async step(number) {
      const { ids, labels } = batches[number % BATCHES];
      const t = number + 1;
      const [loss, p, m, v] = step(params, first, second, tree.ref(frozen), ids.ref, labels.ref, random.key(number), np.array(1 / (1 - BETA1 ** t)), np.array(1 / (1 - BETA2 ** t)));
      [params, first, second] = [p, m, v];
      return loss.jsAsync();
    },
  };
}
