// tanh — y = tanh(x)
//
// shapes   x, y, dx, dy: the same
// threads  one invocation per four elements, a workgroup's worth apart
// backward dx = dy · (1 − tanh²x) = dy · 4t/(1+t)², t = exp(−2|x|): from x, because 1 − y² keeps no digit where y is near ±1
override ACCUMULATE: bool = false;

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
    // Some drivers overflow inside tanh for large arguments; beyond ±15 the result is ±1 in f32 anyway.
    if (at < params.elements) { y[at] = tanh(clamp(x[at], -15.0, 15.0)); }
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) {
      let t = exp(-2.0 * min(abs(x[at]), 40.0));
      var gradient = dy[at] * 4.0 * t / ((1.0 + t) * (1.0 + t));
      if (ACCUMULATE) { gradient += dx[at]; }
      dx[at] = gradient;
    }
  }
}
