// gelu_tanh — y = ½x·(1 + tanh(u)), u = √(2/π)·(x + 0.044715x³): "gelu_new" of transformers, GPT-2's activation
//
// shapes   x, y, dx, dy: the same
// threads  one invocation per four elements, a workgroup's worth apart
// backward dx = dy · (½(1 + tanh u) + ½x·(1 − tanh²u)·√(2/π)·(1 + 3·0.044715x²))
// source   Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", §2
override ACCUMULATE: bool = false;

const SCALE = 0.79788456080286536;  // √(2/π)
const CUBIC = 0.044715;

struct Params { elements: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

// tanh u; beyond ±15 it is ±1 in f32, and some drivers overflow there.
fn inner_tanh(value: f32) -> f32 {
  return tanh(clamp(SCALE * (value + CUBIC * value * value * value), -15.0, 15.0));
}

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) { y[at] = 0.5 * x[at] * (1.0 + inner_tanh(x[at])); }
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) {
      let value = x[at];
      let t = inner_tanh(value);
      let slope = (1.0 - t * t) * SCALE * (1.0 + 3.0 * CUBIC * value * value);
      var gradient = dy[at] * (0.5 * (1.0 + t) + 0.5 * value * slope);
      if (ACCUMULATE) { gradient += dx[at]; }
      dx[at] = gradient;
    }
  }
}
