// split_columns — one part of the columns of x as a tensor of its own: y[r,c] = x[r, first + c]
//
// shapes   x, dx (R,C); y, dy (R,c), c ≤ C
// threads  one invocation per element of the part
// backward dx[r, first + c] = dy[r,c]; the parts together cover all of dx, so each assigns its own columns
// set by the host
const ACCUMULATE: bool = false;

struct Params { elements: u32, width: u32, part: u32, first: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

fn place(at: u32) -> u32 { return (at / params.part) * params.width + params.first + at % params.part; }

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  y[at] = x[place(at)];
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  var gradient = dy[at];
  if (ACCUMULATE) { gradient += dx[place(at)]; }
  dx[place(at)] = gradient;
}
