// attention — o = dropped·v with dropped as in attention_weights, of g = scale·q·kᵀ: no matrix of queries × keys is kept
//
// shapes   q, o (S,Tq,H·d), k, v (S,Tk,G·d) and their gradients; d = HEAD, H = G·group; lengths (B); spans (slots, B); statistics (S·H·Tq, 6) of a row:
//          the largest kept logit and Σ exp over the kept keys (negative where the logits mask was not applied), the same over those that the weights
//          mask keeps too (Σ = 0 where it was not applied), c of the backward pass, and the sample's length
// threads  forward, queries: LANES lanes per query, each with a share of the keys, whose parts are put together at the end; keys: LANES lanes per
//          key, each with a share of the queries
// backward queries: c = do·o = Σ_j dropped·δ with δ_j = do·v_j; dg as in attention_weights; dq = scale·dg·k. keys, after it: dk = scale·dgᵀ·q,
//          dv = droppedᵀ·do, summed over the query heads of a key/value head. Logits are computed and masks drawn again, nothing else is
// edge     masks, virtual keys and queries and the rules for a query without keys are those of attention_weights
// source   Dao et al. 2022, "FlashAttention"
// libs     random, step, masks, last_token, attention_masks, reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const HEAD: u32 = 16;
const LOGITS: u32 = 0;        // pattern of the mask on the logits: NONE, ELEMENT, COLUMN, SPAN
const WEIGHTS: u32 = 0;       // pattern of the mask on the weights
const NORMALIZE: bool = true; // compensation of the weights: renormalise, else multiply by the slot's scale
const STOP: bool = true;      // c multiplies w (the normaliser, or 1/(1−p), is not differentiated), else dropped
const CAUSAL: bool = false;
const READ: u32 = 0;          // ALL, FIRST, LAST: which query of a sample the only one is
const QUERIES: bool = true;   // whether dq, dk, dv are wanted
const KEYS: bool = true;
const VALUES: bool = true;
const ACCUMULATE_QUERIES: bool = false;
const ACCUMULATE_KEYS: bool = false;
const ACCUMULATE_VALUES: bool = false;

