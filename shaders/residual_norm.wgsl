// residual_norm — s = residual + x·m·ρ and y = the norm of s, as add or dropout and norm compute them one after the other
//
// shapes   x, residual, s, y and their gradients (R,C), R the rows of all samples; γ, β (C); statistics (R, 2) holds μ and rstd of s
// threads  LANES lanes per row, ROWS rows per workgroup
// backward ds (+)= the gradient of norm, which is that of the residual; dx = ds·m·ρ with the mask drawn again; γ and β as in norm
// libs     random, step, masks, reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const CENTRED: bool = true;
const PATTERN: u32 = 0;            // NONE, ELEMENT, COLUMN: the mask on x
const ACCUMULATE: bool = false;    // of ds
const ACCUMULATE_X: bool = false;

struct Params {
  rows: u32, columns: u32, epsilon: f32,
  rows_read: u32,      // rows of a sample that are there: its tokens, or the first one
  tokens: u32, samples: u32, slot: u32, site: u32, branch: u32, clean_branch: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<storage, read> gamma: array<f32>;
@group(0) @binding(5) var<storage, read> beta: array<f32>;        // not read unless CENTRED
@group(0) @binding(6) var<storage, read_write> s: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;
@group(0) @binding(8) var<storage, read_write> statistics: array<f32>;
@group(0) @binding(9) var<storage, read> saved_s: array<f32>;
@group(0) @binding(10) var<storage, read> saved: array<f32>;      // statistics, read back in the backward pass
@group(0) @binding(11) var<storage, read> dy: array<f32>;
@group(0) @binding(12) var<storage, read_write> ds: array<f32>;
@group(0) @binding(13) var<storage, read_write> dx: array<f32>;   // not touched unless there is a PATTERN

// What the mask leaves of `value` at channel `c` of a row.
fn masked(row: u32, c: u32, value: f32) -> f32 {
  if (PATTERN == NONE) { return value; }
  let sample = row / params.rows_read;
  let branch = params.branch + sample / params.samples;
  if (branch == params.clean_branch) { return value; }
  let token = (sample % params.samples) * params.tokens + row % params.rows_read;
  let index = select(token, token * params.columns + c, PATTERN == ELEMENT);
  return select(0.0, value * step.slots[params.slot].scale, keep_word(params.slot, site_of(params.site, branch), index));
}

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let row = reduce_row(group, groups, local);
  let inside = row < params.rows;
  let base = row * params.columns;
  let width = f32(params.columns);
  var sum = 0.0;
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      let value = residual[base + c] + masked(row, c, x[base + c]);
      s[base + c] = value;
      sum += value;
    }
  }
  var mean = 0.0;
  if (CENTRED) { mean = reduce_sum(sum, local.y, local.x) / width; }
  var squares = 0.0;
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      let centred = s[base + c] - mean;
      squares += centred * centred;
    }
  }
  let rstd = 1.0 / sqrt(reduce_sum(squares, local.y, local.x) / width + params.epsilon);
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      var value = (s[base + c] - mean) * rstd * gamma[c];
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
      sum_along += h * (saved_s[base + c] - mean) * rstd;
    }
  }
  var mean_h = 0.0;
  if (CENTRED) { mean_h = reduce_sum(sum, local.y, local.x) / width; }
  let mean_along = reduce_sum(sum_along, local.y, local.x) / width;
  if (inside) {
    for (var c = local.x; c < params.columns; c += LANES) {
      var gradient = rstd * (dy[base + c] * gamma[c] - mean_h - (saved_s[base + c] - mean) * rstd * mean_along);
      if (ACCUMULATE) { gradient += ds[base + c]; }
      ds[base + c] = gradient;
      if (PATTERN != NONE) {
        var below = masked(row, c, gradient);
        if (ACCUMULATE_X) { below += dx[base + c]; }
        dx[base + c] = below;
      }
    }
  }
}
