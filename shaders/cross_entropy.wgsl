// cross_entropy — with label smoothing ε over C classes, per row
//          loss = −(1−ε)·log p_y − (ε/C)·Σ_c log p_c
//
// shapes   z, dz (N,C); labels (B), negative = the row does not count; losses (N); N = B, or 2·B when a batch runs twice
// threads  LANES lanes per row, ROWS rows per workgroup
// backward dz = weight / rows · (p − (1−ε)·onehot − ε/C), rows = number of counted rows (step.inverse_rows); at the label p − 1 is minus the
//          sum of the other probabilities, which keeps its digits where the model is sure
// both     losses and dz in one, for GPUs: the first rows have a gradient
// libs     step, reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const ACCUMULATE: bool = false;
const SMOOTHED: bool = true;   // off where a model is judged, not trained

struct Params {
  rows: u32, classes: u32, labels: u32, weight: f32,
  gradient_rows: u32,   // rows whose gradient `both` writes, the first ones
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> z: array<f32>;
@group(0) @binding(3) var<storage, read> labels: array<i32>;
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
@group(0) @binding(5) var<storage, read_write> dz: array<f32>;

// Called by all lanes: reductions need uniform control flow.
fn highest_of(base: u32, inside: bool, local: vec2<u32>) -> f32 {
  var highest = -3.0e38;
  if (inside) {
    for (var c = local.x; c < params.classes; c += LANES) { highest = max(highest, z[base + c]); }
  }
  return reduce_max(highest, local.y, local.x);
}

// Of a row whose exponentials have `sum` and whose logits, beside the highest, have the sum `shifted`.
fn loss_of(base: u32, label: i32, highest: f32, sum: f32, shifted: f32) -> f32 {
  if (label < 0) { return 0.0; }
  let spread = log(sum);
  let smoothing = select(0.0, step.smoothing, SMOOTHED);
  return (1.0 - smoothing) * (spread - (z[base + u32(label)] - highest)) + smoothing * (spread - shifted / f32(params.classes));
}

fn store_slope(base: u32, c: u32, label: i32, highest: f32, others: f32, sum: f32) {
  var gradient = 0.0;
  if (label >= 0) {
    let spread = step.smoothing / f32(params.classes);
    let distance = select(exp(z[base + c] - highest) / sum - spread, step.smoothing - spread - others / sum, i32(c) == label);
    gradient = params.weight * step.inverse_rows * distance;
  }
  if (ACCUMULATE) { gradient += dz[base + c]; }
  dz[base + c] = gradient;
}

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let row = reduce_row(group, groups, local);
  let inside = row < params.rows;
  let base = row * params.classes;
  let highest = highest_of(base, inside, local);
  var sum = 0.0;
  var shifted = 0.0;
  if (inside) {
    for (var c = local.x; c < params.classes; c += LANES) {
      sum += exp(z[base + c] - highest);
      shifted += z[base + c] - highest;
    }
  }
  sum = reduce_sum(sum, local.y, local.x);
  shifted = reduce_sum(shifted, local.y, local.x);
  if (inside && local.x == 0u) {
    losses[row] = loss_of(base, labels[row % params.labels], highest, sum, shifted);
  }
}

@compute @workgroup_size(LANES * ROWS)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let row = reduce_row(group, groups, local);
  let inside = row < params.rows;
  let base = row * params.classes;
  let highest = highest_of(base, inside, local);
  var label = -1;
  if (inside) { label = labels[row % params.labels]; }
  var others = 0.0;
  var own = 0.0;
  if (inside) {
    for (var c = local.x; c < params.classes; c += LANES) {
      let value = exp(z[base + c] - highest);
      if (i32(c) == label) { own += value; } else { others += value; }
    }
  }
  others = reduce_sum(others, local.y, local.x);
  own = reduce_sum(own, local.y, local.x);
  let sum = own + others;
  if (inside) {
    for (var c = local.x; c < params.classes; c += LANES) {
      store_slope(base, c, label, highest, others, sum);
    }
  }
}

@compute @workgroup_size(LANES * ROWS)
fn both(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let row = reduce_row(group, groups, local);
  let inside = row < params.rows;
  let base = row * params.classes;
  let highest = highest_of(base, inside, local);
  var label = -1;
  if (inside) { label = labels[row % params.labels]; }
  var others = 0.0;
  var own = 0.0;
  var shifted = 0.0;
  if (inside) {
    for (var c = local.x; c < params.classes; c += LANES) {
      let distance = z[base + c] - highest;
      shifted += distance;
      if (i32(c) == label) { own += exp(distance); } else { others += exp(distance); }
    }
  }
  others = reduce_sum(others, local.y, local.x);
  own = reduce_sum(own, local.y, local.x);
  shifted = reduce_sum(shifted, local.y, local.x);
  let sum = own + others;
  if (inside && local.x == 0u) {
    losses[row] = loss_of(base, label, highest, sum, shifted);
  }
  if (inside && row < params.gradient_rows) {
    for (var c = local.x; c < params.classes; c += LANES) {
      store_slope(base, c, label, highest, others, sum);
    }
  }
}
