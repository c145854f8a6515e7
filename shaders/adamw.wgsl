// adamw — one AdamW update over the flat arena of everything that is trained, as PyTorch does it (β 0.9, 0.999; ε 1e-8)
//          g = factor·gradient;  m = β₁m + (1−β₁)g;  v = β₂v + (1−β₂)g²
//          p = p − η·λ·p·[decays] − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
//
// shapes   values, gradients, first, second, groups (N): groups packs the rate's multiplier (f32) and whether decay applies (its sign)
// threads  one invocation per element
// backward none
// source   Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization"
// libs     step
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

struct Params { elements: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read> gradients: array<f32>;
@group(0) @binding(4) var<storage, read_write> first: array<f32>;
@group(0) @binding(5) var<storage, read_write> second: array<f32>;
@group(0) @binding(6) var<storage, read> groups: array<f32>;  // rate multiplier; negative: no decay
@group(0) @binding(7) var<storage, read> norm: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let gradient = gradients[at] * norm[1];
  let m = BETA1 * first[at] + (1.0 - BETA1) * gradient;
  let v = BETA2 * second[at] + (1.0 - BETA2) * gradient * gradient;
  let rate = abs(groups[at]);
  let decay = select(0.0, step.decay * rate, groups[at] > 0.0);
  let denominator = sqrt(v) * step.second_correction + EPSILON;
  values[at] = values[at] - decay * values[at] - step.step_size * rate * m / denominator;
  first[at] = m;
  second[at] = v;
}
