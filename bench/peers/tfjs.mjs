// TensorFlow.js on its WebGPU backend as a subject, written as its documentation has it: eager operations under tf.tidy, stock Adam.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { ALPHA, BATCHES, batchOf, BETA1, BETA2, DROPOUT, EPSILON, FIRST_POSITION, LEARNING_RATE, NORM_EPSILON, RANK } from './cases';
import { peerTensors } from './tensors';

const SCALE = ALPHA / RANK;

function layerNorm(x, g, b) {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).mul(variance.add(NORM_EPSILON).rsqrt()).mul(g).add(b);
}
const linear = (x, w, b) => tf.matMul(x, w).add(b);
const lora = (x, a, b) => tf.matMul(tf.matMul(x, a), b).mul(SCALE);
const gelu = (x) => x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1));
const geluTanh = (x) => x.mul(0.5).mul(tf.tanh(x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI))).add(1));

function attend(q, k, v, { samples: B, tokens: T, heads: H, hidden: d }, dropout, mask) {
  const apart = (x) => x.reshape([B, T, H, d / H]).transpose([0, 2, 1, 3]);
  let logits = tf.matMul(apart(q), apart(k), false, true).mul(1 / Math.sqrt(d / H));
  if (mask) logits = logits.add(mask);
  let weights = tf.softmax(logits);
  if (dropout) weights = tf.dropout(weights, DROPOUT);
  return tf.matMul(weights, apart(v)).transpose([0, 2, 1, 3]).reshape([B * T, d]);
}

function encoderLogits(p, f, ids, dropout, shape) {
  const { samples: B, tokens: T, hidden: d, layers } = shape;
  let x = tf.gather(f.word, ids).add(f.position.slice([FIRST_POSITION, 0], [T, d])).add(f.type).reshape([B * T, d]);
  x = layerNorm(x, f.eg, f.eb);
  for (let l = 0; l < layers; l++) {
    const q = linear(x, f[`qw${l}`], f[`qb${l}`]).add(lora(x, p[`qA${l}`], p[`qB${l}`]));
    const k = linear(x, f[`kw${l}`], f[`kb${l}`]);
    const v = linear(x, f[`vw${l}`], f[`vb${l}`]).add(lora(x, p[`vA${l}`], p[`vB${l}`]));
    const mixed = attend(q, k, v, shape, dropout);
    x = layerNorm(x.add(linear(mixed, f[`ow${l}`], f[`ob${l}`])), f[`n1g${l}`], f[`n1b${l}`]);
    x = layerNorm(x.add(linear(gelu(linear(x, f[`upw${l}`], f[`upb${l}`])), f[`downw${l}`], f[`downb${l}`])), f[`n2g${l}`], f[`n2b${l}`]);
  }
  const first = x.reshape([B, T, d]).slice([0, 0, 0], [B, 1, d]).reshape([B, d]);
  return linear(tf.tanh(linear(first, p.hw, p.hb)), p.cw, p.cb);
}

function decoderLogits(p, f, ids, dropout, shape) {
  const { samples: B, tokens: T, hidden: d, layers } = shape;
  let x = tf.gather(f.word, ids).add(f.position).reshape([B * T, d]);
  for (let l = 0; l < layers; l++) {
    const normed = layerNorm(x, f[`n1g${l}`], f[`n1b${l}`]);
    const [q, k, v] = tf.split(linear(normed, f[`qkvw${l}`], f[`qkvb${l}`]), 3, 1);
    const mixed = attend(q.add(lora(normed, p[`qA${l}`], p[`qB${l}`])), k, v.add(lora(normed, p[`vA${l}`], p[`vB${l}`])), shape, dropout, f.mask);
    x = x.add(linear(mixed, f[`ow${l}`], f[`ob${l}`]));
    x = x.add(linear(geluTanh(linear(layerNorm(x, f[`n2g${l}`], f[`n2b${l}`]), f[`upw${l}`], f[`upb${l}`])), f[`downw${l}`], f[`downb${l}`]));
  }
  return tf.matMul(layerNorm(x, f.fg, f.fb), f.word, false, true);
}

export async function open() {
  await tf.setBackend('webgpu');
  await tf.ready();
}

export async function make({ shape, variant }) {
  const { kind, samples: B, tokens: T } = shape;
  const { trained, frozen: given } = peerTensors(shape);
  const f = Object.fromEntries(given.map(([name, values, extents]) => [name, tf.tensor(values, extents)]));
  const p = Object.fromEntries(trained.map(([name, values, extents]) => [name, tf.variable(tf.tensor(values, extents))]));
  if (kind === 'decoder') f.mask = tf.tensor(Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0)), [T, T]);
  const classes = kind === 'encoder' ? 2 : shape.vocabulary;
  const batches = Array.from({ length: BATCHES }, (_, number) => {
    const { ids, labels } = batchOf(shape, number);
    return { ids: tf.tensor(Int32Array.from(ids), [B, T], 'int32'), labels: tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat() };
  });
  const optimizer = tf.train.adam(LEARNING_RATE, BETA1, BETA2, EPSILON);
  const variables = Object.values(p);
  return {
    async step(number) {
      const { ids, labels } = batches[number % BATCHES];
      const cost = tf.tidy(() => optimizer.minimize(() => {
        const logits = (kind === 'encoder' ? encoderLogits : decoderLogits)(p, f, ids, variant === 'dropout', shape);
        return tf.losses.softmaxCrossEntropy(labels, logits);
      }, true, variables));
      const [loss] = await cost.data();
      cost.dispose();
      return loss;
    },
  };
}
