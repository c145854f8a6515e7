// squared_error — loss = (z − label)² per row, without ½
//
// shapes   z, dz (N,1); labels (B); losses (N); N = B, or 2·B when a batch runs twice
// threads  one invocation per row
// backward dz = weight / rows · 2·(z − label)
// libs     step
// set by the host
const ACCUMULATE: bool = false;

struct Params { rows: u32, labels: u32, weight: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> z: array<f32>;
@group(0) @binding(3) var<storage, read> labels: array<f32>;
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
@group(0) @binding(5) var<storage, read_write> dz: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.rows) { return; }
  let difference = z[id.x] - labels[id.x % params.labels];
  losses[id.x] = difference * difference;
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.rows) { return; }
  var gradient = params.weight * step.inverse_rows * 2.0 * (z[id.x] - labels[id.x % params.labels]);
  if (ACCUMULATE) { gradient += dz[id.x]; }
  dz[id.x] = gradient;
}
