// consistency — how far two passes over the same rows are apart, per row, in nats; p = softmax(z1), q = softmax(z2)
//          KL        ½(KL(p‖q) + KL(q‖p)) = ½ Σ (p−q)·Δ with Δ = z1−z2: no logarithm, the partition terms cancel
//          JS_PAPER  KL(p‖q), what arXiv 2403.00812 eq. 12 calls JS
//          JSD       ½KL(p‖m) + ½KL(q‖m), m = (p+q)/2
//          MSE       Σ (z1−z2)² / C
//
// shapes   first, second: z1 and z2 (N,C), each starting at its own row of its buffer; labels (B), negative = the row does not count
// threads  LANES lanes per row, ROWS rows per workgroup
// backward E1 = ⟨p,Δ⟩, E2 = ⟨q,Δ⟩, all times α / rows
//          KL        dz1 = ½(p·(Δ−E1) + p−q)                 dz2 = ½(q·(E2−Δ) + q−p)
//          JS_PAPER  dz1 = p·(log p/q − KL(p‖q))             dz2 = not differentiated
//          JSD       dz1 = ½ p·(log p/m − KL(p‖m))           dz2 = ½ q·(log q/m − KL(q‖m))
//          MSE       dz1 = 2(z1−z2)/C                        dz2 = −dz1
//          the others are symmetric, so their dz2 is dz1 with the passes swapped
// libs     step, reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const MEASURE: u32 = 0;          // KL, JS_PAPER, JSD, MSE
const LABELLED: bool = false;    // whether labels say which rows count
const ACCUMULATE: bool = false;

const KL = 0u;
const JS_PAPER = 1u;
const JSD = 2u;
const MSE = 3u;
const LN2 = 0.69314718055994531;

struct Params { rows: u32, classes: u32, first_row: u32, second_row: u32, gradient_row: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> first: array<f32>;
@group(0) @binding(3) var<storage, read> second: array<f32>;
@group(0) @binding(4) var<storage, read> labels: array<i32>;
@group(0) @binding(5) var<storage, read_write> values: array<f32>;
@group(0) @binding(6) var<storage, read_write> dz: array<f32>;   // gradient of `first`

// What both entry points need of a row: maxima and log-partitions of the two passes.
// `top` is the likeliest class of the first pass: Δ is measured from it and p − q there is minus the sum elsewhere, so that nothing of
// size 1 is subtracted where both passes are sure.
struct Row { base1: u32, base2: u32, high1: f32, high2: f32, log1: f32, log2: f32, top: u32 }

fn log_p(row: Row, c: u32) -> f32 { return first[row.base1 + c] - row.high1 - row.log1; }
fn log_q(row: Row, c: u32) -> f32 { return second[row.base2 + c] - row.high2 - row.log2; }
// Δ shifted so that it is 0 at the top class: any constant may be subtracted.
fn delta(row: Row, c: u32) -> f32 {
  return (first[row.base1 + c] - first[row.base1 + row.top]) - (second[row.base2 + c] - second[row.base2 + row.top]);
}
// log m = log((p+q)/2), from the larger of the two so that nothing overflows.
fn log_mean(lp: f32, lq: f32) -> f32 { return max(lp, lq) + log(1.0 + exp(-abs(lp - lq))) - LN2; }

// Called by all lanes, with a row index clamped to the last row: reductions need uniform control flow.
fn row_of(index: u32, local: vec2<u32>) -> Row {
  var row: Row;
  row.base1 = (params.first_row + index) * params.classes;
  row.base2 = (params.second_row + index) * params.classes;
  var high1 = -3.0e38;
  var high2 = -3.0e38;
  for (var c = local.x; c < params.classes; c += LANES) {
    high1 = max(high1, first[row.base1 + c]);
    high2 = max(high2, second[row.base2 + c]);
  }
  row.high1 = reduce_max(high1, local.y, local.x);
  row.high2 = reduce_max(high2, local.y, local.x);
  var sum1 = 0.0;
  var sum2 = 0.0;
  for (var c = local.x; c < params.classes; c += LANES) {
    sum1 += exp(first[row.base1 + c] - row.high1);
    sum2 += exp(second[row.base2 + c] - row.high2);
  }
  row.log1 = log(reduce_sum(sum1, local.y, local.x));
  row.log2 = log(reduce_sum(sum2, local.y, local.x));
  var top = 0.0;
  for (var c = local.x; c < params.classes; c += LANES) {
    if (first[row.base1 + c] == row.high1) { top = f32(c); }
  }
  row.top = u32(reduce_max(top, local.y, local.x));
  return row;
}

// Σ over classes of `pass · logarithmic distance`: the divergence of the first pass from what it is compared with.
fn divergence(row: Row, local: vec2<u32>) -> f32 {
  var sum = 0.0;
  for (var c = local.x; c < params.classes; c += LANES) {
    let lp = log_p(row, c);
    let lq = log_q(row, c);
    if (MEASURE == JSD) { sum += exp(lp) * (lp - log_mean(lp, lq)); } else { sum += exp(lp) * (lp - lq); }
  }
  return reduce_sum(sum, local.y, local.x);
}

fn counts(index: u32) -> bool {
  if (LABELLED) { return labels[index] >= 0; }
  return true;
}

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let own = reduce_row(group, groups, local);
  let index = min(own, params.rows - 1u);
  let inside = own < params.rows;
  let row = row_of(index, local);
  var sum = 0.0;
  for (var c = local.x; c < params.classes; c += LANES) {
    let lp = log_p(row, c);
    let lq = log_q(row, c);
    if (MEASURE == KL) {
      sum += 0.5 * (exp(lp) - exp(lq)) * delta(row, c);
    } else if (MEASURE == JS_PAPER) {
      sum += exp(lp) * (lp - lq);
    } else if (MEASURE == JSD) {
      let lm = log_mean(lp, lq);
      sum += 0.5 * (exp(lp) * (lp - lm) + exp(lq) * (lq - lm));
    } else {
      let difference = first[row.base1 + c] - second[row.base2 + c];
      sum += difference * difference / f32(params.classes);
    }
  }
  sum = reduce_sum(sum, local.y, local.x);
  if (inside && local.x == 0u) { values[index] = select(0.0, sum, counts(index)); }
}

