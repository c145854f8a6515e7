// gelu — y = x·Φ(x), Φ the normal distribution function (the erf form, "gelu" of transformers)
//
// shapes   x, y, dx, dy: the same
// threads  one invocation per four elements, a workgroup's worth apart
// backward dx = dy · (Φ(x) + x·φ(x)), φ the normal density
// source   erfc: the Chebyshev fit of Press et al., "Numerical Recipes" (erfcc), relative error below 1.2e-7 everywhere
override ACCUMULATE: bool = false;

struct Params { elements: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

// Φ(x) = erfc(−x/√2)/2, through erfc of |x|/√2 so that the tail keeps its relative accuracy.
fn normal_distribution(value: f32) -> f32 {
  let z = min(abs(value) * 0.70710678118654752, 9.0);
  let t = 1.0 / (1.0 + 0.5 * z);
  let polynomial = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
    + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let tail = 0.5 * t * exp(-z * z + polynomial);
  return select(tail, 1.0 - tail, value > 0.0);
}

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) { y[at] = x[at] * normal_distribution(x[at]); }
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) {
      let value = x[at];
      // Beyond ±12 the density underflows; the bound keeps the exponent finite.
      let bounded = clamp(value, -12.0, 12.0);
      let density = 0.39894228040143268 * exp(-0.5 * bounded * bounded);
      var gradient = dy[at] * (normal_distribution(value) + value * density);
      if (ACCUMULATE) { gradient += dx[at]; }
      dx[at] = gradient;
    }
  }
}
