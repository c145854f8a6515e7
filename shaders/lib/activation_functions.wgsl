// activation_functions — f(x) and dy·f′(x) of the functions between linear layers; what they are is in activation.wgsl
// set by the host
const KIND: u32 = 0;             // RELU, TANH, GELU, GELU_TANH

const RELU = 0u;
const TANH = 1u;
const GELU = 2u;
const GELU_TANH = 3u;
const SCALE = 0.79788456080286536;  // √(2/π)
const CUBIC = 0.044715;

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
