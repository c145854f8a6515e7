// gradient_norm — the global L2 norm of all gradients, and the factor that clipping multiplies them by
//          factor = min(1, clip / (norm + 1e-6)), 1 without clipping
//
// shapes   gradients (N) flat arena (padding between tensors is zero); partials (P); norm (2) = norm before clipping, factor
// threads  partial: P invocations, each a strided sum; finish: one invocation
// backward none
// libs     step
struct Params { elements: u32, partials: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> gradients: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<storage, read> sums: array<f32>;
@group(0) @binding(5) var<storage, read_write> norm: array<f32>;

@compute @workgroup_size(64)
fn partial(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.partials) { return; }
  var sum = 0.0;
  for (var i = id.x; i < params.elements; i += params.partials) { sum += gradients[i] * gradients[i]; }
  partials[id.x] = sum;
}

@compute @workgroup_size(1)
fn finish() {
  var sum = 0.0;
  for (var i = 0u; i < params.partials; i++) { sum += sums[i]; }
  let value = sqrt(sum);
  norm[0] = value;
  norm[1] = select(1.0, min(1.0, step.clip / (value + 1e-6)), step.clip > 0.0);
}
