// column_sum — y[c] (+)= Σ_r x[r,c]: the gradient of a bias that was added to every row
//
// shapes   x (R, C), y (C)
// threads  LANES lanes per column, ROWS columns per workgroup
// backward not needed: it is itself part of a backward pass
// libs     reduce
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;
const ACCUMULATE: bool = false;

struct Params { rows: u32, columns: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let column = reduce_row(group, groups, local);
  let inside = column < params.columns;
  var sum = 0.0;
  if (inside) {
    for (var row = local.x; row < params.rows; row += LANES) { sum += x[row * params.columns + column]; }
  }
  sum = reduce_sum(sum, local.y, local.x);
  if (inside && local.x == 0u) {
    if (ACCUMULATE) { sum += y[column]; }
    y[column] = sum;
  }
}