struct Params {
  queries: u32, keys: u32, heads: u32, samples: u32,
  group: u32,          // query heads that share a key/value head
  scale: f32,
  logits_slot: u32, logits_site: u32, weights_slot: u32, weights_site: u32,
  branch: u32,         // branch of the first half of the batch
  clean_branch: u32,   // the branch that is not masked, 255 for none
  virtual_keys: u32, virtual_queries: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> q: array<f32>;
@group(0) @binding(3) var<storage, read> k: array<f32>;
@group(0) @binding(4) var<storage, read> v: array<f32>;
@group(0) @binding(5) var<storage, read> lengths: array<u32>;
@group(0) @binding(6) var<storage, read> span_lengths: array<u32>;  // (slots, B)
@group(0) @binding(7) var<storage, read_write> o: array<f32>;
@group(0) @binding(8) var<storage, read_write> statistics: array<f32>;
@group(0) @binding(9) var<storage, read> saved_o: array<f32>;
@group(0) @binding(10) var<storage, read> saved: array<f32>;       // statistics, complete
@group(0) @binding(11) var<storage, read> d_o: array<f32>;
@group(0) @binding(12) var<storage, read_write> d_q: array<f32>;
@group(0) @binding(13) var<storage, read_write> d_k: array<f32>;
@group(0) @binding(14) var<storage, read_write> d_v: array<f32>;

const STATISTICS = 6u;

fn query_at(sample: u32, head: u32, query: u32) -> u32 { return ((sample * params.queries + query) * params.heads + head) * HEAD; }
fn key_at(sample: u32, head: u32, key: u32) -> u32 { return ((sample * params.keys + key) * (params.heads / params.group) + head / params.group) * HEAD; }
fn row_at(sample: u32, head: u32, query: u32) -> u32 { return ((sample * params.heads + head) * params.queries + query) * STATISTICS; }

// Which masks are applied in a row, those that leave it a key: to the logits (x), and to the weights (y). The search ends with the first key.
fn applied(row: Row) -> vec2<bool> {
  var logits = false;
  var weights = false;
  if (LOGITS != NONE) {
    for (var key = 0u; key < params.keys && row.masked && !logits; key++) { logits = allowed(row, key) && keeps(LOGITS, row.logits, row, key); }
  }
  if (WEIGHTS != NONE) {
    for (var key = 0u; key < params.keys && row.masked && !weights; key++) { weights = counts(row, logits, key) && keeps(WEIGHTS, row.weights, row, key); }
  }
  return vec2<bool>(logits, weights);
}

// Whether a query sees a key, and the logits mask keeps it or is not applied.
fn counts(row: Row, logits: bool, key: u32) -> bool {
  if (!allowed(row, key)) { return false; }
  if (LOGITS != NONE) { return !logits || keeps(LOGITS, row.logits, row, key); }
  return true;
}

// A running Σ exp(value − highest).
struct Sum { highest: f32, sum: f32 }

fn with_value(before: Sum, value: f32) -> Sum {
  let highest = max(before.highest, value);
  return Sum(highest, before.sum * exp(before.highest - highest) + exp(value - highest));
}

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let query = group.x * ROWS + local.y;
  let head = group.y;
  let sample = group.z;
  let inside = query < params.queries;
  let length = lengths[sample % params.samples];
  let base = query_at(sample, head, query);
  var mine: array<f32, HEAD>;
  var mixed: array<f32, HEAD>;
  var kept = Sum(LOWEST, 0.0);
  var both = Sum(LOWEST, 0.0);
  var masks = vec2<bool>();
  if (inside) {
    let row = row_of(sample, head, query, length);
    masks = applied(row);
    for (var c = 0u; c < HEAD; c++) { mine[c] = q[base + c]; }
    for (var key = local.x; key < params.keys; key += LANES) {
      if (!counts(row, masks.x, key)) { continue; }
      let at = key_at(sample, head, key);
      var value = 0.0;
      for (var c = 0u; c < HEAD; c++) { value += mine[c] * k[at + c]; }
      value *= params.scale;
      let before = kept;
      kept = with_value(kept, value);
      var shrink = exp(before.highest - kept.highest);
      var weight = exp(value - kept.highest);
      if (WEIGHTS != NONE) {
        let stays = !masks.y || keeps(WEIGHTS, row.weights, row, key);
        if (NORMALIZE) {
          if (!stays) { continue; }
          let before_both = both;
          both = with_value(both, value);
          shrink = exp(before_both.highest - both.highest);
          weight = exp(value - both.highest);
        } else if (!stays) {
          weight = 0.0;
        }
      }
      for (var c = 0u; c < HEAD; c++) { mixed[c] = mixed[c] * shrink + weight * v[at + c]; }
    }
  }
  // The lanes' parts, relative to the largest logit of all.
  let highest = reduce_max(kept.highest, local.y, local.x);
  var factor = exp(kept.highest - highest);
  let sum = reduce_sum(kept.sum * factor, local.y, local.x);
  var divisor = sum;
  var highest_both = highest;
  if (WEIGHTS != NONE && NORMALIZE) {
    highest_both = reduce_max(both.highest, local.y, local.x);
    factor = exp(both.highest - highest_both);
    divisor = reduce_sum(both.sum * factor, local.y, local.x);
  }
  var scale = 1.0;
  if (WEIGHTS != NONE && !NORMALIZE && masks.y) { scale = step.slots[params.weights_slot].scale; }
  for (var c = 0u; c < HEAD; c++) {
    let whole = reduce_sum(mixed[c] * factor, local.y, local.x);
    // Divided, not multiplied by an inverse: with p = 0 the result must be the softmax's, bit for bit.
    if (inside && local.x == c % LANES) { o[base + c] = whole / divisor * scale; }
  }
  if (inside && local.x == 0u) {
    let at = row_at(sample, head, query);
    statistics[at] = highest;
    statistics[at + 1u] = select(-sum, sum, masks.x);
    statistics[at + 2u] = highest_both;
    statistics[at + 3u] = select(0.0, divisor, masks.y);
    statistics[at + 5u] = f32(length);
  }
}

// What the forward pass left of a row.
struct Saved { highest: f32, sum: f32, highest_both: f32, sum_both: f32, logits: bool, weights: bool }

fn saved_of(highest: f32, sum: f32, highest_both: f32, sum_both: f32) -> Saved {
  return Saved(highest, abs(sum), highest_both, sum_both, sum > 0.0, sum_both > 0.0);
}

// The weight of a key that the logits mask leaves, after the weights mask (x) and what c is multiplied by (y).
fn weights_at(saved_row: Saved, row: Row, key: u32, value: f32) -> vec2f {
  let weight = exp(value - saved_row.highest) / saved_row.sum;
  var after = weight;
  if (WEIGHTS != NONE) {
    if (saved_row.weights) {
      if (!keeps(WEIGHTS, row.weights, row, key)) { after = 0.0; }
      else if (NORMALIZE) { after = exp(value - saved_row.highest_both) / saved_row.sum_both; }
      else { after = weight * step.slots[params.weights_slot].scale; }
    }
    if (STOP) { return vec2f(after, weight); }
  }
  return vec2f(after, after);
}

