// adamw — one AdamW update over the flat arena of everything that is trained, as PyTorch does it (β 0.9, 0.999; ε 1e-8)
//          g = factor·gradient;  m = β₁m + (1−β₁)g;  v = β₂v + (1−β₂)g²
//          p = p − η·λ·p·[decays] − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
//
// shapes   values, gradients, first, second, groups (N); sums (partials) of gradient_norm, norm and found (2): norm and factor; groups packs the rate's multiplier (f32) and whether decay applies (its sign)
// threads  one invocation per element
// backward none
// source   Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization"
// libs     step
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

struct Params { elements: u32, row_stride: u32, partials: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read> gradients: array<f32>;
@group(0) @binding(4) var<storage, read_write> first: array<f32>;
@group(0) @binding(5) var<storage, read_write> second: array<f32>;
@group(0) @binding(6) var<storage, read> groups: array<f32>;  // rate multiplier; negative: no decay
@group(0) @binding(7) var<storage, read> norm: array<f32>;

@group(0) @binding(8) var<storage, read> sums: array<f32>;
@group(0) @binding(9) var<storage, read_write> found: array<f32>;

fn update(at: u32, factor: f32) {
  let gradient = gradients[at] * factor;
  let m = BETA1 * first[at] + (1.0 - BETA1) * gradient;
  let v = BETA2 * second[at] + (1.0 - BETA2) * gradient * gradient;
  let rate = abs(groups[at]);
  let decay = select(0.0, step.decay * rate, groups[at] > 0.0);
  let denominator = sqrt(v) * step.second_correction + EPSILON;
  values[at] = values[at] - decay * values[at] - step.step_size * rate * m / denominator;
  first[at] = m;
  second[at] = v;
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  update(at, norm[1]);
}

var<workgroup> shares: array<f32, 64>;

// For GPUs: every workgroup adds up the partial sums of squares, all in the same order, and the first leaves norm and factor.
@compute @workgroup_size(64)
fn clipped(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < params.partials; i += 64u) { sum += sums[i]; }
  shares[lane] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lane < half) { shares[lane] += shares[lane + half]; }
    workgroupBarrier();
  }
  let value = sqrt(shares[0]);
  let factor = select(1.0, min(1.0, step.clip / (value + 1e-6)), step.clip > 0.0);
  let at = id.y * params.row_stride + id.x;
  if (at == 0u) {
    found[0] = value;
    found[1] = factor;
  }
  if (id.x < params.row_stride && at < params.elements) { update(at, factor); }
}
