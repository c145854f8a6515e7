// l1_penalty — the gradient of λ·Σ|w| over the matrices A and B of low-rank branches, before norm and clipping see it
//          gradient += λ·sign(w), 0 where w is 0, as PyTorch has it with the term in the loss
//
// shapes   values, gradients (N): the penalised tensors lie at the front of the arena; padding between them is 0 and stays so
// threads  one invocation per penalised element
// backward none: it is a gradient already
// source   Tibshirani 1996, "Regression Shrinkage and Selection via the Lasso"
// libs     step
struct Params { elements: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  gradients[at] += step.l1 * sign(values[at]);
}