@compute @workgroup_size(LANES * ROWS)
fn queries(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let query = group.x * ROWS + local.y;
  let head = group.y;
  let sample = group.z;
  let inside = query < params.queries;
  let base = query_at(sample, head, query);
  var mine: array<f32, HEAD>;
  var above: array<f32, HEAD>;
  var sums: array<f32, HEAD>;
  if (inside) {
    let at = row_at(sample, head, query);
    let before = saved_of(statistics[at], statistics[at + 1u], statistics[at + 2u], statistics[at + 3u]);
    let row = row_of(sample, head, query, u32(statistics[at + 5u]));
    var c_row = 0.0;
    for (var c = 0u; c < HEAD; c++) {
      mine[c] = q[base + c];
      above[c] = d_o[base + c];
      c_row += above[c] * saved_o[base + c];
    }
    if (local.x == 0u) { statistics[at + 4u] = c_row; }
    if (QUERIES) {
      for (var key = local.x; key < params.keys; key += LANES) {
        if (!counts(row, before.logits, key)) { continue; }
        let place = key_at(sample, head, key);
        var value = 0.0;
        var slope = 0.0;
        for (var c = 0u; c < HEAD; c++) {
          value += mine[c] * k[place + c];
          slope += above[c] * v[place + c];
        }
        let weights = weights_at(before, row, key, value * params.scale);
        let gradient = weights.x * slope - weights.y * c_row;
        for (var c = 0u; c < HEAD; c++) { sums[c] += gradient * k[place + c]; }
      }
    }
  }
  if (QUERIES) {
    for (var c = 0u; c < HEAD; c++) {
      var whole = reduce_sum(sums[c], local.y, local.x) * params.scale;
      if (inside && local.x == c % LANES) {
        if (ACCUMULATE_QUERIES) { whole += d_q[base + c]; }
        d_q[base + c] = whole;
      }
    }
  }
}

@compute @workgroup_size(LANES * ROWS)
fn keys(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let key = group.x * ROWS + local.y;
  let first_head = group.y * params.group;
  let sample = group.z;
  let inside = key < params.keys;
  let place = key_at(sample, first_head, key);
  var mine: array<f32, HEAD>;
  var mine_v: array<f32, HEAD>;
  var key_sums: array<f32, HEAD>;
  var value_sums: array<f32, HEAD>;
  if (inside) {
    for (var c = 0u; c < HEAD; c++) {
      mine[c] = k[place + c];
      mine_v[c] = v[place + c];
    }
    for (var number = local.x; number < params.group * params.queries; number += LANES) {
      let head = first_head + number / params.queries;
      let query = number % params.queries;
      let at = row_at(sample, head, query);
      let before = saved_of(saved[at], saved[at + 1u], saved[at + 2u], saved[at + 3u]);
      let row = row_of(sample, head, query, u32(saved[at + 5u]));
      if (!counts(row, before.logits, key)) { continue; }
      let base = query_at(sample, head, query);
      var value = 0.0;
      var slope = 0.0;
      for (var c = 0u; c < HEAD; c++) {
        value += q[base + c] * mine[c];
        slope += d_o[base + c] * mine_v[c];
      }
      let weights = weights_at(before, row, key, value * params.scale);
      let gradient = weights.x * slope - weights.y * saved[at + 4u];
      for (var c = 0u; c < HEAD; c++) {
        if (KEYS) { key_sums[c] += gradient * q[base + c]; }
        if (VALUES) { value_sums[c] += weights.x * d_o[base + c]; }
      }
    }
  }
  for (var c = 0u; c < HEAD; c++) {
    if (KEYS) {
      var whole = reduce_sum(key_sums[c], local.y, local.x) * params.scale;
      if (inside && local.x == c % LANES) {
        if (ACCUMULATE_KEYS) { whole += d_k[place + c]; }
        d_k[place + c] = whole;
      }
    }
    if (VALUES) {
      var whole = reduce_sum(value_sums[c], local.y, local.x);
      if (inside && local.x == c % LANES) {
        if (ACCUMULATE_VALUES) { whole += d_v[place + c]; }
        d_v[place + c] = whole;
      }
    }
  }
}
