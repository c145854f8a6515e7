// column_scale — y[r,c] += x[r,c] · μ[c] / n[c]
//
// shapes   x, dx, y, dy (R,C); μ, n (C)
// threads  forward, backward: one invocation per element; magnitude: LANES lanes per column, ROWS columns per workgroup
// backward dx = dy·μ/n;  dμ[c] = Σ_r dy·x / n;  n is not differentiated (DoRA)
// libs     reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const ACCUMULATE: bool = false;

struct Params { elements: u32, columns: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> magnitude: array<f32>;
@group(0) @binding(4) var<storage, read> norm: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read> dy: array<f32>;
@group(0) @binding(7) var<storage, read_write> dx: array<f32>;
@group(0) @binding(8) var<storage, read_write> d_magnitude: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let column = at % params.columns;
  y[at] += x[at] * magnitude[column] / norm[column];
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let column = at % params.columns;
  var gradient = dy[at] * magnitude[column] / norm[column];
  if (ACCUMULATE) { gradient += dx[at]; }
  dx[at] = gradient;
}

@compute @workgroup_size(LANES * ROWS)
fn magnitudes(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let column = reduce_row(group, groups, local);
  let inside = column < params.columns;
  var sum = 0.0;
  if (inside) {
    for (var at = local.x * params.columns + column; at < params.elements; at += LANES * params.columns) { sum += dy[at] * x[at]; }
  }
  sum = reduce_sum(sum, local.y, local.x);
  if (inside && local.x == 0u) {
    var gradient = sum / norm[column];
    if (ACCUMULATE) { gradient += d_magnitude[column]; }
    d_magnitude[column] = gradient;
  }
}
