// rms_norm — y = x · rstd · γ, rstd = 1/√(mean(x²) + ε), over the last axis (or over each head, where γ is as long as a head)
//
// shapes   x, y, dx, dy (R, C); γ (C); scales (R) holds rstd
// threads  forward, backward: LANES lanes per row, ROWS rows per workgroup; parameters: the same over columns
// backward x̂ = x·rstd, h = dy·γ:  dx = rstd · (h − x̂ · mean(h·x̂));  dγ = Σ_r dy·x̂
// source   Zhang & Sennrich 2019, "Root Mean Square Layer Normalization"
// libs     reduce
override LANES: u32 = 1;
override ROWS: u32 = 64;
override ACCUMULATE: bool = false;

struct Params { rows: u32, columns: u32, epsilon: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> scales: array<f32>;
@group(0) @binding(6) var<storage, read> dy: array<f32>;
@group(0) @binding(7) var<storage, read> saved: array<f32>;   // scales, read back in the backward pass
@group(0) @binding(8) var<storage, read_write> dx: array<f32>;
@group(0) @binding(9) var<storage, read_write> d_gamma: array<f32>;

@compute @workgroup_size(LANES, ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let row = group.x * ROWS + local.y;
  let inside = row < params.rows;
  let base = row * params.columns;
  var squares = 0.0;
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) { squares += x[base + c] * x[base + c]; }
  }
  let rstd = 1.0 / sqrt(reduce_sum(squares, local.y, local.x) / f32(params.columns) + params.epsilon);
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) { y[base + c] = x[base + c] * rstd * gamma[c]; }
    if (local.x == 0u) { scales[row] = rstd; }
  }
}

@compute @workgroup_size(LANES, ROWS)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let row = group.x * ROWS + local.y;
  let inside = row < params.rows;
  let base = row * params.columns;
  var rstd = 0.0;
  var along = 0.0;
  if (inside) {
    rstd = saved[row];
    for (var c = local.x; c < params.columns; c += LANES) { along += dy[base + c] * gamma[c] * x[base + c] * rstd; }
  }
  let mean = reduce_sum(along, local.y, local.x) / f32(params.columns);
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      var gradient = rstd * (dy[base + c] * gamma[c] - x[base + c] * rstd * mean);
      if (ACCUMULATE) { gradient += dx[base + c]; }
      dx[base + c] = gradient;
    }
  }
}

@compute @workgroup_size(LANES, ROWS)
fn parameters(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let column = group.x * ROWS + local.y;
  let inside = column < params.columns;
  var sum = 0.0;
  if (inside) {
    for (var row = local.x; row < params.rows; row += LANES) { sum += dy[row * params.columns + column] * x[row * params.columns + column] * saved[row]; }
  }
  sum = reduce_sum(sum, local.y, local.x);
  if (inside && local.x == 0u) {
    if (ACCUMULATE) { sum += d_gamma[column]; }
    d_gamma[column] = sum;
  }
}
