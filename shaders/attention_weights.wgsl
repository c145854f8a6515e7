// attention_weights — from scaled logits g to attention weights, with key-level masking before the softmax (DropKey) and
// attention-level masking after it (DropAttention)
//
// shapes   g, w, dropped, dw, dg (S,H,Tq,Tk): query i down, key j across; lengths (B); S = B, or 2·B when a batch runs twice;
//          Tk − virtual_keys = Tq − virtual_queries = T, the tokens; virtual ones (prefix, prompt) stand in front;
//          Tq = 1 where only the row that a head reads asks: it is the query of all rows that READ says
// threads  LANES lanes per row (s,h,i), ROWS rows per workgroup
// forward  A = keys the padding and causal rules allow, k = keep mask of the logits, m = keep mask of the weights
//          w = softmax of g over A∧k;  dropped = m·w/s with s = Σ m·w (normalize, normalize_stopgrad), m·w/(1−p) (rescale), m·w (none)
// backward δ = d(dropped), c = Σ_j dropped·δ
//          no weights mask, or normalize:              dg = dropped·(δ − c)      (0 for a dropped key)
//          normalize_stopgrad, rescale, none:          dg = dropped·δ − w·c      (not 0 for a dropped key)
// virtual  virtual keys are never dropped; virtual queries are neither masked nor compensated; mask indices count tokens only
// edge     a mask that would leave a query no key is not applied to that query; a token of a sample without real tokens sees itself;
//          no infinity and no NaN is ever formed
// libs     random, step, masks, last_token, attention_masks, reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const LOGITS: u32 = 0;        // pattern of the mask on the logits: NONE, ELEMENT, COLUMN, SPAN
const WEIGHTS: u32 = 0;       // pattern of the mask on the weights
const NORMALIZE: bool = true; // compensation of the weights: renormalise, else multiply by the slot's scale
const STOP: bool = true;      // c multiplies w (the normaliser, or 1/(1−p), is not differentiated), else dropped
const CAUSAL: bool = false;
const READ: u32 = 0;          // ALL, FIRST, LAST: which query of a sample the only one is
const ACCUMULATE: bool = false;

struct Params {
  rows: u32, keys: u32, heads: u32, samples: u32,
  logits_slot: u32, logits_site: u32, weights_slot: u32, weights_site: u32,
  branch: u32,         // branch of the first half of the batch
  clean_branch: u32,   // the branch that is not masked, 255 for none
  queries: u32, virtual_keys: u32, virtual_queries: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read> lengths: array<u32>;
@group(0) @binding(4) var<storage, read> span_lengths: array<u32>;  // (slots, B)
@group(0) @binding(5) var<storage, read_write> w: array<f32>;
@group(0) @binding(6) var<storage, read_write> dropped: array<f32>;
@group(0) @binding(7) var<storage, read> saved_w: array<f32>;
@group(0) @binding(8) var<storage, read> saved_dropped: array<f32>;
@group(0) @binding(9) var<storage, read> d_dropped: array<f32>;
@group(0) @binding(10) var<storage, read_write> dg: array<f32>;

// The first pass leaves in `w` the logits of the keys that the logits mask keeps and in `dropped` those that the weights mask keeps of
// these, LOWEST elsewhere, so that each mask is drawn once; the second pass turns them into exponentials, the third into weights.
@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let index = reduce_row(group, groups, local);
  let inside = index < params.rows;
  let keys = params.keys;
  let base = index * keys;
  var row: Row;
  if (inside) {
    let sample = index / (params.queries * params.heads);
    row = row_of(sample, (index / params.queries) % params.heads, index % params.queries, lengths[sample % params.samples]);
  }

  var highest = LOWEST;
  var highest_kept = LOWEST;
  var highest_both = LOWEST;
  if (inside) {
    for (var key = local.x; key < keys; key += LANES) {
      var kept = LOWEST;
      var both = LOWEST;
      if (allowed(row, key)) {
        let value = g[base + key];
        highest = max(highest, value);
        if (LOGITS == NONE || keeps(LOGITS, row.logits, row, key)) {
          kept = value;
          if (WEIGHTS == NONE || keeps(WEIGHTS, row.weights, row, key)) { both = value; }
        }
      }
      highest_kept = max(highest_kept, kept);
      highest_both = max(highest_both, both);
      w[base + key] = kept;
      if (WEIGHTS != NONE) { dropped[base + key] = both; }
    }
  }

  // The rule: a mask that would leave no key is not applied.
  if (LOGITS != NONE) {
    highest = reduce_max(highest, local.y, local.x);
    highest_kept = reduce_max(highest_kept, local.y, local.x);
    if (inside && highest_kept == LOWEST) {
      highest_kept = highest;
      for (var key = local.x; key < keys; key += LANES) {
        if (allowed(row, key)) {
          let value = g[base + key];
          w[base + key] = value;
          // With the logits mask not applied, the keys that count for the weights are all that are allowed.
          if (WEIGHTS != NONE && keeps(WEIGHTS, row.weights, row, key)) {
            dropped[base + key] = value;
            highest_both = max(highest_both, value);
          }
        }
      }
    }
  } else {
    highest_kept = reduce_max(highest_kept, local.y, local.x);
  }
  var whole = true;
  if (WEIGHTS != NONE) {
    highest_both = reduce_max(highest_both, local.y, local.x);
    whole = highest_both == LOWEST || !row.masked;
  }

  var sum = 0.0;
  var sum_both = 0.0;   // relative to highest_both, so that it is at least 1 even where a dropped key towers above the kept ones
  if (inside) {
    for (var key = local.x; key < keys; key += LANES) {
      let kept = w[base + key];
      var weight = 0.0;
      if (kept > LOWEST) { weight = exp(kept - highest_kept); }
      w[base + key] = weight;
      sum += weight;
      if (WEIGHTS != NONE && !whole) {
        let both = dropped[base + key];
        var after = 0.0;
        if (both > LOWEST) {
          if (NORMALIZE) { after = exp(both - highest_both); } else { after = weight; }
        }
        dropped[base + key] = after;
        sum_both += after;
      }
    }
  }
  sum = reduce_sum(sum, local.y, local.x);
  // Divided, not multiplied by an inverse: with p = 0 the result must be the softmax, bit for bit.
  var divisor = sum;
  var scale = 1.0;
  if (WEIGHTS != NONE) {
    if (NORMALIZE) { divisor = reduce_sum(sum_both, local.y, local.x); } else { scale = step.slots[params.weights_slot].scale; }
  }
  if (inside) {
    for (var key = local.x; key < keys; key += LANES) {
      let weight = w[base + key] / sum;
      w[base + key] = weight;
      if (WEIGHTS != NONE) {
        var after = weight;
        if (!whole) { after = dropped[base + key] / divisor * scale; }
        dropped[base + key] = after;
      }
    }
  }
}

@compute @workgroup_size(LANES * ROWS)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let index = reduce_row(group, groups, local);
  let inside = index < params.rows;
  let base = index * params.keys;
  var sum = 0.0;
  if (inside) {
    for (var key = local.x; key < params.keys; key += LANES) { sum += saved_dropped[base + key] * d_dropped[base + key]; }
  }
  let c = reduce_sum(sum, local.y, local.x);
  if (inside) {
    for (var key = local.x; key < params.keys; key += LANES) {
      let after = saved_dropped[base + key];
      var before = after;
      if (WEIGHTS != NONE && STOP) { before = saved_w[base + key]; }
      var gradient = after * d_dropped[base + key] - before * c;
      if (ACCUMULATE) { gradient += dg[base + key]; }
      dg[base + key] = gradient;
    }
  }
}