@compute @workgroup_size(LANES * ROWS)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let own = reduce_row(group, groups, local);
  let index = min(own, params.rows - 1u);
  let inside = own < params.rows;
  let row = row_of(index, local);
  var mean_delta = 0.0;
  for (var c = local.x; c < params.classes; c += LANES) { mean_delta += exp(log_p(row, c)) * delta(row, c); }
  mean_delta = reduce_sum(mean_delta, local.y, local.x);
  var elsewhere = 0.0;   // Σ (p − q) over all classes but the top one
  for (var c = local.x; c < params.classes; c += LANES) {
    if (c != row.top) { elsewhere += exp(log_p(row, c)) - exp(log_q(row, c)); }
  }
  elsewhere = reduce_sum(elsewhere, local.y, local.x);
  let distance = divergence(row, local);
  let factor = select(0.0, step.alpha * step.inverse_rows, counts(index));
  if (inside) {
    for (var c = local.x; c < params.classes; c += LANES) {
      let lp = log_p(row, c);
      let lq = log_q(row, c);
      let p = exp(lp);
      var gradient = 0.0;
      if (MEASURE == KL) {
        gradient = 0.5 * (p * (delta(row, c) - mean_delta) + select(p - exp(lq), -elsewhere, c == row.top));
      } else if (MEASURE == JS_PAPER) {
        gradient = p * (lp - lq - distance);
      } else if (MEASURE == JSD) {
        gradient = 0.5 * p * (lp - log_mean(lp, lq) - distance);
      } else {
        gradient = 2.0 * (first[row.base1 + c] - second[row.base2 + c]) / f32(params.classes);
      }
      gradient *= factor;
      let at = (params.gradient_row + index) * params.classes + c;
      if (ACCUMULATE) { gradient += dz[at]; }
      dz[at] = gradient;
    }
  }
}
