// dora_norm — n[o] = ‖W[o,:] + s·(B·A)[o,:]‖, the length of each output row of an adapted weight
//
// shapes   W (O,I) or, transposed, (I,O); A (r,I); B (O,r); n (O)
// threads  LANES lanes per output row, ROWS rows per workgroup
// backward none: DoRA does not differentiate the norm
// source   Liu et al. 2024, "DoRA", §4.3
// libs     reduce; stored, which is W, or a block of its rows
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;

struct Params { outputs: u32, first: u32, inputs: u32, rank: u32, weight_row: u32, weight_column: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read> b: array<f32>;
@group(0) @binding(5) var<storage, read_write> norm: array<f32>;

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let row = reduce_row(group, groups, local);
  let inside = row < params.outputs;
  var sum = 0.0;
  if (inside) {
    for (var i = local.x; i < params.inputs; i += LANES) {
      var low_rank = 0.0;
      for (var r = 0u; r < params.rank; r++) { low_rank += b[(params.first + row) * params.rank + r] * a[r * params.inputs + i]; }
      let value = stored_at(row * params.weight_row + i * params.weight_column) + params.scale * low_rank;
      sum += value * value;
    }
  }
  sum = reduce_sum(sum, local.y, local.x);
  if (inside && local.x == 0u) { norm[params.first + row] = sqrt(sum); }
}
