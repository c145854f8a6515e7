// select_token — y[s,:] = x[s,t,:], the token that a classification head reads: the first row, or the last real token's
//
// shapes   x, dx (S,V+T,D), V virtual rows in front; y, dy (S,D); lengths (B)
// threads  one invocation per element of the tensor that is written
// edge     of a sample without real tokens the first token is read
// backward dx[s,t,:] = dy[s,:] at the token that was read, else 0
// libs     last_token
// set by the host
const LAST: bool = false;   // the last real token, else the first row
const ACCUMULATE: bool = false;

struct Params { elements: u32, rows: u32, width: u32, samples: u32, virtual_tokens: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(6) var<storage, read> lengths: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

// Row of sample s that the head reads.
fn row_read(sample: u32) -> u32 {
  if (LAST) { return params.virtual_tokens + last_token(lengths[sample % params.samples]); }
  return 0u;
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let sample = at / params.width;
  y[at] = x[(sample * params.rows + row_read(sample)) * params.width + at % params.width];
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let row = at / params.width;
  var gradient = 0.0;
  let sample = row / params.rows;
  if (row % params.rows == row_read(sample)) { gradient = dy[sample * params.width + at % params.width]; }
  if (ACCUMULATE) { gradient += dx[at]; }
  dx[at] = gradient;
}
