// repeat — what was computed once goes into both passes of a doubled batch: y = [x; x]
//
// shapes   x (B,…), y (2B,…), both as flat lists; `half` elements of x
// threads  one invocation per element of x
// backward dx = dy[first half] + dy[second half], where both passes are differentiated; else dx shares the buffer of dy (src/kernels/repeat.ts)
// set by the host
const ACCUMULATE: bool = false;

struct Params { half: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.half) { return; }
  y[at] = x[at];
  y[params.half + at] = x[at];
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.half) { return; }
  let sum = dy[at] + dy[params.half + at];
  if (ACCUMULATE) { dx[at] += sum; } else { dx[at] = sum; }
}
