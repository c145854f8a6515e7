// norm — over the last axis, or over each head where γ is as long as a head; ε keeps the root from 0
//          LayerNorm (CENTRED)  y = (x − μ) · rstd · γ + β, rstd = 1/√(mean((x − μ)²) + ε)
//          RMSNorm              y = x · rstd · γ, the same with μ = 0 and without β
//
// shapes   x, y, dx, dy (R, C); γ, β (C); statistics (R, 2) holds μ and rstd
// threads  forward, backward: LANES lanes per row, ROWS rows per workgroup; parameters: the same over columns
// backward x̂ = (x − μ)·rstd, h = dy·γ:  dx = rstd · (h − mean(h) − x̂ · mean(h·x̂)), mean(h) only where CENTRED;
//          dγ = Σ_r dy·x̂;  dβ = Σ_r dy
// source   Ba et al. 2016, "Layer Normalization"; Zhang & Sennrich 2019, "Root Mean Square Layer Normalization"
// libs     reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const CENTRED: bool = true;
const SHIFT: bool = true;        // whether dβ is wanted beside dγ
const ACCUMULATE: bool = false;

struct Params { rows: u32, columns: u32, epsilon: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> beta: array<f32>;        // not read unless CENTRED
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> statistics: array<f32>;
@group(0) @binding(7) var<storage, read> dy: array<f32>;
@group(0) @binding(8) var<storage, read> saved: array<f32>;       // statistics, read back in the backward pass
@group(0) @binding(9) var<storage, read_write> dx: array<f32>;
@group(0) @binding(10) var<storage, read_write> d_gamma: array<f32>;
@group(0) @binding(11) var<storage, read_write> d_beta: array<f32>;   // not touched unless SHIFT

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let row = reduce_row(group, groups, local);
  let inside = row < params.rows;
  let base = row * params.columns;
  let width = f32(params.columns);
  var mean = 0.0;
  if (CENTRED) {
    var sum = 0.0;
    if (inside) {
      for (var c = local.x; c < params.columns; c += LANES) { sum += x[base + c]; }
    }
    mean = reduce_sum(sum, local.y, local.x) / width;
  }
  var squares = 0.0;
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      let centred = x[base + c] - mean;
      squares += centred * centred;
    }
  }
  let rstd = 1.0 / sqrt(reduce_sum(squares, local.y, local.x) / width + params.epsilon);
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      var value = (x[base + c] - mean) * rstd * gamma[c];
      if (CENTRED) { value += beta[c]; }
      y[base + c] = value;
    }
    if (local.x == 0u) {
      statistics[row * 2u] = mean;
      statistics[row * 2u + 1u] = rstd;
    }
  }
}

@compute @workgroup_size(LANES * ROWS)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let row = reduce_row(group, groups, local);
  let inside = row < params.rows;
  let base = row * params.columns;
  let width = f32(params.columns);
  var mean = 0.0;
  var rstd = 0.0;
  var sum = 0.0;
  var sum_along = 0.0;
  if (inside) {
    mean = saved[row * 2u];
    rstd = saved[row * 2u + 1u];
    for (var c = local.x; c < params.columns; c += LANES) {
      let h = dy[base + c] * gamma[c];
      sum += h;
      sum_along += h * (x[base + c] - mean) * rstd;
    }
  }
  var mean_h = 0.0;
  if (CENTRED) { mean_h = reduce_sum(sum, local.y, local.x) / width; }
  let mean_along = reduce_sum(sum_along, local.y, local.x) / width;
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      var gradient = rstd * (dy[base + c] * gamma[c] - mean_h - (x[base + c] - mean) * rstd * mean_along);
      if (ACCUMULATE) { gradient += dx[base + c]; }
      dx[base + c] = gradient;
    }
  }
}

@compute @workgroup_size(LANES * ROWS)
fn parameters(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let column = reduce_row(group, groups, local);
  let inside = column < params.columns;
  var sum = 0.0;
  var sum_along = 0.0;
  if (inside) {
    for (var row = local.x; row < params.rows; row += LANES) {
      let at = row * params.columns + column;
      if (SHIFT) { sum += dy[at]; }
      sum_along += dy[at] * (x[at] - saved[row * 2u]) * saved[row * 2u + 1u];
    }
  }
  if (SHIFT) { sum = reduce_sum(sum, local.y, local.x); }
  sum_along = reduce_sum(sum_along, local.y, local.x);
  if (inside && local.x == 0u) {
    if (ACCUMULATE) {
      if (SHIFT) { sum += d_beta[column]; }
      sum_along += d_gamma[column];
    }
    if (SHIFT) { d_beta[column] = sum; }
    d_gamma[column] = sum_along;
  }
}
