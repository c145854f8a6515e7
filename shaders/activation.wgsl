// activation — y = f(x), element by element
//          RELU       max(x, 0)
//          TANH       tanh(x)
//          GELU       x·Φ(x), Φ the normal distribution function (the erf form, "gelu" of transformers)
//          GELU_TANH  ½x·(1 + tanh u), u = √(2/π)·(x + 0.044715x³) ("gelu_new" of transformers, GPT-2's)
//
// shapes   x, y, dx, dy: the same
// threads  one invocation per four elements, a workgroup's worth apart
// backward dx = dy·f′(x)
//          RELU       dy where x > 0, else 0
//          TANH       dy · (1 − tanh²x) = dy · 4t/(1+t)², t = exp(−2|x|): from x, because 1 − y² keeps no digit where y is near ±1
//          GELU       dy · (Φ(x) + x·φ(x)), φ the normal density
//          GELU_TANH  dy · (½(1 + tanh u) + ½x·(1 − tanh²u)·√(2/π)·(1 + 3·0.044715x²))
// source   erfc: the Chebyshev fit of Press et al., "Numerical Recipes" (erfcc), relative error below 1.2e-7 everywhere;
//          GELU_TANH: Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", §2
// libs     activation_functions
// set by the host
const ACCUMULATE: bool = false;

struct Params { elements: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) { y[at] = value_at(x[at]); }
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) {
      var gradient = gradient_at(x[at], dy[at]);
      if (ACCUMULATE) { gradient += dx[at]; }
      dx[at] = gradient;
    }
  }
}
