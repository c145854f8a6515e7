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
// set by the host
const KIND: u32 = 0;             // RELU, TANH, GELU, GELU_TANH
const ACCUMULATE: bool = false;

const RELU = 0u;
const TANH = 1u;
const GELU = 2u;
const GELU_TANH = 3u;
const SCALE = 0.79788456080286536;  // √(2/π)
const CUBIC = 0.044715;

struct Params { elements: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

// Some drivers overflow inside tanh for large arguments; beyond ±15 the result is ±1 in f32 anyway.
fn bounded_tanh(value: f32) -> f32 { return tanh(clamp(value, -15.0, 15.0)); }

// tanh u
fn inner_tanh(value: f32) -> f32 { return bounded_tanh(SCALE * (value + CUBIC * value * value * value)); }

// Φ(x) = erfc(−x/√2)/2, through erfc of |x|/√2 so that the tail keeps its relative accuracy.
fn normal_distribution(value: f32) -> f32 {
  let z = min(abs(value) * 0.70710678118654752, 9.0);
  let t = 1.0 / (1.0 + 0.5 * z);
  let polynomial = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
    + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let tail = 0.5 * t * exp(-z * z + polynomial);
  return select(tail, 1.0 - tail, value > 0.0);
}

fn value_at(value: f32) -> f32 {
  if (KIND == RELU) { return max(value, 0.0); }
  if (KIND == TANH) { return bounded_tanh(value); }
  if (KIND == GELU) { return value * normal_distribution(value); }
  return 0.5 * value * (1.0 + inner_tanh(value));
}

fn gradient_at(value: f32, above: f32) -> f32 {
  if (KIND == RELU) { return select(0.0, above, value > 0.0); }
  if (KIND == TANH) {
    let t = exp(-2.0 * min(abs(value), 40.0));
    return above * 4.0 * t / ((1.0 + t) * (1.0 + t));
  }
  if (KIND == GELU) {
    // Beyond ±12 the density underflows; the bound keeps the exponent finite.
    let bounded = clamp(value, -12.0, 12.0);
    let density = 0.39894228040143268 * exp(-0.5 * bounded * bounded);
    return above * (normal_distribution(value) + value * density);
  }
  let t = inner_tanh(value);
  let slope = (1.0 - t * t) * SCALE * (1.0 + 3.0 * CUBIC * value * value);
  return above * (0.5 * (1.0 + t) + 0.5 * value * slope);
}

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
